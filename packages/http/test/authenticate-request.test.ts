import { createAccessTokenVerifier } from '@authcore/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { type AuthHeaders, type AuthPolicy, authenticateRequest, parsePolicy } from '../src/index.js'
import { bearer, codeOf, createFixture, type Fixture, ISSUER, request } from './fixture.js'

const TOKEN_ONLY: AuthPolicy = { methods: ['access_token'] }
const KEY_ONLY: AuthPolicy = { methods: ['api_key'] }
const EITHER: AuthPolicy = { methods: ['access_token', 'api_key'] }

let fixture: Fixture
let token: string
let apiKey: string

beforeEach(async () => {
  fixture = createFixture()
  token = (
    await fixture.auth.accessTokens.issue({ subject: 'user-1', scope: ['read', 'write'], roles: ['editor'] })
  ).accessToken
  apiKey = (await fixture.auth.apiKeys.issue({ ownerId: 'user-1', name: 'ci', scope: ['read'] })).apiKey
})

const authenticate = (headers: AuthHeaders, policy: AuthPolicy, url?: string) =>
  authenticateRequest(fixture.auth, request(headers, url), policy)

describe('credentials that are good', () => {
  it('accepts an access token as a bearer token', async () => {
    const principal = await authenticate(bearer(token), TOKEN_ONLY)
    expect(principal).toMatchObject({ method: 'access_token', subject: 'user-1', roles: ['editor'] })
    expect(Object.isFrozen(principal)).toBe(true)
  })

  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('reads the scheme %s in any case', async scheme => {
    expect(await codeOf(authenticate({ authorization: `${scheme} ${token}` }, TOKEN_ONLY))).toBe('accepted')
  })

  it('allows several spaces after the scheme', async () => {
    expect(await codeOf(authenticate({ authorization: `Bearer   ${token}` }, TOKEN_ONLY))).toBe('accepted')
  })

  it('accepts a header that comes as an array of one', async () => {
    expect(await codeOf(authenticate({ authorization: [`Bearer ${token}`] }, TOKEN_ONLY))).toBe('accepted')
  })

  it.each([
    ['X-API-Key', (key: string): AuthHeaders => ({ 'x-api-key': key })],
    ['a bearer token', (key: string): AuthHeaders => bearer(key)],
  ])('accepts an API key as %s', async (_, toHeaders) => {
    const principal = await authenticate(toHeaders(apiKey), KEY_ONLY)
    expect(principal).toMatchObject({ method: 'api_key', subject: 'user-1', scope: ['read'], roles: [] })
    expect(Object.isFrozen(principal)).toBe(true)
  })

  it('tells tokens from keys where both are accepted', async () => {
    expect(await authenticate(bearer(token), EITHER)).toMatchObject({ method: 'access_token' })
    expect(await authenticate(bearer(apiKey), EITHER)).toMatchObject({ method: 'api_key' })
    expect(await authenticate({ 'x-api-key': apiKey }, EITHER)).toMatchObject({ method: 'api_key' })
  })

  it('lets the order of the policy say who is calling when both are there', async () => {
    const both = { ...bearer(token), 'x-api-key': apiKey }
    expect(await authenticate(both, EITHER)).toMatchObject({ method: 'access_token' })
    expect(await authenticate(both, { methods: ['api_key', 'access_token'] })).toMatchObject({
      method: 'api_key',
    })
  })

  it('takes a policy that was parsed before', async () => {
    const policy = parsePolicy(TOKEN_ONLY, fixture.auth)
    expect(parsePolicy(policy, fixture.auth)).toBe(policy)
    expect(await codeOf(authenticate(bearer(token), policy))).toBe('accepted')
  })

  it('works on a resource server that has a verifier and nothing else', async () => {
    const accessTokens = createAccessTokenVerifier({
      issuer: ISSUER,
      audience: ISSUER,
      jwks: await fixture.auth.signingKeys.jwks(),
      clock: () => Date.UTC(2026, 0, 15, 12),
    })
    const principal = await authenticateRequest({ accessTokens }, request(bearer(token)), TOKEN_ONLY)
    expect(principal).toMatchObject({ subject: 'user-1' })
  })
})

describe('credentials that are missing', () => {
  it.each([
    ['nothing', {}],
    ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
    ['a scheme with parameters', { authorization: 'Digest username="a, b", realm="x"' }],
    ['a key where only tokens are accepted', { 'x-api-key': 'sk_live_x' }],
  ])('refuses %s', async (_, headers: AuthHeaders) => {
    expect(await codeOf(authenticate(headers, TOKEN_ONLY))).toBe('credentials_missing')
  })

  it('lets nobody pass as nobody where authentication is optional', async () => {
    expect(await authenticate({}, { ...EITHER, optional: true })).toBeUndefined()
  })

  it('says "not mine" to a token where only keys are accepted', async () => {
    expect(await codeOf(authenticate(bearer(token), KEY_ONLY))).toBe('credentials_missing')
  })
})

describe('credentials that are bad', () => {
  it.each<[string, (own: { token: string; apiKey: string }) => AuthHeaders, string]>([
    ['a token that is none', () => bearer('abc'), 'token_malformed'],
    ['an API key in the place of a token', ({ apiKey }) => bearer(apiKey), 'token_malformed'],
    [
      'a token with another signature',
      ({ token }) => bearer(`${token.slice(0, -8)}AAAAAAAA`),
      'token_signature_invalid',
    ],
    ['a scheme alone', () => ({ authorization: 'Bearer' }), 'credentials_malformed'],
    ['a scheme and a space', () => ({ authorization: 'Bearer ' }), 'credentials_malformed'],
    ['an empty header', () => ({ authorization: '' }), 'credentials_malformed'],
    ['a token with a space', () => ({ authorization: 'Bearer a b' }), 'credentials_malformed'],
    ['a tab after the scheme', () => ({ authorization: 'Bearer\ta' }), 'credentials_malformed'],
    ['padding inside', () => bearer('a=b'), 'credentials_malformed'],
    ['an emoji', () => bearer('🙂'), 'credentials_malformed'],
    ['a NUL', () => bearer('a\0b'), 'credentials_malformed'],
    ['a newline', ({ token }) => bearer(`${token}\n`), 'credentials_malformed'],
    [
      'a newline before the scheme',
      ({ token }) => ({ authorization: `\nBearer ${token}` }),
      'credentials_malformed',
    ],
    ['100 kB', () => bearer('a'.repeat(100_000)), 'credentials_malformed'],
    [
      'two headers',
      ({ token }) => ({ authorization: [`Bearer ${token}`, `Bearer ${token}`] }),
      'credentials_repeated',
    ],
    [
      'two headers, one not ours',
      ({ token }) => ({ authorization: ['Basic YQ', `Bearer ${token}`] }),
      'credentials_repeated',
    ],
    [
      'two headers joined',
      ({ token }) => ({ authorization: `Bearer ${token}, Bearer ${token}` }),
      'credentials_repeated',
    ],
    [
      'two headers joined, one not ours',
      ({ token }) => ({ authorization: `Basic YQ, Bearer ${token}` }),
      'credentials_repeated',
    ],
    [
      'a second, empty header',
      ({ token }) => ({ authorization: `Bearer ${token}, ` }),
      'credentials_repeated',
    ],
    ['a parameter behind the token', () => ({ authorization: 'Bearer a, b=c' }), 'credentials_malformed'],
  ])('refuses %s, also where authentication is optional', async (_, toHeaders, code) => {
    const headers = toHeaders({ token, apiKey })
    expect(await codeOf(authenticate(headers, TOKEN_ONLY))).toBe(code)
    expect(await codeOf(authenticate(headers, { ...TOKEN_ONLY, optional: true }))).toBe(code)
  })

  it.each<[string, (apiKey: string) => AuthHeaders, string]>([
    ['noise', () => ({ 'x-api-key': 'noise' }), 'api_key_malformed'],
    ['nothing', () => ({ 'x-api-key': '' }), 'api_key_malformed'],
    [
      'a wrong checksum',
      key => ({ 'x-api-key': `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}` }),
      'api_key_malformed',
    ],
    ['a NUL', key => ({ 'x-api-key': `${key}\0` }), 'api_key_malformed'],
    ['an emoji', () => ({ 'x-api-key': '🙂' }), 'api_key_malformed'],
    ['100 kB', () => ({ 'x-api-key': 'k'.repeat(100_000) }), 'credentials_malformed'],
    ['two headers', key => ({ 'x-api-key': [key, key] }), 'credentials_repeated'],
    ['two headers joined', key => ({ 'x-api-key': `${key}, ${key}` }), 'credentials_repeated'],
    ['the key in both places', key => ({ 'x-api-key': key, ...bearer(key) }), 'credentials_repeated'],
  ])('refuses an API key that is %s', async (_, toHeaders, code) => {
    const headers = toHeaders(apiKey)
    expect(await codeOf(authenticate(headers, KEY_ONLY))).toBe(code)
    expect(await codeOf(authenticate(headers, { ...KEY_ONLY, optional: true }))).toBe(code)
  })

  it.each<[string, unknown]>([
    ['a number', 7],
    ['an object', { toString: () => 'Bearer x' }],
    ['null', null],
    ['an array of numbers', [1, 2]],
    ['nested arrays', [['Bearer x']]],
  ])('refuses a header that is %s', async (_, value) => {
    for (const name of ['authorization', 'x-api-key']) {
      const headers = { [name]: value } as unknown as AuthHeaders
      expect(await codeOf(authenticate(headers, EITHER))).toBe('credentials_malformed')
    }
  })

  // covers ASVS-6.3.4
  it('fails for one bad credential although the other is good', async () => {
    const badKey = { ...bearer(token), 'x-api-key': 'noise' }
    expect(await codeOf(authenticate(badKey, EITHER))).toBe('api_key_malformed')
    expect(await codeOf(authenticate({ ...bearer('abc'), 'x-api-key': apiKey }, EITHER))).toBe(
      'token_malformed',
    )
  })

  it('asks no store about what its text gives away', async () => {
    const before = fixture.storeCalls()
    for (const headers of [bearer('abc'), { 'x-api-key': 'noise' }, bearer('sk_live_noise')]) {
      await codeOf(authenticate(headers, EITHER))
    }
    expect(fixture.storeCalls()).toBe(before)
  })

  it('refuses what has been revoked, and what has expired', async () => {
    await fixture.auth.revocation.revokeToken(token)
    expect(await codeOf(authenticate(bearer(token), TOKEN_ONLY))).toBe('token_revoked')
    fixture.advance(901)
    expect(await codeOf(authenticate(bearer(token), TOKEN_ONLY))).toBe('token_expired')
  })

  // covers RFC9700-4.9
  it('refuses a token that is bound to a key and comes without proof', async () => {
    const { accessToken } = await fixture.auth.accessTokens.issue({
      subject: 'user-1',
      confirmation: { jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' },
    })
    expect(await codeOf(authenticate(bearer(accessToken), TOKEN_ONLY))).toBe('token_binding_mismatch')
  })

  // covers ASVS-16.5.3
  it('says "unavailable" while the stores are down', async () => {
    fixture.setStoresUp(false)
    expect(await codeOf(authenticate(bearer(token), TOKEN_ONLY))).toBe('store_unavailable')
    expect(await codeOf(authenticate({ 'x-api-key': apiKey }, KEY_ONLY))).toBe('store_unavailable')
  })

  it('refuses headers that every object inherits', async () => {
    const headers: AuthHeaders = Object.create({ authorization: `Bearer ${token}` })
    expect(await codeOf(authenticate(headers, TOKEN_ONLY))).toBe('credentials_missing')
  })
})

// covers RFC9700-4.2, RFC9700-4.3
describe('credentials in the query string', () => {
  it.each([
    '/a?access_token=x',
    '/a?ACCESS_TOKEN=x',
    '/a?b=c&api_key=x',
    '/a?b=c;api_key=x',
    '/a?apiKey=x',
    '/a?API-Key=x',
    '/a?x-api-key',
    '/a?refresh_token=x',
    '/a?access_token[]=x',
    '/a?%61ccess_token=x',
    '/a?access%5Ftoken=x',
    '/a?access_token%5b%5d=x',
    '/a?authorization=Bearer+x',
    'https://api.example.com/a?access_token=x#b',
  ])('refuses %s', async url => {
    expect(await codeOf(authenticate(bearer(token), TOKEN_ONLY, url))).toBe('credentials_in_query')
    expect(await codeOf(authenticate({}, { ...EITHER, optional: true }, url))).toBe('credentials_in_query')
  })

  it.each(['/a?token=x', '/a?q=access_token', '/access_token', '/a?b=%zz', '/a?', '/a#?access_token=x'])(
    'lets %s pass',
    async url => {
      expect(await codeOf(authenticate(bearer(token), TOKEN_ONLY, url))).toBe('accepted')
    },
  )

  it('refuses a URL of 100 kB', async () => {
    expect(await codeOf(authenticate(bearer(token), TOKEN_ONLY, `/?${'a'.repeat(100_000)}`))).toBe(
      'request_url_too_long',
    )
  })
})

describe('demands of the policy', () => {
  // covers ASVS-8.2.1, ASVS-8.3.1
  it('demands every scope', async () => {
    expect(await codeOf(authenticate(bearer(token), { ...EITHER, scope: ['read', 'write'] }))).toBe(
      'accepted',
    )
    await expect(
      authenticate({ 'x-api-key': apiKey }, { ...EITHER, scope: ['read', 'write'] }),
    ).rejects.toMatchObject({ code: 'insufficient_scope', missing: ['write'] })
  })

  it('demands every role, which API keys lack', async () => {
    expect(await codeOf(authenticate(bearer(token), { ...EITHER, roles: ['editor'] }))).toBe('accepted')
    await expect(
      authenticate(bearer(token), { ...EITHER, roles: ['editor', 'admin'] }),
    ).rejects.toMatchObject({ code: 'insufficient_role', missing: ['admin'] })
    expect(await codeOf(authenticate({ 'x-api-key': apiKey }, { ...EITHER, roles: ['editor'] }))).toBe(
      'insufficient_role',
    )
  })

  // covers ASVS-7.5.1, ASVS-7.5.3
  it('demands a recent login, which API keys cannot show', async () => {
    const { accessToken } = await fixture.auth.sessions.start({ subject: 'user-1' })
    const policy: AuthPolicy = { ...EITHER, maxAgeSeconds: 60 }
    expect(await codeOf(authenticate(bearer(accessToken), policy))).toBe('accepted')
    expect(await codeOf(authenticate(bearer(token), policy))).toBe('authentication_too_old')
    expect(await codeOf(authenticate({ 'x-api-key': apiKey }, policy))).toBe('authentication_too_old')
    fixture.advance(61)
    expect(await codeOf(authenticate(bearer(accessToken), policy))).toBe('authentication_too_old')
  })

  it('refuses a bad key as bad before it looks at the demands', async () => {
    const policy: AuthPolicy = { methods: ['api_key'], maxAgeSeconds: 60, roles: ['admin'] }
    expect(await codeOf(authenticate({ 'x-api-key': 'noise' }, policy))).toBe('api_key_malformed')
  })
})

describe('a policy that does not fit', () => {
  it('fails when it was parsed for another deployment', async () => {
    const policy = parsePolicy(EITHER, fixture.auth)
    const { accessTokens, apiKeys } = fixture.auth
    expect(await codeOf(authenticateRequest({ apiKeys }, request(bearer(token)), policy))).toBe(
      'config_invalid',
    )
    const withKey = request({ 'x-api-key': apiKey })
    expect(await codeOf(authenticateRequest({ accessTokens }, withKey, policy))).toBe('config_invalid')
  })
})
