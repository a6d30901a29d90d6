import { memoryStores } from '@authcore/core/memory'
import { describeOnStores } from '@authcore/test-stores'
import { describe, expect, it } from 'vitest'
import { createOAuthClients, type PresentedClient } from '../../src/index.js'
import { AUDIENCE, countCalls, deploy, holdClock, OTHER_SECRET, SECRET } from '../support/token-fixture.js'

const BASIC = { name: 'Reports', authMethod: 'client_secret_basic' } as const

function basic(
  clientId: string,
  clientSecret: string | undefined,
  more: Partial<PresentedClient> = {},
): PresentedClient {
  return { method: 'client_secret_basic', clientId, clientSecret: clientSecret ?? '', ...more }
}

describeOnStores('OAuth clients', stores => {
  const open = () => deploy({ core: { stores: stores() }, clock: holdClock(Date.now()) })

  // covers ASVS-10.4.10
  it('prove who they are with a secret that is shown once', async () => {
    const { clients, eventsOf } = open()
    const { client, clientSecret } = await clients.register({ ...BASIC, scope: ['read'], introspects: 'any' })
    expect(client).toMatchObject({
      clientId: expect.stringMatching(/^oc_[A-Za-z0-9_-]{22}$/),
      name: 'Reports',
      authMethod: 'client_secret_basic',
      grantTypes: ['client_credentials'],
      scope: ['read'],
      introspects: 'any',
      requiresBoundTokens: false,
      enabled: true,
      secrets: [{ secretId: expect.any(String), createdAt: expect.any(Number) }],
    })
    expect(clientSecret).toMatch(/^cs_[A-Za-z0-9_-]{43}$/)
    expect(JSON.stringify(client)).not.toContain(String(clientSecret))
    const found = await clients.authenticate(basic(client.clientId, clientSecret))
    expect(found).toMatchObject({ clientId: client.clientId, introspects: 'any' })
    expect(await clients.find(client.clientId)).toEqual(client)
    expect((await clients.list()).map(({ clientId }) => clientId)).toContain(client.clientId)
    expect(eventsOf('oauth_client.registered')).toMatchObject([{ clientId: client.clientId }])
  })

  it('have their secrets rotated: the ones before work for the overlap, and one of many rotations is made', async () => {
    const { clients, clock } = open()
    const { client, clientSecret: first } = await clients.register(BASIC)
    const { clientId } = client
    const attempts = await Promise.allSettled(
      Array.from({ length: 20 }, () => clients.rotateSecret(clientId, { overlapSeconds: 60 })),
    )
    const rotated = attempts.flatMap(attempt => (attempt.status === 'fulfilled' ? [attempt.value] : []))
    const refused = attempts.flatMap(attempt => (attempt.status === 'rejected' ? [attempt.reason.code] : []))
    // those that began after another had ended come on top of it
    expect(rotated.length).toBeGreaterThan(0)
    expect(new Set(refused)).toEqual(refused.length > 0 ? new Set(['oauth_client_changed']) : new Set())
    const current = (await clients.find(clientId))?.secrets ?? []
    expect(current.filter(({ expiresAt }) => expiresAt === undefined)).toHaveLength(1)
    for (const secret of [first, ...rotated.map(({ clientSecret }) => clientSecret)].slice(-5)) {
      expect(await clients.authenticate(basic(clientId, secret))).toBeDefined()
    }
    clock.advance(60)
    const accepted = await Promise.all(
      [first, ...rotated.map(({ clientSecret }) => clientSecret)].map(secret =>
        clients.authenticate(basic(clientId, secret)),
      ),
    )
    expect(accepted.filter(found => found !== undefined)).toHaveLength(1)
    const last = await clients.rotateSecret(clientId, { overlapSeconds: 0 })
    expect(last.client.secrets).toHaveLength(1)
  })

  it('are changed and removed; what was issued to them dies with them', async () => {
    const { auth, clients, opaqueTokens } = open()
    const { client, clientSecret } = await clients.register({ ...BASIC, scope: ['read', 'write'] })
    const { clientId } = client
    const { accessToken } = await opaqueTokens.issue({ subject: clientId, clientId })
    const jwt = await auth.accessTokens.issue({ subject: clientId, clientId })
    expect(
      await clients.update(clientId, { scope: ['read'], name: 'New', audience: [AUDIENCE] }),
    ).toMatchObject({
      scope: ['read'],
      name: 'New',
      audience: [AUDIENCE],
      authMethod: 'client_secret_basic',
    })
    await clients.update(clientId, { enabled: false })
    expect(await clients.authenticate(basic(clientId, clientSecret))).toBeUndefined()
    await clients.update(clientId, { enabled: true })
    expect(await clients.authenticate(basic(clientId, clientSecret))).toBeDefined()
    expect(await clients.remove(clientId)).toEqual({ found: true })
    expect(await clients.remove(clientId)).toEqual({ found: false })
    expect(await clients.authenticate(basic(clientId, clientSecret))).toBeUndefined()
    await expect(opaqueTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
    await expect(auth.accessTokens.verify(jwt.accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
    await expect(clients.update(clientId, {})).rejects.toMatchObject({ code: 'oauth_client_not_found' })
  })

  it('that are changed by two at once are changed by one', async () => {
    const { clients } = open()
    const { client } = await clients.register(BASIC)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => clients.update(client.clientId, { name: `n${index}` })),
    )
    const names = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value.name] : []))
    expect(names.length).toBeGreaterThan(0)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('oauth_client_changed')
    }
  })
})

describe('a client that is not who it says', () => {
  it('is refused without a store call where a look is enough', async () => {
    const { stores, calls } = countCalls(memoryStores())
    const { clients, eventsOf } = deploy({ core: { stores } })
    const { client, clientSecret = '' } = await clients.register(BASIC)
    const { clientId } = client
    calls.length = 0
    const hopeless: readonly PresentedClient[] = [
      basic('', clientSecret),
      basic('oc_short', clientSecret),
      basic(`${clientId}\u0000`, clientSecret),
      basic(clientId, ''),
      basic(clientId, 'x'.repeat(1024)),
      basic(clientId, clientSecret.slice(1)),
      basic(clientId, `${clientSecret}A`),
      { method: 'tls_client_auth', clientId },
      { method: 'client_assertion', clientAssertion: 'x', clientAssertionType: 'y' },
      { method: 'client_assertion', clientAssertion: 'a.b.c', clientAssertionType: 'y' },
      { method: 'client_assertion' },
      { method: 'none' },
      { method: 'magic', clientId } as never,
      {} as never,
    ]
    for (const credentials of hopeless) expect(await clients.authenticate(credentials)).toBeUndefined()
    expect(calls).toEqual([])
    expect(eventsOf('oauth_client.refused')).toHaveLength(hopeless.length)
  })

  it('gets one answer, whatever is wrong; the reason is for operators', async () => {
    const { clients, eventsOf } = deploy()
    const [mine, other] = [await clients.register(BASIC), await clients.register(BASIC)]
    const post = await clients.register({ ...BASIC, authMethod: 'client_secret_post' })
    const open = await clients.register({ name: 'App', authMethod: 'none', grantTypes: ['refresh_token'] })
    const unknown = `oc_${'A'.repeat(22)}`
    const { clientId } = mine.client
    const cases: readonly (readonly [PresentedClient, string])[] = [
      [basic(unknown, mine.clientSecret), 'client_unknown'],
      [basic(clientId, other.clientSecret), 'secret_invalid'],
      [{ ...basic(clientId, mine.clientSecret), method: 'client_secret_post' }, 'method_of_another_kind'],
      [basic(post.client.clientId, post.clientSecret), 'method_of_another_kind'],
      [{ method: 'none', clientId }, 'method_of_another_kind'],
      [basic(open.client.clientId, mine.clientSecret), 'method_of_another_kind'],
    ]
    for (const [credentials] of cases) expect(await clients.authenticate(credentials)).toBeUndefined()
    expect(eventsOf('oauth_client.refused').map(({ reason }) => reason)).toEqual(
      cases.map(([, reason]) => reason),
    )
    expect(await clients.authenticate({ method: 'none', clientId: open.client.clientId })).toBeDefined()
    expect(
      await clients.authenticate({
        ...basic(post.client.clientId, post.clientSecret),
        method: 'client_secret_post',
      }),
    ).toBeDefined()
  })

  it('may try so often from one address, and keeps nobody else out', async () => {
    const { clients, clock } = deploy({ clients: { attempts: { limit: 3, windowSeconds: 60 } } })
    const { client, clientSecret } = await clients.register(BASIC)
    const { clientId } = client
    const wrong = `cs_${'A'.repeat(43)}`
    for (let time = 0; time < 3; time += 1) {
      expect(await clients.authenticate(basic(clientId, wrong, { ip: '192.0.2.1' }))).toBeUndefined()
    }
    const attempt = () => clients.authenticate(basic(clientId, clientSecret, { ip: '192.0.2.1' }))
    await expect(attempt()).rejects.toMatchObject({ code: 'rate_limited' })
    expect(await clients.authenticate(basic(clientId, clientSecret, { ip: '192.0.2.2' }))).toBeDefined()
    clock.advance(20)
    expect(await attempt()).toBeDefined()
  })

  it('is not counted where that is switched off, and many good ones never are', async () => {
    const { clients } = deploy({ clients: { attempts: false } })
    const { client } = await clients.register(BASIC)
    const wrong = `cs_${'A'.repeat(43)}`
    for (let time = 0; time < 40; time += 1) {
      expect(await clients.authenticate(basic(client.clientId, wrong))).toBeUndefined()
    }
    const counted = deploy()
    const registered = await counted.clients.register(BASIC)
    for (let time = 0; time < 40; time += 1) {
      const found = await counted.clients.authenticate(
        basic(registered.client.clientId, registered.clientSecret),
      )
      expect(found).toBeDefined()
    }
  })
})

describe('the secret of a client', () => {
  it('is kept as a hash under a pepper, bound to its client', async () => {
    const stores = memoryStores()
    const { clients, clock } = deploy({ core: { stores } })
    const { client, clientSecret } = await clients.register(BASIC)
    const other = await clients.register(BASIC)
    const key = (id: string) => ({ namespace: 'oauth.client', id, now: clock() })
    const kept = await stores.documents?.find(key(client.clientId))
    expect(JSON.stringify(kept)).not.toContain(String(clientSecret).slice(3))
    const theirs = await stores.documents?.find(key(other.client.clientId))
    await stores.documents?.put({
      ...key(other.client.clientId),
      tags: [],
      value: { ...theirs?.value, secrets: kept?.value['secrets'] ?? [] },
      expectedVersion: 1,
      writeId: 'w',
    })
    expect(await clients.authenticate(basic(other.client.clientId, clientSecret))).toBeUndefined()
    expect(await clients.authenticate(basic(client.clientId, clientSecret))).toBeDefined()
  })

  it('outlives a rotation of the root secret as long as the old one is on the list', async () => {
    const stores = memoryStores()
    const { client, clientSecret } = await deploy({ core: { stores } }).clients.register(BASIC)
    const during = deploy({ core: { stores, secrets: [OTHER_SECRET, SECRET] } })
    expect(await during.clients.authenticate(basic(client.clientId, clientSecret))).toBeDefined()
    const after = deploy({ core: { stores, secrets: [OTHER_SECRET] } })
    expect(await after.clients.authenticate(basic(client.clientId, clientSecret))).toBeUndefined()
  })

  it('whose record is damaged is an outage', async () => {
    const stores = memoryStores()
    const { clients, clock } = deploy({ core: { stores } })
    const { client, clientSecret } = await clients.register(BASIC)
    const key = { namespace: 'oauth.client', id: client.clientId, now: clock() }
    const kept = await stores.documents?.find(key)
    let version = 1
    for (const damage of [{ secrets: 'x' }, { secrets: [{}] }, { enabled: 1 }, { scope: 'read' }]) {
      const value = { ...kept?.value, ...damage } as never
      const command = { ...key, tags: [], value, expectedVersion: version, writeId: `w${version++}` }
      await stores.documents?.put(command)
      await expect(clients.authenticate(basic(client.clientId, clientSecret))).rejects.toMatchObject({
        code: 'store_record_invalid',
      })
    }
  })
})

describe('what is registered', () => {
  it('is checked', async () => {
    const { clients } = deploy({ core: { scopes: ['read'], roles: ['service'] } })
    const wrong = [
      [{}, 'argument_invalid'],
      [{ name: 'x' }, 'argument_invalid'],
      [{ ...BASIC, name: '' }, 'argument_invalid'],
      [{ ...BASIC, name: 'x'.repeat(201) }, 'argument_invalid'],
      [{ ...BASIC, authMethod: 'client_secret_jwt' }, 'argument_invalid'],
      [{ ...BASIC, grantTypes: [] }, 'argument_invalid'],
      [{ ...BASIC, grantTypes: ['password'] }, 'argument_invalid'],
      [{ ...BASIC, grantTypes: 'refresh_token' }, 'argument_invalid'],
      [{ name: 'x', authMethod: 'none' }, 'argument_invalid'],
      [{ ...BASIC, scope: ['write'] }, 'scope_unknown'],
      [{ ...BASIC, roles: ['root'] }, 'role_unknown'],
      [{ ...BASIC, claims: { sub: 'x' } }, 'claims_reserved'],
      [{ ...BASIC, audience: [] }, 'argument_invalid'],
      [{ ...BASIC, audience: 'x' }, 'argument_invalid'],
      [{ ...BASIC, introspects: 'all' }, 'argument_invalid'],
      [{ ...BASIC, accessTokens: 'paseto' }, 'argument_invalid'],
      [{ ...BASIC, requiresBoundTokens: 'yes' }, 'argument_invalid'],
      [{ ...BASIC, jwksUri: 'https://client.example/jwks' }, 'argument_invalid'],
      [{ ...BASIC, algorithms: ['ES256'] }, 'argument_invalid'],
      [{ ...BASIC, clientId: 'mine' }, 'argument_invalid'],
      [{ ...BASIC, secret: 'mine' }, 'argument_invalid'],
    ] as const
    for (const [options, code] of wrong) {
      await expect(clients.register(options as never)).rejects.toMatchObject({ code })
    }
    const { client } = await clients.register({
      ...BASIC,
      scope: ['read'],
      roles: ['service'],
      claims: { tier: 1 },
    })
    for (const patch of [{ enabled: 1 }, { authMethod: 'none' }, { secrets: [] }, { scope: ['write'] }]) {
      await expect(clients.update(client.clientId, patch as never)).rejects.toMatchObject({
        name: 'InvalidRequestError',
      })
    }
    for (const overlapSeconds of [-1, 1.5, Number.NaN, 30 * 86_400 + 1, '1']) {
      await expect(
        clients.rotateSecret(client.clientId, { overlapSeconds: overlapSeconds as number }),
      ).rejects.toMatchObject({ code: 'argument_invalid' })
    }
    expect(await clients.find(client.clientId)).toEqual(client)
  })

  it('as an option is checked while wiring', () => {
    const { auth } = deploy()
    const wrong = [
      { assertionAudience: 'x' },
      { assertionMaxAgeSeconds: 5 },
      { clockToleranceSeconds: 61 },
      { keySet: 7 },
      { attempts: { limit: 0 } },
      { attempts: true },
      { more: 1 },
    ]
    for (const options of wrong)
      expect(() => createOAuthClients(auth, options as never)).toThrow(/configuration/)
  })
})
