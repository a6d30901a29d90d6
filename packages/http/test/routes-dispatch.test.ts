import { describe, expect, it } from 'vitest'
import { createAuthRoutes } from '../src/index.js'
import { createFixture } from './fixture.js'
import { createRoutesFixture } from './routes-fixture.js'

const fixture = createRoutesFixture()
const { send, auth } = fixture

describe('dispatch', () => {
  it('tells what is served', () => {
    expect(createAuthRoutes(auth).routes.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /.well-known/jwks.json',
      'POST /refresh',
      'POST /logout',
      'GET /sessions',
      'DELETE /sessions/:id',
      'POST /sessions/revoke-all',
      'GET /api-keys',
      'POST /api-keys',
      'POST /api-keys/:id/rotate',
      'DELETE /api-keys/:id',
    ])
  })

  it('serves only the groups that are asked for', () => {
    const none = { jwks: false, refresh: false, logout: false, sessions: false, apiKeys: false }
    expect(createAuthRoutes(auth, none).routes).toEqual([])
    expect(createAuthRoutes(auth, { ...none, sessions: {} }).routes.length).toBe(3)
    expect(createAuthRoutes(auth, { ...none, jwks: true }).routes.length).toBe(1)
  })

  it.each([
    '/',
    '',
    '/nothing',
    '/refresh/',
    '//refresh',
    '/Refresh',
    '/sessions/a/b',
    '/api-keys/a/b',
    '/constructor',
  ])('goes on for %j', async path => {
    expect((await send('POST', path)).status).toBe(0)
  })

  it.each([
    ['PUT', '/refresh', 'POST, OPTIONS'],
    ['GET', '/refresh', 'POST, OPTIONS'],
    ['DELETE', '/sessions', 'GET, HEAD, OPTIONS'],
    ['POST', '/.well-known/jwks.json', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/api-keys', 'GET, HEAD, POST, OPTIONS'],
    ['GET', '/api-keys/a', 'DELETE, OPTIONS'],
    ['get', '/sessions', 'GET, HEAD, OPTIONS'],
  ])('refuses %s %s and says what is allowed', async (method, path, allow) => {
    const response = await send(method, path)
    expect(response).toMatchObject({ status: 405, headers: { allow } })
    expect(response.json.code).toBe('request_method_not_allowed')
  })

  it('answers OPTIONS', async () => {
    const response = await send('OPTIONS', '/api-keys')
    expect(response).toMatchObject({ status: 204, headers: { allow: 'GET, HEAD, POST, OPTIONS' } })
    expect(response.text).toBeUndefined()
  })

  it('answers HEAD as GET without the body', async () => {
    const get = await send('GET', '/.well-known/jwks.json')
    const head = await send('HEAD', '/.well-known/jwks.json')
    expect(head.text).toBeUndefined()
    expect(head.headers).toEqual(get.headers)
    expect((await send('HEAD', '/sessions')).status).toBe(401)
  })

  it('passes on errors that are not for the caller', async () => {
    const routes = createAuthRoutes(auth)
    const readBody = () => Promise.reject(new TypeError('a bug'))
    const request = { method: 'POST', path: '/refresh', url: '/refresh', headers: {}, readBody }
    await expect(routes.handle(request)).rejects.toThrow('a bug')
  })
})

describe('the JWK set', () => {
  // covers RFC9700-2.6
  it('is public and may be cached as long as a new key is announced', async () => {
    const response = await send('GET', '/.well-known/jwks.json')
    expect(response).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=300' },
    })
    expect(response.json).toEqual(JSON.parse(JSON.stringify(await auth.signingKeys.jwks())))
    expect(response.json.keys.length).toBeGreaterThan(0)
    for (const key of response.json.keys) expect(key).not.toHaveProperty('d')
  })
})

describe('the options', () => {
  const problemsOf = (options: object, { auth } = createFixture()): string[] => {
    try {
      createAuthRoutes(auth, options)
    } catch (error) {
      return (error as { problems: { path: string }[] }).problems.map(({ path }) => path)
    }
    return []
  }

  it('are refused with every problem by path', () => {
    const options = {
      jwks: 1,
      refresh: 'yes',
      logout: null,
      sessions: { scopes: ['a'] },
      apiKeys: { maxAgeSeconds: -1 },
      refreshCookie: { sameSite: 'none', secure: false },
      origins: ['https://a.example/path', 'app.example.com', 7, 'null'],
      bodyLimitBytes: 0,
      cookie: {},
    }
    expect(problemsOf(options)).toEqual([
      'cookie',
      'jwks',
      'refresh',
      'logout',
      'sessions.scopes',
      'apiKeys.maxAgeSeconds',
      'refreshCookie.sameSite',
      'refreshCookie.secure',
      'origins.0',
      'origins.1',
      'origins.2',
      'origins.3',
      'bodyLimitBytes',
    ])
  })

  it.each<[object, string[]]>([
    [{ secure: false }, ['secure']],
    [{ name: '__Secure-rt', secure: false }, ['secure']],
    [{ path: '/auth' }, ['path']],
    [{ name: '__host-rt', path: '/auth' }, ['path']],
    [{ name: 'rt', path: 'auth' }, ['path']],
    [{ name: 'rt', path: '/a;b' }, ['path']],
    [{ name: 'rt', path: '/a\r\nb' }, ['path']],
    [{ name: 'a b' }, ['name']],
    [{ name: '' }, ['name']],
    [{ name: 7 }, ['name']],
    [{ sameSite: 'Sometimes' }, ['sameSite']],
    [{ sameSite: 7 }, ['sameSite']],
    [{ secure: 'yes' }, ['secure', 'secure']],
    [{ domain: 'example.com' }, ['domain']],
    [{ name: 'rt', secure: false }, []],
    [{ name: 'rt', secure: false, path: '/auth', sameSite: 'strict' }, []],
    [{ sameSite: 'none' }, []],
  ])('check the cookie %j', (refreshCookie, members) => {
    expect(problemsOf({ refreshCookie })).toEqual(members.map(member => `refreshCookie.${member}`))
  })

  it.each([true, null, 'rt', 7])('refuse the cookie %j', refreshCookie => {
    expect(problemsOf({ refreshCookie })).toEqual(['refreshCookie'])
  })

  it.each([[[]], ['https://api.example.com'], [{}]])('refuse the origins %j', origins => {
    expect(problemsOf({ origins })).toEqual(['origins'])
  })

  it.each([1.5, -1, '8192', 1_048_577, Number.NaN])('refuse a body limit of %s', bodyLimitBytes => {
    expect(problemsOf({ bodyLimitBytes })).toEqual(['bodyLimitBytes'])
  })

  it('need origins for the cookie when the issuer is no URL', () => {
    const auth = { ...createFixture().auth, issuer: 'my-service' }
    expect(problemsOf({}, { auth } as ReturnType<typeof createFixture>)).toEqual(['origins'])
    expect(problemsOf({ refreshCookie: false }, { auth } as ReturnType<typeof createFixture>)).toEqual([])
  })
})
