import { describe, expect, it } from 'vitest'
import { createAccessTokenVerifier } from '../../src/index.js'
import { memoryStores } from '../../src/memory/index.js'
import { AUDIENCE, deploy, holdClock, ISSUER, OTHER_SECRET, override, race, SECRET } from '../fixtures.js'

const HOUR = 3600
const DAY = 24 * HOUR
const announceSeconds = 2 * 300

describe('the life of a signing key', () => {
  it('begins active when there was none, because no cache can hold a set without it', async () => {
    const { auth } = deploy()
    const { keys } = await auth.signingKeys.jwks()
    expect(keys).toHaveLength(1)
    expect(await auth.signingKeys.list()).toMatchObject([{ state: 'active', kid: keys[0]?.kid }])
  })

  // covers ASVS-11.1.1
  it('is announced before it signs and stays published until its last token has expired', async () => {
    const { auth, clock } = deploy()
    const stateOf = async (kid: string) =>
      (await auth.signingKeys.list()).find(key => key.kid === kid)?.state ?? 'gone'
    const kidOf = (token: string) => JSON.parse(atob(token.split('.')[0] ?? '')).kid
    const issue = () => auth.accessTokens.issue({ subject: 'user-1' })

    const first = kidOf((await issue()).accessToken)
    const next = await auth.signingKeys.rotate()
    expect(next.state).toBe('announced')
    expect(next.activatesAt).toBe(clock() + announceSeconds * 1000)
    expect((await auth.signingKeys.jwks()).keys.map(key => key.kid)).toEqual([first, next.kid])

    clock.advance(announceSeconds - 1)
    expect(kidOf((await issue()).accessToken)).toBe(first)
    clock.advance(1)
    const last = await issue()
    expect(kidOf(last.accessToken)).toBe(next.kid)
    expect(await stateOf(first)).toBe('retired')
    expect(await stateOf(next.kid)).toBe('active')

    clock.advance(900 + 60 - 1)
    expect(await stateOf(first)).toBe('retired')
    clock.advance(1)
    expect(await stateOf(first)).toBe('gone')
    expect((await auth.signingKeys.jwks()).keys.map(key => key.kid)).toEqual([next.kid])
  })

  it('verifies tokens of the retired key until they expire', async () => {
    const { auth, clock } = deploy()
    await auth.signingKeys.rotate()
    clock.advance(announceSeconds - 1)
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    clock.advance(899)
    await expect(auth.accessTokens.verify(accessToken)).resolves.toBeDefined()
    clock.advance(1)
    await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_expired' })
  })

  it('is followed by the next one without being asked', async () => {
    const { auth, clock, eventsOf } = deploy({ signingKey: { rotationSeconds: 30 * DAY } })
    const first = (await auth.signingKeys.list())[0]?.kid
    clock.advance(30 * DAY - announceSeconds)
    await auth.accessTokens.issue({ subject: 'user-1' })
    expect(await auth.signingKeys.list()).toMatchObject([
      { kid: first, state: 'active' },
      { state: 'announced', activatesAt: clock() + announceSeconds * 1000 },
    ])
    expect(eventsOf('signing_key.announced')).toHaveLength(2)
  })

  it('is not announced twice', async () => {
    const { auth } = deploy()
    await auth.signingKeys.jwks()
    const { values } = await race(10, () => auth.signingKeys.rotate())
    expect(new Set(values.map(({ kid }) => kid)).size).toBe(1)
    expect(await auth.signingKeys.list()).toHaveLength(2)
  })
})

describe('withdrawing', () => {
  it('refuses the tokens of the key at once and lets another sign', async () => {
    const { auth } = deploy()
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    const kid = (await auth.signingKeys.list())[0]?.kid ?? ''
    await auth.signingKeys.withdraw(kid)

    await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_key_unknown' })
    expect((await auth.signingKeys.jwks()).keys.map(key => key.kid)).not.toContain(kid)
    const next = await auth.accessTokens.issue({ subject: 'user-1' })
    await expect(auth.accessTokens.verify(next.accessToken)).resolves.toBeDefined()
    expect(await auth.signingKeys.list()).toMatchObject([{ kid, state: 'withdrawn' }, { state: 'active' }])
  })

  it('reaches a process whose ring is cached through the revocation mark', async () => {
    const clock = holdClock()
    const stores = memoryStores()
    const here = deploy({ clock, stores })
    const there = deploy({ clock, stores })
    const { accessToken } = await here.auth.accessTokens.issue({ subject: 'user-1' })
    await there.auth.accessTokens.verify(accessToken)
    const kid = (await here.auth.signingKeys.list())[0]?.kid ?? ''
    await here.auth.signingKeys.withdraw(kid)
    await expect(there.auth.accessTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
  })

  it('lets an announced key sign at once', async () => {
    const { auth, clock } = deploy()
    const kid = (await auth.signingKeys.list())[0]?.kid ?? ''
    const next = await auth.signingKeys.rotate()
    clock.advance(1)
    await auth.signingKeys.withdraw(kid)
    expect(await auth.signingKeys.list()).toMatchObject([
      { kid, state: 'withdrawn' },
      { kid: next.kid, state: 'active' },
    ])
  })

  it('refuses an unknown name', async () => {
    const { auth } = deploy()
    await expect(auth.signingKeys.withdraw('nothing')).rejects.toMatchObject({
      code: 'signing_key_not_found',
    })
  })
})

describe('several processes', () => {
  it('make one active key on parallel first use', async () => {
    const clock = holdClock()
    const stores = memoryStores()
    const processes = Array.from({ length: 20 }, () => deploy({ clock, stores }).auth)
    const issued = await Promise.all(processes.map(auth => auth.accessTokens.issue({ subject: 'user-1' })))
    const { keys } = await stores.signingKeys.read({ now: clock() })
    expect(keys).toHaveLength(1)
    for (const auth of processes) {
      for (const { accessToken } of issued) await auth.accessTokens.verify(accessToken)
    }
  })

  it('find a key that another process has just made, with a limit on asking', async () => {
    const clock = holdClock()
    const stores = memoryStores()
    const here = deploy({ clock, stores })
    let reads = 0
    const signingKeys = {
      read: (query: { now: number }) => {
        reads++
        return stores.signingKeys.read(query)
      },
      replace: stores.signingKeys.replace.bind(stores.signingKeys),
    }
    const there = deploy({ clock, stores: { ...stores, signingKeys } })
    await there.auth.signingKeys.jwks()
    const kid = (await here.auth.signingKeys.list())[0]?.kid ?? ''
    await here.auth.signingKeys.withdraw(kid)
    const { accessToken } = await here.auth.accessTokens.issue({ subject: 'user-1' })
    await expect(there.auth.accessTokens.verify(accessToken)).resolves.toBeDefined()

    const before = reads
    const header = btoa(JSON.stringify({ alg: 'EdDSA', typ: 'at+jwt', kid: 'made-up' })).replace(/=+$/, '')
    const madeUp = [header, ...accessToken.split('.').slice(1)].join('.')
    await race(50, () => there.auth.accessTokens.verify(madeUp))
    expect(reads).toBe(before)
  })
})

describe('at rest', () => {
  // covers ASVS-11.3.1, ASVS-11.3.2, ASVS-11.3.3
  it('keeps no private key in the clear', async () => {
    for (const algorithm of ['EdDSA', 'ES256', 'HS256'] as const) {
      const { auth, stores, clock } = deploy({ accessToken: { algorithm } })
      await auth.accessTokens.issue({ subject: 'user-1' })
      const ring = await stores.signingKeys.read({ now: clock() })
      expect(JSON.stringify(ring)).not.toMatch(/"(d|k|p|q|dp|dq|qi)":/)
    }
  })

  it('never publishes HMAC keys, and verifies with them', async () => {
    const { auth } = deploy({ accessToken: { algorithm: 'HS256' } })
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    await expect(auth.accessTokens.verify(accessToken)).resolves.toBeDefined()
    expect((await auth.signingKeys.jwks()).keys).toEqual([])
  })

  // covers ASVS-11.2.2
  it('re-encrypts under a new root secret, so that the old one can go', async () => {
    const clock = holdClock()
    const stores = memoryStores()
    const before = deploy({ clock, stores, secrets: [SECRET] })
    const { accessToken } = await before.auth.accessTokens.issue({ subject: 'user-1' })
    const during = deploy({ clock, stores, secrets: [OTHER_SECRET, SECRET] })
    await during.auth.signingKeys.jwks()
    const after = deploy({ clock, stores, secrets: [OTHER_SECRET] })
    await expect(after.auth.accessTokens.verify(accessToken)).resolves.toBeDefined()
    await expect(after.auth.accessTokens.issue({ subject: 'user-1' })).resolves.toBeDefined()
  })

  it('fails loudly when the root secret of the signing key is missing', async () => {
    const clock = holdClock()
    const stores = memoryStores()
    await deploy({ clock, stores }).auth.signingKeys.jwks()
    const { auth } = deploy({ clock, stores, secrets: [OTHER_SECRET] })
    await expect(auth.accessTokens.issue({ subject: 'user-1' })).rejects.toMatchObject({
      name: 'StoreError',
      code: 'signing_key_unavailable',
    })
  })

  // covers ASVS-11.3.3
  it('refuses a damaged record', async () => {
    const stores = memoryStores()
    const { auth } = deploy({
      stores: {
        ...stores,
        signingKeys: {
          read: async () => ({ version: 1, keys: [{ kid: '../x', algorithm: 'none' }] }) as never,
          replace: async () => ({ outcome: 'replaced' }),
        },
      },
    })
    await expect(auth.signingKeys.jwks()).rejects.toMatchObject({ code: 'store_record_invalid' })
  })
})

describe('an outage of the store', () => {
  it('stops nothing before a rotation could have been missed', async () => {
    const clock = holdClock()
    const stores = memoryStores()
    let isDown = false
    const signingKeys = {
      read: (query: { now: number }) =>
        isDown ? Promise.reject(new Error('connection refused')) : stores.signingKeys.read(query),
      replace: stores.signingKeys.replace.bind(stores.signingKeys),
    }
    const { auth } = deploy({ clock, stores: { ...stores, signingKeys } })
    await auth.signingKeys.jwks()
    isDown = true
    clock.advance(299)
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    await expect(auth.accessTokens.verify(accessToken)).resolves.toBeDefined()
    clock.advance(1)
    await expect(auth.accessTokens.issue({ subject: 'user-1' })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
  })
})

describe('a key that signs again because its successor was withdrawn', () => {
  it('is kept for as long as its last token lives, counted from the key that takes over then', async () => {
    const { auth, clock } = deploy()
    await auth.accessTokens.issue({ subject: 'user-1' })
    const { kid } = await auth.signingKeys.rotate()
    // the withdrawn key has taken over, and what the first key signed before that has expired
    clock.advance(announceSeconds + 950)
    await auth.signingKeys.withdraw(kid)
    await auth.signingKeys.rotate()
    clock.advance(announceSeconds - 1)
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    clock.advance(1)
    await expect(auth.accessTokens.verify(accessToken)).resolves.toMatchObject({ subject: 'user-1' })
  })
})

describe('a resource server with a cached set', () => {
  it('knows a new key although its copy comes from a process that could not read the store', async () => {
    const stores = memoryStores()
    const clock = holdClock()
    let isAway = false
    const read: typeof stores.signingKeys.read = query =>
      isAway ? Promise.reject(new Error('away')) : stores.signingKeys.read(query)
    const signer = deploy({ stores, clock })
    const publisher = deploy({
      stores: { ...stores, signingKeys: override(stores.signingKeys, { read }) },
      clock,
    })
    await publisher.auth.signingKeys.jwks()
    clock.advance(1)
    await signer.auth.signingKeys.rotate()
    isAway = true
    clock.advance(298)
    const jwks = await publisher.auth.signingKeys.jwks()
    // the copy may be used for 300 seconds
    for (let step = 0; step < 29; step++) {
      clock.advance(10)
      const { accessToken } = await signer.auth.accessTokens.issue({ subject: 'user-1' })
      const verifier = createAccessTokenVerifier({ issuer: ISSUER, audience: AUDIENCE, jwks, clock })
      await expect(verifier.verify(accessToken)).resolves.toMatchObject({ subject: 'user-1' })
    }
  })

  it('accepts every token through a rotation under a moving clock', async () => {
    const { auth, clock } = deploy()
    let cached = await auth.signingKeys.jwks()
    let cachedAt = clock()
    await auth.signingKeys.rotate()
    for (let step = 0; step < 100; step++) {
      clock.advance(10)
      // the worst cache that is allowed: it asks again only when the copy is as old as it may be
      if (clock() - cachedAt >= auth.signingKeys.jwksMaxAgeSeconds * 1000) {
        cached = await auth.signingKeys.jwks()
        cachedAt = clock()
      }
      const verifier = createAccessTokenVerifier({ issuer: ISSUER, audience: AUDIENCE, jwks: cached, clock })
      const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
      await expect(verifier.verify(accessToken)).resolves.toMatchObject({ subject: 'user-1' })
    }
  })
})
