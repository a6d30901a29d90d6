import type { Algorithm, JwkSet } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { describeOnStores } from '@authcore/test-stores'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import type { PresentedClient } from '../../src/index.js'
import { deploy, holdClock, ISSUER, START } from '../support/token-fixture.js'

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const ENDPOINT = 'https://auth.example.com/oauth/token'

async function createKey(algorithm: Algorithm = 'ES256', kid = 'k1') {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
  return {
    privateKey,
    jwk: { ...(await exportJWK(publicKey)), kid },
    privateJwk: await exportJWK(privateKey),
  }
}

type Key = Awaited<ReturnType<typeof createKey>>

interface Claims {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  readonly now?: number
}

let ids = 0

function assertionOf(clientId: string, key: Key, { claims = {}, header = {}, now = START }: Claims = {}) {
  return new SignJWT({
    iss: clientId,
    sub: clientId,
    aud: ISSUER,
    exp: now / 1000 + 60,
    jti: `id-${process.pid}-${ids++}`,
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
    .sign(key.privateKey)
}

const present = (clientAssertion: string, more: Partial<PresentedClient> = {}): PresentedClient => ({
  method: 'client_assertion',
  clientAssertion,
  clientAssertionType: TYPE,
  ...more,
})

async function open(options: Parameters<typeof deploy>[0] = {}) {
  const deployment = deploy({ clients: { assertionAudience: [ENDPOINT], ...options.clients }, ...options })
  const key = await createKey()
  const { client } = await deployment.clients.register({
    name: 'Signer',
    authMethod: 'private_key_jwt',
    jwks: { keys: [key.jwk] } as JwkSet,
  })
  return { ...deployment, key, client, clientId: client.clientId }
}

describeOnStores('an assertion of a client', stores => {
  // covers ASVS-10.4.16, RFC9700-2.5
  it('counts once: of 50 that bring the same one, one gets in', async () => {
    const { clients, key, clientId, eventsOf, clock } = await open({
      core: { stores: stores() },
      clock: holdClock(Date.now()),
      clients: { attempts: false },
    })
    const assertion = await assertionOf(clientId, key, { now: clock() })
    const found = await Promise.all(
      Array.from({ length: 50 }, () => clients.authenticate(present(assertion))),
    )
    expect(found.filter(client => client !== undefined)).toHaveLength(1)
    const reasons = eventsOf('oauth_client.refused').map(({ reason }) => reason)
    expect(reasons).toEqual(Array(49).fill('assertion_replayed'))
  })
})

describe('an assertion (RFC 7523)', () => {
  it('is good for its client, with the issuer or the token endpoint as audience', async () => {
    const { clients, key, clientId, client } = await open()
    expect(client).toMatchObject({ authMethod: 'private_key_jwt', algorithms: ['ES256'], secrets: [] })
    for (const claims of [{}, { aud: ENDPOINT }, { aud: [ISSUER] }]) {
      const assertion = await assertionOf(clientId, key, { claims })
      expect(await clients.authenticate(present(assertion))).toMatchObject({ clientId })
    }
    const named = present(await assertionOf(clientId, key), { clientId })
    expect(await clients.authenticate(named)).toBeDefined()
    for (const typ of ['JWT', 'client-authentication+jwt', 'application/client-authentication+jwt']) {
      const assertion = await assertionOf(clientId, key, { header: { typ } })
      expect(await clients.authenticate(present(assertion))).toBeDefined()
    }
  })

  it('is refused whatever is wrong with it', async () => {
    const { clients, key, clientId, eventsOf } = await open({ clients: { attempts: false } })
    const other = await createKey()
    const otherClient = `oc_${'A'.repeat(22)}`
    const seconds = START / 1000
    const cases: readonly (readonly [string, string])[] = [
      [
        await assertionOf(clientId, key, { claims: { aud: 'https://other.example' } }),
        'token_audience_mismatch',
      ],
      [
        await assertionOf(clientId, key, { claims: { aud: [ISSUER, 'https://x.example'] } }),
        'token_audience_mismatch',
      ],
      [await assertionOf(clientId, key, { claims: { aud: undefined } }), 'token_claim_missing'],
      [await assertionOf(clientId, key, { claims: { iss: otherClient } }), 'token_issuer_mismatch'],
      [await assertionOf(clientId, key, { claims: { iss: undefined } }), 'token_claim_missing'],
      [await assertionOf(clientId, key, { claims: { exp: undefined } }), 'token_claim_missing'],
      [await assertionOf(clientId, key, { claims: { exp: seconds - 15 } }), 'token_expired'],
      [await assertionOf(clientId, key, { claims: { exp: seconds + 316 } }), 'assertion_lives_too_long'],
      [await assertionOf(clientId, key, { claims: { nbf: seconds + 60 } }), 'token_not_yet_valid'],
      [await assertionOf(clientId, key, { claims: { iat: seconds + 60 } }), 'token_not_yet_valid'],
      [await assertionOf(clientId, key, { claims: { jti: undefined } }), 'assertion_id_invalid'],
      [await assertionOf(clientId, key, { claims: { jti: '' } }), 'assertion_id_invalid'],
      [await assertionOf(clientId, key, { claims: { jti: 'x'.repeat(256) } }), 'assertion_id_invalid'],
      [await assertionOf(clientId, key, { header: { typ: 'at+jwt' } }), 'token_type_invalid'],
      [await assertionOf(clientId, key, { header: { typ: 'dpop+jwt' } }), 'token_type_invalid'],
      [await assertionOf(clientId, other), 'token_signature_invalid'],
      [await assertionOf(clientId, key, { header: { kid: 'k2' } }), 'token_key_unknown'],
    ]
    for (const [assertion] of cases) expect(await clients.authenticate(present(assertion))).toBeUndefined()
    expect(eventsOf('oauth_client.refused').map(({ reason }) => reason)).toEqual(
      cases.map(([, reason]) => reason),
    )
  })

  it('cannot be signed with what everybody knows, or with nothing', async () => {
    const { clients, key, clientId } = await open()
    const content = (header: object) =>
      [header, { iss: clientId, sub: clientId, aud: ISSUER, exp: START / 1000 + 60, jti: 'x' }]
        .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.')
    const hmac = await new SignJWT({ iss: clientId, sub: clientId, aud: ISSUER, jti: 'x' })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .setExpirationTime(START / 1000 + 60)
      .sign(new TextEncoder().encode(JSON.stringify(key.jwk)))
    for (const assertion of [
      `${content({ alg: 'none' })}.`,
      `${content({ alg: 'ES256', jwk: key.jwk })}.AAAA`,
      hmac,
    ]) {
      expect(await clients.authenticate(present(assertion))).toBeUndefined()
    }
  })

  it('of another type, another name, or too long is none', async () => {
    const { clients, key, clientId, eventsOf } = await open()
    const assertion = await assertionOf(clientId, key)
    const wrong = [
      present(assertion, { clientAssertionType: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }),
      { method: 'client_assertion', clientAssertion: assertion } as const,
      present(assertion, { clientId: `oc_${'A'.repeat(22)}` }),
      present(`${assertion}${'A'.repeat(8192)}`),
      present(`${assertion}.x`),
      present('a.!!.c'),
      present(`a.${Buffer.from('[1]').toString('base64url')}.c`),
      present(`a.${Buffer.from('{"sub":7}').toString('base64url')}.c`),
    ]
    for (const credentials of wrong) expect(await clients.authenticate(credentials)).toBeUndefined()
    expect(new Set(eventsOf('oauth_client.refused').map(({ reason }) => reason))).toEqual(
      new Set(['assertion_type_unsupported', 'client_malformed']),
    )
    expect(await clients.authenticate(present(assertion))).toBeDefined()
  })

  it('may use the id that an assertion of another client used', async () => {
    const { clients, key, clientId } = await open()
    const second = await clients.register({
      name: 'Second',
      authMethod: 'private_key_jwt',
      jwks: { keys: [key.jwk] } as JwkSet,
    })
    for (const id of [clientId, second.client.clientId]) {
      const assertion = await assertionOf(id, key, { claims: { jti: 'same' } })
      expect(await clients.authenticate(present(assertion))).toBeDefined()
    }
  })
})

describe('keys of a client', () => {
  it('decide about the algorithms', async () => {
    const { clients } = deploy()
    const rsa = await createKey('RS256')
    const eddsa = await createKey('EdDSA')
    const register = (keys: readonly object[], more: object = {}) =>
      clients.register({ name: 'x', authMethod: 'private_key_jwt', jwks: { keys } as never, ...more })
    expect((await register([rsa.jwk])).client.algorithms).toEqual([
      'PS256',
      'PS384',
      'PS512',
      'RS256',
      'RS384',
      'RS512',
    ])
    expect((await register([{ ...rsa.jwk, alg: 'PS256' }])).client.algorithms).toEqual(['PS256'])
    expect((await register([eddsa.jwk])).client.algorithms).toEqual(['EdDSA', 'Ed25519'])
    expect((await register([rsa.jwk], { algorithms: ['PS512'] })).client.algorithms).toEqual(['PS512'])
  })

  it('are public ones for signatures, and given in one way', async () => {
    const { clients } = deploy()
    const { jwk, privateJwk } = await createKey()
    const good = { keys: [jwk] }
    const wrong: readonly object[] = [
      {},
      { jwks: good, jwksUri: 'https://client.example/jwks' },
      { jwks: 7 },
      { jwks: { keys: [] } },
      { jwks: { keys: Array(17).fill(jwk) } },
      { jwks: { keys: [privateJwk] } },
      { jwks: { keys: [{ kty: 'oct', k: 'A'.repeat(43) }] } },
      { jwks: { keys: [{ ...jwk, use: 'enc' }] } },
      { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] } },
      { jwks: { keys: ['text'] } },
      { jwks: { keys: [{ ...jwk, x5c: ['A'.repeat(17_000)] }] } },
      { jwks: good, algorithms: ['HS256'] },
      { jwks: good, algorithms: [] },
      { jwks: good, algorithms: ['RS256'] },
      { jwksUri: 'http://client.example/jwks' },
      { jwksUri: 'http://127.0.0.1/jwks' },
      { jwksUri: 'https://u:p@client.example/jwks' },
      { jwksUri: `https://client.example/${'x'.repeat(2048)}` },
      { jwksUri: 'nothing' },
    ]
    for (const members of wrong) {
      const options = { name: 'x', authMethod: 'private_key_jwt', ...members } as never
      await expect(clients.register(options)).rejects.toMatchObject({ code: 'argument_invalid' })
    }
  })

  it('can be replaced, which chooses the algorithms anew', async () => {
    const { clients, key, clientId } = await open()
    const next = await createKey('EdDSA', 'k2')
    expect(await clients.update(clientId, { name: 'Renamed' })).toMatchObject({ algorithms: ['ES256'] })
    const updated = await clients.update(clientId, { jwks: { keys: [next.jwk] } as JwkSet })
    expect(updated.algorithms).toEqual(['EdDSA', 'Ed25519'])
    expect(await clients.authenticate(present(await assertionOf(clientId, key)))).toBeUndefined()
    const signed = await assertionOf(clientId, next, { header: { alg: 'EdDSA', kid: 'k2' } })
    expect(await clients.authenticate(present(signed))).toBeDefined()
  })

  it('are fetched from where the client keeps them, and an outage there is no verdict', async () => {
    const key = await createKey()
    const asked: string[] = []
    let isAway = false
    const { clients, clock } = deploy({
      core: { stores: memoryStores() },
      clients: {
        keySet: {
          fetch: async url => {
            asked.push(url)
            if (isAway) throw new Error('ECONNREFUSED')
            return new Response(JSON.stringify({ keys: [key.jwk] }))
          },
        },
      },
    })
    const jwksUri = 'https://client.example/jwks.json'
    const { client } = await clients.register({ name: 'x', authMethod: 'private_key_jwt', jwksUri })
    const attempt = async () =>
      clients.authenticate(present(await assertionOf(client.clientId, key, { now: clock() })))
    expect(await attempt()).toBeDefined()
    expect(await attempt()).toBeDefined()
    expect(asked).toEqual([jwksUri])
    isAway = true
    clock.advance(2 * 86_400)
    await expect(attempt()).rejects.toMatchObject({ code: 'jwk_set_unavailable' })
  })
})
