import { ConfigError, type CookieSession } from '@authcore/core'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  type AuthHeaders,
  type AuthPolicy,
  authenticateRequest,
  createHttpAuth,
  createSessionCookie,
  guardRequest,
  type HttpAuthOptions,
  parsePolicy,
  toErrorResponse,
} from '../src/index.js'
import { codeOf, createFixture, type Fixture, ISSUER } from './fixture.js'

const POLICY: AuthPolicy = { methods: ['session'] }
const COOKIE = createSessionCookie()

let fixture: Fixture
let started: CookieSession

beforeEach(async () => {
  fixture = createFixture()
  started = await fixture.auth.sessions.startCookie({ subject: 'user-1', scope: ['read'], roles: ['editor'] })
})

const withCookie = (headers: AuthHeaders = {}): AuthHeaders => ({
  cookie: `theme=dark; __Host-session=${started.sessionToken}; lang=de`,
  ...headers,
})

const guard = (
  headers: AuthHeaders,
  {
    method = 'GET',
    policy = POLICY,
    options = {},
  }: { method?: string; policy?: AuthPolicy; options?: HttpAuthOptions } = {},
) => {
  const auth = createHttpAuth(fixture.auth, { sessionCookie: {}, ...options })
  return guardRequest(auth, { method, url: '/', headers }, policy)
}

const refusal = async (...call: Parameters<typeof guard>) => {
  const guarded = await guard(...call)
  return guarded.outcome === 'passed' ? 'passed' : JSON.parse(guarded.response.body ?? '{}').code
}

describe('the cookie', () => {
  it('is bound to the host, out of the reach of scripts, and lives as long as the session may', () => {
    expect(COOKIE.issue(started)).toBe(
      `__Host-session=${started.sessionToken}; Max-Age=7776000; Path=/; Secure; HttpOnly; SameSite=Lax`,
    )
    expect(COOKIE.clear()).toBe('__Host-session=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax')
  })

  it.each([
    'a; Domain=example.com',
    'a\r\nset-cookie: b=c',
    'a\nb',
    'a,b',
    'a b',
    '"a"',
    'a\\b',
    '\u00e9',
    '',
    'a'.repeat(4097),
  ])('is never made of %j', sessionToken => {
    expect(() => COOKIE.issue({ ...started, sessionToken })).toThrow(
      expect.objectContaining({ code: 'argument_invalid' }),
    )
  })

  it('fits what browsers keep, with the longest subject and client', async () => {
    const long = await fixture.auth.sessions.startCookie({
      subject: '\u{1f600}'.repeat(127),
      clientId: '\u{1f600}'.repeat(127),
    })
    expect(COOKIE.issue(long).length).toBeLessThan(4096)
  })

  it('finds its token in a request', () => {
    expect(COOKIE.find(withCookie())).toBe(started.sessionToken)
    expect(COOKIE.find({ cookie: 'theme=dark' })).toBeUndefined()
    expect(() => COOKIE.find({ cookie: '__Host-session=a; __Host-session=b' })).toThrow(
      expect.objectContaining({ code: 'credentials_repeated' }),
    )
  })

  it('counts what is left of the absolute expiry after a renewal', async () => {
    fixture.advance(86_400)
    const renewed = await fixture.auth.sessions.renew(started.sessionToken)
    expect(COOKIE.issue(renewed)).toContain('; Max-Age=7689600;')
  })

  it('is set and cleared with the same attributes, whatever they are', () => {
    const cookie = createSessionCookie({ name: 'sid', sameSite: 'strict', secure: false, path: '/app' })
    const attributes = '; Path=/app; HttpOnly; SameSite=Strict'
    expect(cookie.issue(started)).toBe(`sid=${started.sessionToken}; Max-Age=7776000${attributes}`)
    expect(cookie.clear()).toBe(`sid=; Max-Age=0${attributes}`)
  })
})

describe('the settings', () => {
  const problemsOf = (options: unknown, auth: object = fixture.auth) => {
    try {
      createHttpAuth(auth, options as HttpAuthOptions)
      return []
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.map(({ path }) => path)
      throw error
    }
  }

  it.each<[unknown, readonly string[]]>([
    [{ sessionCookie: {} }, []],
    [{ sessionCookie: {}, origins: ['https://a.example', 'http://localhost:3000'] }, []],
    [{ sessionCookie: null }, ['sessionCookie']],
    [{ sessionCookie: true }, ['sessionCookie']],
    [{ sessionCookie: { secure: false } }, ['sessionCookie.secure']],
    [{ sessionCookie: { path: '/app' } }, ['sessionCookie.path']],
    [{ sessionCookie: { name: 'a b', sameSite: 'no' } }, ['sessionCookie.name', 'sessionCookie.sameSite']],
    [{ sessionCookie: { domain: 'example.com' } }, ['sessionCookie.domain']],
    [{ sessionCookie: {}, origins: [] }, ['origins']],
    [{ origins: 'https://a.example' }, ['origins']],
    [
      { origins: ['https://a.example/', '*', null, 'null'] },
      ['origins.0', 'origins.1', 'origins.2', 'origins.3'],
    ],
    [{ origins: Array(65).fill('https://a.example') }, ['origins']],
  ])('%j', (options, paths) => {
    expect(problemsOf(options)).toEqual(paths)
  })

  it('need origins where the issuer is no URL', () => {
    const named = { sessions: fixture.auth.sessions, issuer: 'urn:example' }
    expect(problemsOf({ sessionCookie: {} }, named)).toEqual(['origins'])
    expect(problemsOf({ sessionCookie: {} }, { sessions: fixture.auth.sessions })).toEqual(['origins'])
  })

  it('make the method available', () => {
    const say = /policy\.methods\.0: needs `sessionCookie`, an option of createHttpAuth/
    expect(() => parsePolicy(POLICY, fixture.auth)).toThrow(say)
    expect(() => parsePolicy(POLICY, createHttpAuth(fixture.auth, {}))).toThrow(say)
    expect(parsePolicy(POLICY, createHttpAuth(fixture.auth, { sessionCookie: {} })).methods).toEqual([
      'session',
    ])
  })

  it('take nothing from Object.prototype', () => {
    const polluted = { sessionCookie: {}, origins: ['https://evil.example'], name: 'evil', secure: false }
    for (const [name, value] of Object.entries(polluted)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true })
    }
    const seen: unknown[] = []
    try {
      const plain = createHttpAuth(fixture.auth, {}).http
      seen.push(plain.sessionCookie === undefined, plain.origins[0])
      seen.push(createHttpAuth(fixture.auth, { sessionCookie: {} }).http.sessionCookie?.clear())
    } finally {
      for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name)
    }
    expect(seen).toEqual([true, ISSUER, COOKIE.clear()])
  })
})

describe('a request with the cookie', () => {
  it('passes, and its answer is kept by no cache', async () => {
    const guarded = await guard(withCookie(), { policy: { ...POLICY, scope: ['read'], roles: ['editor'] } })
    expect(guarded).toMatchObject({
      outcome: 'passed',
      principal: { method: 'session', subject: 'user-1', sessionId: started.session.id },
      headers: { 'cache-control': 'no-store' },
    })
    expect(JSON.stringify(guarded)).not.toContain(started.sessionToken)
  })

  it.each<[string, (token: string) => AuthHeaders, string]>([
    ['no cookie', () => ({}), 'credentials_missing'],
    ['another cookie', token => ({ cookie: `session=${token}` }), 'credentials_missing'],
    ['a name in other letters', token => ({ cookie: `__host-session=${token}` }), 'credentials_missing'],
    ['a name with more', token => ({ cookie: `x__Host-session=${token}` }), 'credentials_missing'],
    [
      'two of that name',
      token => ({ cookie: `__Host-session=${token}; __Host-session=${token}` }),
      'credentials_repeated',
    ],
    [
      'two in two fields',
      token => ({ cookie: [`__Host-session=${token}`, '__Host-session=x'] }),
      'credentials_repeated',
    ],
    ['an empty value', () => ({ cookie: '__Host-session=' }), 'session_invalid'],
    ['quotes', token => ({ cookie: `__Host-session="${token}"` }), 'session_invalid'],
    [
      'percent signs',
      token => ({ cookie: `__Host-session=${token.replace('_', '%5F')}` }),
      'session_invalid',
    ],
    ['padding', token => ({ cookie: `__Host-session=${token}=` }), 'session_invalid'],
    [
      'Base64 instead of base64url',
      token => ({ cookie: `__Host-session=${token.slice(0, 3)}+${token.slice(4)}` }),
      'session_invalid',
    ],
    ['noise', () => ({ cookie: '__Host-session=%00\u0130' }), 'session_invalid'],
    ['a long value', () => ({ cookie: `__Host-session=st_${'A'.repeat(9000)}` }), 'session_invalid'],
    [
      'a longer header',
      token => ({ cookie: `__Host-session=${token}; x=${'A'.repeat(16_384)}` }),
      'credentials_malformed',
    ],
    ['the token as a bearer token', token => ({ authorization: `Bearer ${token}` }), 'credentials_missing'],
  ])('and %s is refused before any store is asked', async (_, toHeaders, code) => {
    const before = fixture.storeCalls()
    expect(await refusal(toHeaders(started.sessionToken))).toBe(code)
    expect(fixture.storeCalls()).toBe(before)
  })

  it('is no access token, no API key and no refresh token', async () => {
    const headers = { authorization: `Bearer ${started.sessionToken}` }
    expect(await refusal(headers, { policy: { methods: ['access_token', 'api_key', 'session'] } })).toBe(
      'token_malformed',
    )
    const { refreshToken } = await fixture.auth.sessions.start({ subject: 'user-1' })
    expect(await refusal({ cookie: `__Host-session=${refreshToken}` })).toBe('session_invalid')
  })

  it('gets one answer whatever is wrong with the session', async () => {
    const auth = createHttpAuth(fixture.auth, { sessionCookie: {} })
    const answers = new Set<string>()
    const tokens = [
      'st_noise',
      `${started.sessionToken.slice(0, -1)}${started.sessionToken.endsWith('A') ? 'Q' : 'A'}`,
    ]
    const revoked = await fixture.auth.sessions.startCookie({ subject: 'user-1' })
    await fixture.auth.sessions.revokeBySessionToken(revoked.sessionToken)
    for (const token of [...tokens, revoked.sessionToken, started.sessionToken]) {
      if (token === started.sessionToken) fixture.advance(15 * 86_400)
      const guarded = await guardRequest(
        auth,
        { method: 'GET', url: '/', headers: { cookie: `__Host-session=${token}` } },
        POLICY,
      )
      answers.add(JSON.stringify(guarded))
    }
    expect([...answers].map(answer => JSON.parse(answer))).toMatchObject([
      {
        response: {
          status: 401,
          headers: {
            'www-authenticate':
              'Bearer realm="api", error="invalid_token", error_description="Invalid session."',
          },
          body: expect.stringContaining('"code":"session_invalid"'),
        },
      },
    ])
    const codes = fixture.events.flatMap(event => (event.type === 'credential.refused' ? [event.code] : []))
    expect(new Set(codes)).toEqual(
      new Set([
        'session_token_malformed',
        'session_token_invalid',
        'session_token_revoked',
        'session_token_expired',
      ]),
    )
  })

  it('is asked for a fresh login, and for more scope', async () => {
    fixture.advance(61)
    const tooOld = await guard(withCookie(), { policy: { ...POLICY, maxAgeSeconds: 60 } })
    expect(tooOld).toMatchObject({
      response: { status: 401, headers: { 'www-authenticate': expect.stringContaining('max_age="60"') } },
    })
    expect(await refusal(withCookie(), { policy: { ...POLICY, scope: ['write'] } })).toBe(
      'insufficient_scope',
    )
    expect(await refusal(withCookie(), { policy: { ...POLICY, roles: ['admin'] } })).toBe('insufficient_role')
  })

  it('cannot be judged while the stores are down', async () => {
    fixture.setStoresUp(false)
    expect(await refusal(withCookie())).toBe('store_unavailable')
  })
})

describe('a forged request', () => {
  const OTHER = 'https://evil.example'
  const SAME = { origin: ISSUER }

  it.each<[string, AuthHeaders, string]>([
    ['the own origin', SAME, 'passed'],
    ['the own origin and same-origin', { ...SAME, 'sec-fetch-site': 'same-origin' }, 'passed'],
    ['same-origin without an origin', { 'sec-fetch-site': 'same-origin' }, 'passed'],
    ['neither', {}, 'cross_site_request'],
    ['another origin', { origin: OTHER }, 'cross_site_request'],
    [
      'another origin that claims same-origin',
      { origin: OTHER, 'sec-fetch-site': 'same-origin' },
      'cross_site_request',
    ],
    ['a sibling host', { origin: 'https://www.api.example.com' }, 'cross_site_request'],
    ['another scheme', { origin: 'http://api.example.com' }, 'cross_site_request'],
    ['another port', { origin: `${ISSUER}:8443` }, 'cross_site_request'],
    ['other letters', { origin: 'https://API.example.com' }, 'cross_site_request'],
    ['a prefix', { origin: `${ISSUER}.evil.example` }, 'cross_site_request'],
    ['the opaque origin', { origin: 'null' }, 'cross_site_request'],
    ['an empty origin', { origin: '' }, 'cross_site_request'],
    ['two origins', { origin: [ISSUER, ISSUER] }, 'cross_site_request'],
    ['two origins in one field', { origin: `${ISSUER}, ${OTHER}` }, 'cross_site_request'],
    ['same-site', { 'sec-fetch-site': 'same-site' }, 'cross_site_request'],
    ['cross-site', { 'sec-fetch-site': 'cross-site' }, 'cross_site_request'],
    ['typed into the address bar', { 'sec-fetch-site': 'none' }, 'cross_site_request'],
    ['a matching referrer alone', { referer: `${ISSUER}/form` }, 'cross_site_request'],
    ['a long origin', { origin: `${ISSUER}${'x'.repeat(3000)}` }, 'credentials_malformed'],
  ])('POST with %s: %s', async (_, headers, outcome) => {
    expect(await refusal(withCookie(headers), { method: 'POST' })).toBe(outcome)
  })

  it.each([
    ['GET', 'passed'],
    ['HEAD', 'passed'],
    ['OPTIONS', 'passed'],
    ['TRACE', 'passed'],
    ['POST', 'cross_site_request'],
    ['PUT', 'cross_site_request'],
    ['PATCH', 'cross_site_request'],
    ['DELETE', 'cross_site_request'],
    ['CONNECT', 'cross_site_request'],
    ['QUERY', 'cross_site_request'],
    ['get', 'cross_site_request'],
    ['', 'cross_site_request'],
  ])('%s from another site: %s', async (method, outcome) => {
    expect(await refusal(withCookie({ origin: OTHER, 'sec-fetch-site': 'cross-site' }), { method })).toBe(
      outcome,
    )
  })

  it('is one where the cookie comes along with a good access token', async () => {
    const { accessToken } = await fixture.auth.accessTokens.issue({ subject: 'user-1' })
    const policy: AuthPolicy = { methods: ['access_token', 'session'] }
    const headers = { authorization: `Bearer ${accessToken}`, origin: OTHER }
    expect(await refusal(withCookie(headers), { method: 'POST', policy })).toBe('cross_site_request')
    expect(await refusal(headers, { method: 'POST', policy })).toBe('passed')
    expect(
      await refusal(withCookie(headers), { method: 'POST', policy: { methods: ['access_token'] } }),
    ).toBe('passed')
  })

  it('is one where authentication is optional, too, and reaches no store', async () => {
    const before = fixture.storeCalls()
    const policy: AuthPolicy = { ...POLICY, optional: true }
    expect(await refusal(withCookie({ origin: OTHER }), { method: 'POST', policy })).toBe(
      'cross_site_request',
    )
    expect(fixture.storeCalls()).toBe(before)
  })

  it('is told from one of an origin on the list', async () => {
    const options = { origins: ['https://app.example.com'] }
    expect(
      await refusal(withCookie({ origin: 'https://app.example.com' }), { method: 'POST', options }),
    ).toBe('passed')
    expect(await refusal(withCookie(SAME), { method: 'POST', options })).toBe('cross_site_request')
  })
})

describe('a cookie that is dead', () => {
  const dead = { cookie: '__Host-session=st_noise' }
  const cleared = async (headers: AuthHeaders, policy?: AuthPolicy) => {
    const guarded = await guard(headers, policy === undefined ? {} : { policy })
    return guarded.outcome === 'answered' && guarded.response.headers['set-cookie'] === COOKIE.clear()
  }

  it('is taken away in the answer to a navigation, and only there', async () => {
    expect(await cleared({ ...dead, 'sec-fetch-mode': 'navigate' })).toBe(true)
    expect(await cleared({ ...dead, 'sec-fetch-mode': ['navigate'] })).toBe(true)
    for (const mode of [
      'cors',
      'no-cors',
      'same-origin',
      'websocket',
      'Navigate',
      '',
      ['navigate', 'navigate'],
    ]) {
      expect(await cleared({ ...dead, 'sec-fetch-mode': mode })).toBe(false)
    }
    expect(await cleared(dead)).toBe(false)
  })

  it('is taken away where authentication is optional: the next page works', async () => {
    expect(await cleared({ ...dead, 'sec-fetch-mode': 'navigate' }, { ...POLICY, optional: true })).toBe(true)
  })

  it.each<[string, AuthPolicy]>([
    ['a fresh login is asked for', { ...POLICY, maxAgeSeconds: 0 }],
    ['scope is missing', { ...POLICY, scope: ['write'] }],
  ])('is not one whose session lives on while %s', async (_, policy) => {
    fixture.advance(1)
    expect(await cleared(withCookie({ 'sec-fetch-mode': 'navigate' }), policy)).toBe(false)
  })

  it('is not one that cannot be judged', async () => {
    fixture.setStoresUp(false)
    expect(await cleared(withCookie({ 'sec-fetch-mode': 'navigate' }))).toBe(false)
  })

  it.each<[string, unknown]>([
    [
      'what throws',
      {
        toString: () => {
          throw new Error('called')
        },
      },
    ],
    ['a symbol', Symbol('navigate')],
    ['nothing', [undefined]],
  ])('is not asked for by %s', async (_, mode) => {
    expect(await cleared({ ...dead, 'sec-fetch-mode': mode as string })).toBe(false)
  })
})

it('any other text in the cookie is answered with 400 or 401, without a store call', async () => {
  const before = fixture.storeCalls()
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(fc.string(), fc.nat(started.sessionToken.length), fc.string({ unit: 'grapheme' }))
      .map(
        ([head, at, inserted]) =>
          `${head}${started.sessionToken.slice(0, at)}.${inserted}${started.sessionToken.slice(at)}`,
      ),
  )
  const field = fc.oneof(text, fc.array(text, { maxLength: 3 }))
  await fc.assert(
    fc.asyncProperty(
      field,
      fc.constantFrom('__Host-session=', '__Host-session==', 'a=b;__Host-session=', ''),
      async (value, name) => {
        const values = [value].flat().map(one => name + one)
        const guarded = await guard({ cookie: Array.isArray(value) ? values : (values[0] ?? '') })
        expect(guarded.outcome === 'answered' ? [400, 401].includes(guarded.response.status) : false).toBe(
          true,
        )
      },
    ),
    { numRuns: 2000 },
  )
  expect(fixture.storeCalls()).toBe(before)
})

it('a session is never fixated: login, step-up and a change of rights have ids of their own', async () => {
  const auth = createHttpAuth(fixture.auth, { sessionCookie: {} })
  const planted = started.sessionToken
  const idOf = async (token: string) => {
    const request = { method: 'GET', url: '/', headers: { cookie: `__Host-session=${token}` } }
    const principal = await authenticateRequest(auth, request, POLICY)
    return principal?.method === 'session' ? principal.sessionId : undefined
  }
  const login = await auth.sessions.startCookie({ subject: 'user-2' })
  const stepUp = await auth.sessions.renew(login.sessionToken, { amr: ['pwd', 'otp'] })
  const admin = await auth.sessions.renew(stepUp.sessionToken, { roles: ['admin'] })
  const ids = [await idOf(planted), login.session.id, stepUp.session.id, await idOf(admin.sessionToken)]
  expect(new Set(ids).size).toBe(4)
  for (const { sessionToken } of [login, stepUp]) {
    expect(await codeOf(idOf(sessionToken))).toBe('session_token_revoked')
  }
})

it('errors of sessions are answered without an adapter, too', async () => {
  const error = await fixture.auth.sessions.verify('st_noise').catch((reason: unknown) => reason)
  expect(toErrorResponse(error)).toMatchObject({ status: 401, headers: { 'cache-control': 'no-store' } })
})
