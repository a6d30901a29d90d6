import { ConfigError, InvalidRequestError } from '@authcore/core'
import { type AuthPolicy, createHttpAuth } from '@authcore/http'
import { type Context, Hono, type HonoRequest, type MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { describe, expect, it } from 'vitest'
import { authErrorHandler, authRoutes, requireAuth, requireScope } from '../src/index.js'
import { createAuth } from './deployment.js'
import { listen } from './listen.js'

it.each([
  ['prepared', (c: Context) => c.header('set-cookie', 'before=0', { append: true })],
  ['began', (c: Context) => c.res.headers.append('set-cookie', 'before=0')],
])('sets its fields and cookies beside those that a middleware has %s', async (_, begin) => {
  const handle = async () => ({ status: 200, headers: { 'set-cookie': ['one=1', 'two=2'] } })
  const app = new Hono()
  app.use(async (c, next) => {
    begin(c)
    c.header('vary', 'Origin')
    c.header('cache-control', 'public')
    await next()
  })
  app.route(
    '/auth',
    authRoutes(createAuth(), { extensions: [{ routes: [{ method: 'GET', path: '/cookies', handle }] }] }),
  )
  const answer = await app.request('/auth/cookies')
  expect(answer.headers.getSetCookie()).toEqual(['before=0', 'one=1', 'two=2'])
  expect(answer.headers.get('vary')).toBe('Origin')
  expect(answer.headers.get('cache-control')).toBe('no-store')
})

it('says in answers to errors of unguarded handlers what the deployment says in challenges', async () => {
  const auth = createHttpAuth(createAuth(), { protectedResource: { resource: 'https://api.example.com' } })
  const app = new Hono()
  app.get('/', () => {
    throw new InvalidRequestError('credentials_missing')
  })
  app.onError(authErrorHandler(auth))
  expect((await app.request('/')).headers.get('www-authenticate')).toContain('resource_metadata=')
})

describe('errors', () => {
  const app = new Hono()
  app.get('/ours', () => {
    throw new InvalidRequestError('argument_invalid')
  })
  app.get('/theirs', () => {
    throw new HTTPException(418, { message: 'tea' })
  })
  app.get('/bug', () => {
    throw new TypeError('a bug')
  })
  app.onError(authErrorHandler())

  it('of AuthCore are answered, those of Hono answer as they say, others are thrown on', async () => {
    expect(await (await app.request('/ours')).json()).toMatchObject({ code: 'argument_invalid' })
    expect((await app.request('/ours', { method: 'HEAD' })).status).toBe(400)
    const tea = await app.request('/theirs')
    expect([tea.status, await tea.text()]).toEqual([418, 'tea'])
    await expect(async () => app.request('/bug')).rejects.toThrow(TypeError)
  })
})

it('throws on what a check of a principal that somebody has put there comes to', async () => {
  const app = new Hono()
  const spoil: MiddlewareHandler = async (c, next) => {
    c.set('auth', 'user-1')
    await next()
  }
  app.use(requireAuth(createAuth(), { methods: ['access_token'], optional: true }), spoil)
  app.get('/', requireScope('read'), c => c.text('served'))
  app.onError(error => new Response(error.name))
  expect(await (await app.request('/')).text()).toBe('TypeError')
})

describe('mount points', () => {
  it('may have parameters, nest, or be none', async () => {
    const auth = createAuth()
    const app = new Hono()
    app.route('/tenants/:tenant/auth', authRoutes(auth))
    app.route('/a', new Hono().route('/b', authRoutes(auth)))
    app.route('/', authRoutes(auth))
    app.get('/other', c => c.text('other'))
    for (const path of ['/tenants/x%2Fy/auth', '/a/b', '']) {
      expect((await app.request(`${path}/.well-known/jwks.json`)).status).toBe(200)
      expect((await app.request(`${path}/nothing`)).status).toBe(404)
    }
    expect(await (await app.request('/other')).text()).toBe('other')
  })
})

describe('bodies that somebody has read before', () => {
  const readers: Readonly<Record<string, (request: HonoRequest) => Promise<unknown>>> = {
    json: request => request.json(),
    text: request => request.text(),
    arrayBuffer: request => request.arrayBuffer(),
    blob: request => request.blob(),
    parseBody: request => request.parseBody(),
    formData: request => request.formData(),
  }

  it.each(Object.entries(readers))('with %s', async (name, read) => {
    const auth = createAuth()
    const app = new Hono()
    app.use(async (c, next) => {
      await read(c.req)
      await next()
    })
    app.route('/', authRoutes(auth))
    const isForm = name === 'parseBody' || name === 'formData'
    const { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
    const answer = await app.request('/refresh', {
      method: 'POST',
      body: isForm
        ? new URLSearchParams({ refresh_token: refreshToken })
        : JSON.stringify({ refresh_token: refreshToken }),
      headers: { 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json' },
    })
    expect(answer.status).toBe(200)
  })
})

describe('the other end of the connection', () => {
  const certificates = (seen: Uint8Array[]) => ({
    clientCertificates: {
      verify: (certificate: Uint8Array) => {
        seen.push(certificate)
        return Promise.reject(new InvalidRequestError('argument_invalid'))
      },
    },
  })
  const policy: AuthPolicy = { methods: ['client_certificate'] }

  it('is what describeConnection says', async () => {
    const seen: Uint8Array[] = []
    const app = new Hono()
    const clientCertificate = Uint8Array.of(48, 2)
    app.use(requireAuth(certificates(seen), policy, { describeConnection: () => ({ clientCertificate }) }))
    await app.request('/')
    expect(seen).toEqual([clientCertificate])
  })

  it('is known on node-server, with a certificate only if TLS has proved it', async () => {
    const seen: Uint8Array[] = []
    const app = new Hono()
    app.use(requireAuth(certificates(seen), policy))
    const raw = Uint8Array.of(48, 3)
    for (const authorized of [true, false]) {
      const socket = { authorized, encrypted: true, getPeerCertificate: () => ({ raw }) }
      await app.request('/', {}, { incoming: { socket } })
    }
    expect(seen).toEqual([raw])
  })

  it('is the address that extensions of the routes see', async () => {
    const auth = createHttpAuth(createAuth(), { trustedProxies: ['10.0.0.0/8'] })
    const extension = {
      routes: [
        {
          method: 'GET' as const,
          path: '/address',
          handle: async ({ ip }: { readonly ip?: string }) => ({ status: 200, body: { ip } }),
        },
      ],
    }
    const app = new Hono().route('/', authRoutes(auth, { extensions: [extension] }))
    const server = await listen(app)
    const answer = await fetch(`http://127.0.0.1:${server.port}/address`)
    expect(await answer.json()).toEqual({ ip: '127.0.0.1' })
    await server.close()
  })
})

describe('wiring', () => {
  it('fails with one error that lists every problem', () => {
    const auth = createAuth()
    const policy = { methods: ['nothing'], maxAgeSeconds: -1 } as unknown as AuthPolicy
    expect(() => requireAuth(auth, policy)).toThrow(ConfigError)
    const refreshCookie = { sameSite: 'none', secure: false } as const
    expect(() => authRoutes(auth, { refreshCookie })).toThrow(ConfigError)
  })
})
