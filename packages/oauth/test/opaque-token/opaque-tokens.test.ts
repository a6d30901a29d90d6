import type { AuthCoreOptions } from '@authcore/core'
import * as core from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { describeOnStores } from '@authcore/test-stores'
import { describe, expect, it } from 'vitest'
import { createOpaqueTokens } from '../../src/index.js'
import {
  AUDIENCE,
  countCalls,
  createGate,
  deploy,
  holdClock,
  OTHER_SECRET,
  SECRET,
  START,
} from '../support/token-fixture.js'

const KEY = 'A'.repeat(43)
const OTHER_KEY = `B${'A'.repeat(42)}`
const READ = { subject: 'user-1', clientId: 'web', scope: ['read'] } as const

describeOnStores('opaque tokens', stores => {
  let count = 0
  const fresh = () => `user-${process.pid}-${count++}`
  const open = () => deploy({ core: { stores: stores() }, clock: holdClock(Date.now()) })

  it('say who was granted what, and nothing but that', async () => {
    const { opaqueTokens, clock, eventsOf } = open()
    const subject = fresh()
    const issued = await opaqueTokens.issue({
      subject,
      clientId: 'web',
      scope: ['read', 'write'],
      roles: ['admin'],
      claims: { plan: 'pro' },
      sessionId: 's1',
      amr: ['pwd', 'otp'],
      acr: 'aal2',
      authenticatedAt: clock() - 5000,
    })
    expect(issued).toEqual({
      accessToken: expect.stringMatching(/^at_[A-Za-z0-9_-]+$/),
      tokenType: 'Bearer',
      tokenId: expect.any(String),
      issuedAt: clock(),
      expiresAt: clock() + 900_000,
      expiresInSeconds: 900,
    })
    const principal = await opaqueTokens.verify(issued.accessToken, { scope: ['read'], maxAgeSeconds: 60 })
    expect(principal).toEqual({
      method: 'opaque_token',
      tokenId: issued.tokenId,
      subject,
      clientId: 'web',
      sessionId: 's1',
      audience: [AUDIENCE],
      scope: ['read', 'write'],
      roles: ['admin'],
      claims: { plan: 'pro' },
      amr: ['pwd', 'otp'],
      acr: 'aal2',
      authenticatedAt: clock() - 5000,
      issuedAt: clock(),
      expiresAt: clock() + 900_000,
    })
    expect(Object.isFrozen(principal) && Object.isFrozen(principal.scope)).toBe(true)
    expect(eventsOf('opaque_token.issued')).toMatchObject([{ subject, clientId: 'web', sessionId: 's1' }])
  })

  // covers ASVS-10.4.9
  it('are listed for their subject and ended one by one, or all', async () => {
    const { opaqueTokens } = open()
    const [subject, other] = [fresh(), fresh()]
    const issue = (who: string, clientId = 'web') => opaqueTokens.issue({ subject: who, clientId })
    const [first, second, third] = [await issue(subject), await issue(subject, 'app'), await issue(other)]
    expect((await opaqueTokens.list(subject)).map(({ tokenId }) => tokenId).sort()).toEqual(
      [first.tokenId, second.tokenId].sort(),
    )
    expect(await opaqueTokens.revokeById(third.tokenId, { subject })).toEqual({ found: false })
    expect(await opaqueTokens.revokeById(first.tokenId, { subject })).toEqual({ found: true })
    await expect(opaqueTokens.verify(first.accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
    expect(await opaqueTokens.revokeAll({ subject })).toEqual({ count: 1 })
    await expect(opaqueTokens.verify(second.accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
    await expect(opaqueTokens.verify(third.accessToken)).resolves.toMatchObject({ subject: other })
  })

  it('of a client or of a session are ended together', async () => {
    const { opaqueTokens } = open()
    const [clientId, sessionId] = [fresh(), fresh()]
    const subject = fresh()
    const ofClient = await opaqueTokens.issue({ subject, clientId })
    const ofSession = await opaqueTokens.issue({ subject, clientId: 'web', sessionId })
    expect(await opaqueTokens.revokeAll({ clientId })).toEqual({ count: 1 })
    expect(await opaqueTokens.revokeAll({ sessionId })).toEqual({ count: 1 })
    for (const { accessToken } of [ofClient, ofSession]) {
      expect(await opaqueTokens.introspect(accessToken)).toBeUndefined()
    }
  })

  it('expire, and are swept away', async () => {
    const { auth, opaqueTokens, clock } = open()
    const { accessToken } = await opaqueTokens.issue({
      subject: fresh(),
      clientId: 'web',
      expiresInSeconds: 10,
    })
    clock.advance(9)
    await expect(opaqueTokens.verify(accessToken)).resolves.toBeDefined()
    clock.advance(1)
    await expect(opaqueTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_expired' })
    expect(await opaqueTokens.introspect(accessToken)).toBeUndefined()
    expect((await auth.sweep()).documents).toBeTypeOf('number')
  })

  it('die with their subject, client or session, and what is issued afterwards lives', async () => {
    const { auth, opaqueTokens } = open()
    const [subject, clientId] = [fresh(), fresh()]
    const { session } = await auth.sessions.start({ subject })
    const issue = () => opaqueTokens.issue({ subject, clientId })
    const inSession = await opaqueTokens.issue({ subject, clientId, sessionId: session.id })
    await auth.sessions.revoke(session.id)
    await expect(opaqueTokens.verify(inSession.accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
    const first = await issue()
    await auth.revocation.revokeSubject(subject)
    const second = await issue()
    await expect(opaqueTokens.verify(first.accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
    await expect(opaqueTokens.verify(second.accessToken)).resolves.toBeDefined()
    await auth.revocation.revokeClient(clientId)
    await expect(opaqueTokens.verify(second.accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
    await expect(opaqueTokens.verify((await issue()).accessToken)).resolves.toBeDefined()
  })

  it('are ended once, however many try', async () => {
    const { opaqueTokens, eventsOf } = open()
    const { accessToken, tokenId } = await opaqueTokens.issue({ subject: fresh(), clientId: 'web' })
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => opaqueTokens.revoke(accessToken)))
    expect(outcomes.filter(({ found }) => found)).toHaveLength(1)
    expect(eventsOf('opaque_token.revoked')).toMatchObject([{ tokenId }])
  })
})

describe('the text of an opaque token', () => {
  // covers ASVS-9.1.1, RFC9700-4.10
  it('is refused without any store call unless it was issued here', async () => {
    const { stores, calls } = countCalls(memoryStores())
    const { opaqueTokens, auth, eventsOf } = deploy({ core: { stores } })
    const { accessToken } = await opaqueTokens.issue(READ)
    const foreign = deploy({ core: { secrets: [OTHER_SECRET] } })
    const { accessToken: forged } = await foreign.opaqueTokens.issue(READ)
    calls.length = 0
    const body = accessToken.slice(3)
    const flip = (index: number) =>
      `at_${body.slice(0, index)}${body[index] === 'A' ? 'B' : 'A'}${body.slice(index + 1)}`
    const bad = [
      ...Array.from({ length: body.length }, (_, index) => flip(index)),
      forged,
      `${accessToken}A`,
      accessToken.slice(0, -1),
      'at_',
      'at_=',
      `at_${'A'.repeat(4093)}`,
      `at_${await auth.secretBox('oauth.opaque_token').seal('[1]')}`,
      `at_${await auth.secretBox('oauth.client').seal('[1]', 'opaque_token')}`,
    ]
    for (const token of bad) {
      await expect(opaqueTokens.verify(token)).rejects.toMatchObject({ name: 'InvalidTokenError' })
      expect(await opaqueTokens.introspect(token)).toBeUndefined()
      expect(await opaqueTokens.revoke(token)).toEqual({ found: false })
    }
    expect(calls).toEqual([])
    expect(eventsOf('credential.refused')).toHaveLength(bad.length)
    expect(eventsOf('credential.refused')[0]).toMatchObject({
      method: 'opaque_token',
      code: 'token_signature_invalid',
    })
  })

  it('is nothing else than text, and no other credential', async () => {
    const { opaqueTokens, auth } = deploy()
    const session = await auth.sessions.start({ subject: 'user-1' })
    for (const token of [
      undefined,
      null,
      7,
      {},
      [],
      '',
      'at',
      `at_${'A'.repeat(4100)}`,
      session.refreshToken,
    ]) {
      await expect(opaqueTokens.verify(token as never)).rejects.toMatchObject({ code: 'token_malformed' })
      expect(opaqueTokens.isOpaqueToken(token as never)).toBe(false)
    }
    expect(opaqueTokens.isOpaqueToken('at_A')).toBe(true)
    const { accessToken } = await opaqueTokens.issue(READ)
    const asRefresh = `rt_${accessToken.slice(3)}`
    await expect(auth.sessions.refresh(asRefresh)).rejects.toMatchObject({ name: 'InvalidGrantError' })
    await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_malformed' })
  })

  it('of another version counts as malformed', async () => {
    const { opaqueTokens, auth } = deploy()
    const later = await auth.secretBox('oauth.opaque_token').seal(JSON.stringify([2, 'x']), 'opaque_token')
    await expect(opaqueTokens.verify(`at_${later}`)).rejects.toMatchObject({ code: 'token_malformed' })
  })

  it('shows nothing to whoever holds it', async () => {
    const { opaqueTokens } = deploy()
    const { accessToken } = await opaqueTokens.issue({
      ...READ,
      subject: 'somebody-known',
      clientId: 'telltale',
    })
    const bytes = Buffer.from(accessToken.slice(3), 'base64url').toString('latin1')
    expect(bytes).not.toMatch(/somebody|telltale|read/)
  })

  it('verifies under every root secret of the list', async () => {
    const stores = memoryStores()
    const before = deploy({ core: { stores } })
    const { accessToken } = await before.opaqueTokens.issue(READ)
    const during = deploy({ core: { stores, secrets: [OTHER_SECRET, SECRET] } })
    await expect(during.opaqueTokens.verify(accessToken)).resolves.toMatchObject({ subject: 'user-1' })
    const after = deploy({ core: { stores, secrets: [OTHER_SECRET] } })
    await expect(after.opaqueTokens.verify(accessToken)).rejects.toMatchObject({
      code: 'token_signature_invalid',
    })
  })
})

describe('verifying an opaque token', () => {
  it('asks for record and revocations in one round trip, and writes nothing', async () => {
    const { stores, calls } = countCalls(memoryStores())
    const { opaqueTokens } = deploy({ core: { stores } })
    const { accessToken } = await opaqueTokens.issue(READ)
    calls.length = 0
    await opaqueTokens.verify(accessToken)
    expect(calls.sort()).toEqual(['documents.find', 'revocations.find'])
  })

  it('starts the one without waiting for the other', async () => {
    const stores = memoryStores()
    const { documents } = stores
    if (documents === undefined) throw new Error('memory keeps documents')
    const gate = createGate()
    const asked: string[] = []
    const slow = {
      ...stores,
      documents: Object.assign(Object.create(documents), {
        find: async (query: Parameters<typeof documents.find>[0]) => {
          asked.push('documents')
          await gate.opened
          return documents.find(query)
        },
      }),
      revocations: Object.assign(Object.create(stores.revocations), {
        find: (query: Parameters<typeof stores.revocations.find>[0]) => {
          asked.push('revocations')
          gate.open()
          return stores.revocations.find(query)
        },
      }),
    } as typeof stores
    const { accessToken } = await deploy({ core: { stores } }).opaqueTokens.issue(READ)
    await deploy({ core: { stores: slow } }).opaqueTokens.verify(accessToken)
    expect(asked).toEqual(['documents', 'revocations'])
  })

  // covers ASVS-10.3.1, ASVS-10.3.2, ASVS-10.3.4
  it('demands audience, scope and a recent login', async () => {
    const { opaqueTokens, clock } = deploy()
    const mail = await opaqueTokens.issue({ ...READ, audience: 'https://mail.example.com' })
    await expect(opaqueTokens.verify(mail.accessToken)).rejects.toMatchObject({
      code: 'token_audience_mismatch',
    })
    expect(await opaqueTokens.introspect(mail.accessToken)).toMatchObject({
      audience: ['https://mail.example.com'],
    })
    const { accessToken } = await opaqueTokens.issue({ ...READ, authenticatedAt: clock() })
    await expect(opaqueTokens.verify(accessToken, { scope: ['write'] })).rejects.toMatchObject({
      code: 'insufficient_scope',
      missing: ['write'],
    })
    clock.advance(61)
    await expect(opaqueTokens.verify(accessToken, { maxAgeSeconds: 60 })).rejects.toMatchObject({
      code: 'authentication_too_old',
    })
  })

  // covers ASVS-10.3.5, RFC9700-2.2.1
  it('demands the key that the token is bound to', async () => {
    const { opaqueTokens } = deploy()
    const confirmation = { jkt: KEY, 'x5t#S256': OTHER_KEY }
    const { accessToken, tokenType } = await opaqueTokens.issue({ ...READ, confirmation })
    expect(tokenType).toBe('DPoP')
    await expect(opaqueTokens.verify(accessToken, { confirmation })).resolves.toMatchObject({ confirmation })
    for (const proved of [undefined, {}, { jkt: KEY }, { ...confirmation, jkt: OTHER_KEY }]) {
      const demands = proved === undefined ? {} : { confirmation: proved }
      await expect(opaqueTokens.verify(accessToken, demands)).rejects.toMatchObject({
        code: 'token_binding_mismatch',
      })
    }
    expect(await opaqueTokens.introspect(accessToken)).toMatchObject({ confirmation })
    expect(await opaqueTokens.revoke(accessToken)).toEqual({ found: true })
  })

  it('lets nothing pass while a store cannot be asked', async () => {
    const stores = memoryStores()
    let isAway = false
    const away = <Store extends object>(store: Store | undefined): Store =>
      new Proxy(store ?? ({} as Store), {
        get(target, name) {
          const member: unknown = Reflect.get(target, name)
          if (typeof member !== 'function') return member
          return (...given: unknown[]) =>
            isAway ? Promise.reject(new Error('ECONNREFUSED')) : member.apply(target, given)
        },
      })
    for (const broken of [{ documents: away(stores.documents) }, { revocations: away(stores.revocations) }]) {
      isAway = false
      const { opaqueTokens } = deploy({ core: { stores: { ...stores, ...broken } } })
      const { accessToken } = await opaqueTokens.issue(READ)
      isAway = true
      await expect(opaqueTokens.verify(accessToken)).rejects.toMatchObject({ code: 'store_unavailable' })
      await expect(opaqueTokens.introspect(accessToken)).rejects.toMatchObject({ code: 'store_unavailable' })
    }
  })
})

describe('at rest', () => {
  // covers ASVS-11.4.1
  it('there is a hash that opens nothing', async () => {
    const stores = memoryStores()
    const { opaqueTokens } = deploy({ core: { stores } })
    const { accessToken } = await opaqueTokens.issue(READ)
    const kept = await stores.documents?.list({
      namespace: 'oauth.opaque_token',
      tag: 'subject:user-1',
      now: START,
      limit: 1,
    })
    const hash = String(kept?.[0]?.value['hash'])
    expect(JSON.stringify(kept)).not.toContain(accessToken.slice(3))
    expect(hash).toMatch(/^[A-Za-z0-9_-]{43}$/)
    await expect(opaqueTokens.verify(`at_${hash}`)).rejects.toMatchObject({
      code: 'token_signature_invalid',
    })
  })

  it('a record under which another token was put accepts neither, and one that is damaged is an outage', async () => {
    const stores = memoryStores()
    const { opaqueTokens, clock } = deploy({ core: { stores } })
    const { accessToken, tokenId } = await opaqueTokens.issue(READ)
    const key = { namespace: 'oauth.opaque_token', id: tokenId, now: clock() }
    const kept = await stores.documents?.find(key)
    const replace = (value: object, version: number) =>
      stores.documents?.put({
        ...key,
        tags: [],
        value: value as never,
        expectedVersion: version,
        writeId: `w${version}`,
      })
    await replace({ ...kept?.value, hash: KEY }, 1)
    await expect(opaqueTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_signature_invalid' })
    expect(await opaqueTokens.introspect(accessToken)).toBeUndefined()
    const damages = [
      {},
      { hash: 7 },
      { scope: 'read' },
      { claims: [] },
      { confirmation: 'x' },
      { issuedAt: 'x' },
    ]
    let version = 2
    for (const damage of damages) {
      await replace(Object.keys(damage).length === 0 ? {} : { ...kept?.value, ...damage }, version++)
      await expect(opaqueTokens.verify(accessToken)).rejects.toMatchObject({ code: 'store_record_invalid' })
    }
  })
})

describe('the cache', () => {
  it('is off unless told', () => {
    expect(deploy().opaqueTokens.stalenessBoundSeconds).toBe(0)
  })

  it('saves the read for the age that is allowed, and says how stale an answer can be', async () => {
    const { stores, calls } = countCalls(memoryStores())
    const { opaqueTokens, clock } = deploy({
      core: { stores, revocation: { maxStalenessSeconds: 10 } },
      tokens: { cache: { maxAgeSeconds: 30 } },
    })
    expect(opaqueTokens.stalenessBoundSeconds).toBe(30)
    const { accessToken } = await opaqueTokens.issue(READ)
    calls.length = 0
    await opaqueTokens.verify(accessToken)
    await opaqueTokens.verify(accessToken)
    expect(calls.sort()).toEqual(['documents.find', 'revocations.find'])
    clock.advance(30)
    await opaqueTokens.verify(accessToken)
    expect(calls.filter(call => call === 'documents.find')).toHaveLength(2)
  })

  it('never shows another process of what was revoked for longer than that', async () => {
    const stores = memoryStores()
    const clock = holdClock()
    const options = { core: { stores }, clock, tokens: { cache: { maxAgeSeconds: 30 } } }
    const [here, there] = [deploy(options), deploy(options)]
    const { accessToken } = await here.opaqueTokens.issue(READ)
    await there.opaqueTokens.verify(accessToken)
    clock.advance(29)
    await here.opaqueTokens.revoke(accessToken)
    await expect(here.opaqueTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
    await expect(there.opaqueTokens.verify(accessToken)).resolves.toBeDefined()
    expect(await there.opaqueTokens.introspect(accessToken)).toBeUndefined()
    clock.advance(1)
    await expect(there.opaqueTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
  })

  it('still asks for revocations, the hash and the expiry', async () => {
    const { auth, opaqueTokens, clock } = deploy({ tokens: { cache: { maxAgeSeconds: 300, maxEntries: 1 } } })
    const { accessToken } = await opaqueTokens.issue({ ...READ, expiresInSeconds: 60 })
    await opaqueTokens.verify(accessToken)
    await opaqueTokens.verify((await opaqueTokens.issue(READ)).accessToken)
    await opaqueTokens.verify(accessToken)
    clock.advance(60)
    await expect(opaqueTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_expired' })
    const second = await opaqueTokens.issue(READ)
    await opaqueTokens.verify(second.accessToken)
    await auth.revocation.revokeSubject('user-1')
    await expect(opaqueTokens.verify(second.accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
  })

  it('does not keep an answer that a revocation of this process overtook', async () => {
    const stores = memoryStores()
    const gate = createGate()
    const { documents } = stores
    if (documents === undefined) throw new Error('memory keeps documents')
    const late = {
      ...stores,
      documents: Object.assign(Object.create(documents), {
        put: documents.put.bind(documents),
        remove: documents.remove.bind(documents),
        find: async (query: Parameters<typeof documents.find>[0]) => {
          const answer = await documents.find(query)
          await gate.opened
          return answer
        },
      }),
    } as typeof stores
    const { opaqueTokens } = deploy({ core: { stores: late }, tokens: { cache: { maxAgeSeconds: 30 } } })
    const { accessToken } = await opaqueTokens.issue(READ)
    const early = opaqueTokens.verify(accessToken)
    await opaqueTokens.revoke(accessToken)
    gate.open()
    await expect(early).resolves.toBeDefined()
    await expect(opaqueTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
  })
})

describe('what is asked for', () => {
  it('is checked', async () => {
    const { opaqueTokens } = deploy({ core: { scopes: ['read'] } as Partial<AuthCoreOptions> })
    const wrong = [
      [{ scope: ['write'] }, 'scope_unknown'],
      [{ clientId: '' }, 'argument_invalid'],
      [{ clientId: undefined }, 'argument_invalid'],
      [{ sessionId: '' }, 'argument_invalid'],
      [{ audience: [] }, 'argument_invalid'],
      [{ expiresInSeconds: 0 }, 'argument_invalid'],
      [{ expiresInSeconds: 901 }, 'argument_invalid'],
      [{ expiresInSeconds: 1.5 }, 'argument_invalid'],
      [{ confirmation: { kid: 'x' } }, 'argument_invalid'],
      [{ claims: { password: 'x' } }, 'claims_sensitive'],
    ] as const
    for (const [members, code] of wrong) {
      await expect(opaqueTokens.issue({ ...READ, ...members } as never)).rejects.toMatchObject({ code })
    }
    for (const owner of [{}, { subject: 'a', clientId: 'b' }, { subject: '' }, { other: 'x' }]) {
      await expect(opaqueTokens.revokeAll(owner as never)).rejects.toMatchObject({ code: 'argument_invalid' })
    }
    await expect(opaqueTokens.list('')).rejects.toMatchObject({ code: 'argument_invalid' })
    await expect(opaqueTokens.revokeById('')).rejects.toMatchObject({ code: 'argument_invalid' })
  })

  it('of the options is checked while wiring', () => {
    const { auth } = deploy()
    const wrong = [
      { ttlSeconds: 901 },
      { ttlSeconds: 0 },
      { cache: { maxAgeSeconds: 301 } },
      { cache: 7 },
      { more: 1 },
    ]
    for (const options of wrong) {
      expect(() => createOpaqueTokens(auth, options as never)).toThrow(core.ConfigError)
    }
    const { documents: _documents, ...without } = memoryStores()
    expect(() => deploy({ core: { stores: without } })).toThrow(/stores\.documents/)
  })

  it('does not come from a polluted Object.prototype', async () => {
    const { opaqueTokens } = deploy()
    const pollution = { sessionId: 's1', audience: 'https://evil.example', scope: ['x'], clientId: 'evil' }
    Object.assign(Object.prototype, pollution)
    try {
      const { accessToken } = await opaqueTokens.issue({ subject: 'user-1', clientId: 'web' })
      const principal = await opaqueTokens.verify(accessToken, {}).catch((error: unknown) => error)
      expect(Object.entries(Object(principal))).toContainEqual(['clientId', 'web'])
      expect(Object.hasOwn(Object(principal), 'sessionId')).toBe(false)
      expect(await opaqueTokens.revoke(accessToken)).toEqual({ found: true })
    } finally {
      for (const name of Object.keys(pollution)) Reflect.deleteProperty(Object.prototype, name)
    }
  })
})
