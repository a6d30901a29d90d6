import { describe, expect, it } from 'vitest'
import { createAuthRoutes, createHttpAuth, guardRequest, type TransportOptions } from '../src/index.js'
import { bearer, createFixture, request } from './fixture.js'

const POLICY = { methods: ['access_token'] } as const
const HTTPS: TransportOptions = { requireHttps: true }
const HSTS = { 'strict-transport-security': 'max-age=31536000' }

function guarded(transport: TransportOptions, trustedProxies: readonly string[] = []) {
  const fixture = createFixture()
  const auth = createHttpAuth(fixture.auth, { transport, trustedProxies })
  const { handle } = createAuthRoutes(auth)
  return {
    ...fixture,
    auth,
    send: async (connection: { ip?: string; isEncrypted?: boolean }, headers = {}) => {
      const { accessToken } = await fixture.auth.accessTokens.issue({ subject: 'user-1' })
      const outcome = await guardRequest(
        auth,
        { ...request({ ...bearer(accessToken), ...headers }), ...connection },
        POLICY,
      )
      return outcome.outcome === 'passed' ? { status: 200, headers: outcome.headers } : outcome.response
    },
    route: (method: string, path: string, isEncrypted: boolean) =>
      handle({ method, path, url: path, headers: {}, isEncrypted, readBody: async () => undefined }),
  }
}

describe('requireHttps', () => {
  it('refuses plain HTTP with a code of its own, whatever the request says, before any store is asked', async () => {
    const { send, storeCalls } = guarded(HTTPS)
    const calls = storeCalls()
    const forged = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '127.0.0.1' }
    for (const connection of [{}, { isEncrypted: false }, { ip: '192.0.2.1' }, { ip: '127.0.0.1' }]) {
      const refused = await send(connection, forged)
      expect(refused).toMatchObject({ status: 403 })
      expect(refused.headers).not.toHaveProperty('location')
      expect(refused.headers).not.toHaveProperty('www-authenticate')
      expect(JSON.parse('body' in refused ? (refused.body ?? '') : '')).toMatchObject({
        code: 'https_required',
      })
    }
    expect(storeCalls()).toBe(calls)
    expect((await send({ isEncrypted: true })).status).toBe(200)
  })

  it('goes by what trusted proxies say', async () => {
    const { send } = guarded(HTTPS, ['10.0.0.0/8'])
    const proxy = { ip: '10.0.0.7', isEncrypted: false }
    expect((await send(proxy, { 'x-forwarded-proto': 'https' })).status).toBe(200)
    expect((await send(proxy, { 'x-forwarded-proto': 'http' })).status).toBe(403)
    expect((await send(proxy, { 'x-forwarded-proto': 'https, http' })).status).toBe(403)
    expect((await send({ ...proxy, isEncrypted: true }, { 'x-forwarded-proto': 'http' })).status).toBe(403)
    expect((await send(proxy)).status).toBe(403)
    expect((await send({ ip: '192.0.2.1' }, { 'x-forwarded-proto': 'https' })).status).toBe(403)
  })

  it.each([
    ['127.0.0.1', 200],
    ['127.9.9.9', 200],
    ['::1', 200],
    ['::ffff:127.0.0.1', 200],
    ['192.0.2.1', 403],
    ['10.0.0.1', 403],
    ['localhost', 403],
    [undefined, 403],
  ])('lets %s pass in the clear as %i where loopback is an exception', async (ip, status) => {
    const { send } = guarded({ ...HTTPS, allowLoopback: true })
    expect((await send(ip === undefined ? {} : { ip })).status).toBe(status)
  })

  it('believes no client behind a proxy that it is on this machine', async () => {
    const { send } = guarded({ ...HTTPS, allowLoopback: true }, ['10.0.0.0/8'])
    expect((await send({ ip: '10.0.0.7' }, { 'x-forwarded-for': '127.0.0.1, 192.0.2.1' })).status).toBe(403)
  })

  it('holds for the routes too', async () => {
    const { route } = guarded(HTTPS)
    for (const [method, path] of [
      ['POST', '/refresh'],
      ['GET', '/sessions'],
      ['GET', '/.well-known/jwks.json'],
    ] as const) {
      expect(await route(method, path, false)).toMatchObject({ status: 403 })
      expect((await route(method, path, true))?.status).not.toBe(403)
    }
    expect(JSON.parse((await route('POST', '/refresh', false))?.body ?? '')).toMatchObject({
      error: 'invalid_request',
      code: 'https_required',
    })
  })
})

describe('hsts', () => {
  const hsts = { maxAgeSeconds: 31_536_000 }

  it('stands on every answer over TLS, and on none in the clear', async () => {
    const { send, route } = guarded({ hsts })
    expect((await send({ isEncrypted: true })).headers).toEqual(HSTS)
    expect((await send({ isEncrypted: true }, { authorization: 'Bearer a.b.c' })).headers).toMatchObject(HSTS)
    expect((await send({})).headers).not.toHaveProperty('strict-transport-security')
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'DELETE']) {
      expect(await route(method, '/sessions', true)).toMatchObject({ headers: HSTS })
      expect((await route(method, '/sessions', false))?.headers).not.toHaveProperty(
        'strict-transport-security',
      )
    }
  })

  it('is written as RFC 6797 section 6.1 has it', async () => {
    const { send } = guarded({ hsts: { ...hsts, includeSubDomains: true, preload: true } })
    expect((await send({ isEncrypted: true })).headers).toEqual({
      'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
    })
    const off = guarded({ hsts: { maxAgeSeconds: 0, includeSubDomains: false } })
    expect((await off.send({ isEncrypted: true })).headers).toEqual({
      'strict-transport-security': 'max-age=0',
    })
  })

  it('does not stand in the way of refusing forwarded fields that are too long', async () => {
    const { send } = guarded({ hsts }, ['10.0.0.0/8'])
    const refused = await send({ ip: '10.0.0.7' }, { 'x-forwarded-for': '1'.repeat(5000) })
    expect(refused.status).toBe(400)
    const counted = guarded({ requireHttps: true, hsts }, ['10.0.0.0/8'])
    const long = { 'x-forwarded-for': '1'.repeat(5000), 'x-forwarded-proto': 'https' }
    expect((await counted.send({ ip: '10.0.0.7' }, long)).status).toBe(400)
  })
})

describe('options', () => {
  it.each<[string, unknown]>([
    ['transport', null],
    ['transport', 'https'],
    ['transport.https', { https: true }],
    ['transport.requireHttps', { requireHttps: 'yes' }],
    ['transport.allowLoopback', { allowLoopback: true }],
    ['transport.allowLoopback', { requireHttps: true, allowLoopback: 1 }],
    ['transport.hsts', { hsts: true }],
    ['transport.hsts.maxAge', { hsts: { maxAgeSeconds: 1, maxAge: 1 } }],
    ['transport.hsts.maxAgeSeconds', { hsts: {} }],
    ['transport.hsts.maxAgeSeconds', { hsts: { maxAgeSeconds: '1\r\nx: y' } }],
    ['transport.hsts.maxAgeSeconds', { hsts: { maxAgeSeconds: -1 } }],
    ['transport.hsts.maxAgeSeconds', { hsts: { maxAgeSeconds: 400_000_000 } }],
    ['transport.hsts.includeSubDomains', { hsts: { maxAgeSeconds: 1, includeSubDomains: 'yes' } }],
    ['transport.hsts.preload', { hsts: { maxAgeSeconds: 31_536_000, preload: true } }],
    ['transport.hsts.preload', { hsts: { maxAgeSeconds: 60, includeSubDomains: true, preload: true } }],
  ])('are refused with their path: %s of %j', (path, transport) => {
    const { auth } = createFixture()
    expect(() => createHttpAuth(auth, { transport: transport as TransportOptions })).toThrow(`- ${path}: `)
  })

  it('take nothing from a polluted Object.prototype', async () => {
    const polluted: Record<string, unknown> = Object.prototype as never
    Object.assign(polluted, { allowLoopback: true, hsts: { maxAgeSeconds: 9 }, preload: true })
    try {
      const { send } = guarded({ requireHttps: true })
      expect((await send({ ip: '127.0.0.1' })).status).toBe(403)
      expect((await send({ isEncrypted: true })).headers).toEqual({})
    } finally {
      for (const name of ['allowLoopback', 'hsts', 'preload']) delete polluted[name]
    }
  })
})
