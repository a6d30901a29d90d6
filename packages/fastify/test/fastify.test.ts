import { Readable } from 'node:stream'
import { ConfigError, InvalidRequestError, StoreError } from '@authcore/core'
import { type AuthPolicy, createHttpAuth } from '@authcore/http'
import { describe, expect, it } from 'vitest'
import { authErrorHandler, authRoutes, fastifyAuth, requireAuth, requireScope } from '../src/index.js'
import { FRAMEWORKS } from './build.js'
import { createAuth } from './deployment.js'

const JSON_TYPE = { 'content-type': 'application/json' }

describe.each(FRAMEWORKS)('%s', (_, fastify) => {
  it('decorates the requests of whoever registers the plugin', async () => {
    const app = fastify()
    app.register(async own => {
      await own.register(fastifyAuth)
      expect(own.hasRequestDecorator('auth')).toBe(true)
      own.get('/own', async request => ({ has: 'auth' in request, auth: request.auth ?? null }))
    })
    await app.ready()
    expect(app.hasRequestDecorator('auth')).toBe(false)
    expect((await app.inject('/own')).json()).toEqual({ has: true, auth: null })
  })

  it('guards without the plugin as well', async () => {
    const auth = createAuth()
    const app = fastify()
    const onRequest = [requireAuth(auth, { methods: ['access_token'] }), requireScope('read')]
    app.get('/', { onRequest }, async request => request.auth?.subject)
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', scope: ['read'] })
    const headers = { authorization: `Bearer ${accessToken}` }
    expect((await app.inject({ url: '/', headers })).body).toBe('user-1')
    expect((await app.inject('/')).statusCode).toBe(401)
  })

  it('stands at the root beside a page of the application', async () => {
    const app = fastify()
    app.register(authRoutes(createAuth()))
    app.get('/', async () => 'the page')
    expect((await app.inject('/')).body).toBe('the page')
    expect((await app.inject('/.well-known/jwks.json')).statusCode).toBe(200)
    expect((await app.inject('/nowhere')).statusCode).toBe(404)
  })

  it('asks who is calling before a body is read', async () => {
    const app = fastify()
    app.post(
      '/',
      { onRequest: requireAuth(createAuth(), { methods: ['access_token'] }) },
      async () => 'served',
    )
    const answer = await app.inject({ method: 'POST', url: '/', headers: JSON_TYPE, payload: 'no JSON' })
    expect(answer.statusCode).toBe(401)
  })

  it('answers AuthErrors, and throws all others on to the context around', async () => {
    const app = fastify()
    app.setErrorHandler((error: Error, _request, reply) => reply.code(500).send(`around: ${error.name}`))
    app.register(async own => {
      own.setErrorHandler(authErrorHandler())
      own.get('/ours', () => Promise.reject(new InvalidRequestError('argument_invalid')))
      own.get('/stores', () => Promise.reject(new StoreError('store_unavailable')))
      own.get('/wiring', () => Promise.reject(new ConfigError('config_invalid', [])))
      own.get('/bug', () => Promise.reject(new TypeError('a bug')))
    })
    const answers = await Promise.all(['/ours', '/stores', '/wiring', '/bug'].map(url => app.inject(url)))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([400, 503, 500, 500])
    expect(answers.map(({ body }) => body).slice(2)).toEqual(['around: ConfigError', 'around: TypeError'])
  })

  it('sets cookies beside those of a hook', async () => {
    const headers = { 'set-cookie': ['one=1', 'two=2'] }
    const handle = async () => ({ status: 200, headers })
    const extensions = [{ routes: [{ method: 'GET' as const, path: '/cookies', handle }] }]
    const app = fastify()
    app.addHook('onRequest', async (_request, reply) => void reply.header('set-cookie', 'hook=0'))
    app.register(authRoutes(createAuth(), { extensions }), { prefix: '/auth' })
    for (const _ of [1, 2]) {
      const answer = await app.inject('/auth/cookies')
      expect(answer.headers['set-cookie']).toEqual(['hook=0', 'one=1', 'two=2'])
    }
  })

  it('says in answers to errors of unguarded handlers what the deployment says in challenges', async () => {
    const auth = createHttpAuth(createAuth(), { protectedResource: { resource: 'https://api.example.com' } })
    const app = fastify()
    app.setErrorHandler(authErrorHandler(auth))
    app.get('/', () => Promise.reject(new InvalidRequestError('credentials_missing')))
    expect((await app.inject('/')).headers['www-authenticate']).toContain('resource_metadata=')
  })

  it('throws on what routes and checks come to that is not for the caller', async () => {
    const auth = createAuth()
    const bug = () => Promise.reject(new TypeError('a bug'))
    const extension = { routes: [{ method: 'GET' as const, path: '/bug', handle: bug }] }
    const app = fastify()
    app.setErrorHandler((error: Error, _request, reply) => reply.code(500).send(`around: ${error.name}`))
    app.register(authRoutes(auth, { extensions: [extension] }), { prefix: '/auth' })
    const spoil = async (request: object) => void Object.assign(request, { auth: 'user-1' })
    const optional = requireAuth(auth, { methods: ['access_token'], optional: true })
    app.get('/', { onRequest: [optional, spoil, requireScope('read')] }, async () => 'served')
    for (const url of ['/auth/bug', '/']) expect((await app.inject(url)).body).toBe('around: TypeError')
  })

  it('keeps its parsers of bodies to itself', async () => {
    const app = fastify()
    app.register(authRoutes(createAuth()), { prefix: '/auth' })
    app.post('/echo', async request => request.body)
    const payload = { a: 1 }
    expect((await app.inject({ method: 'POST', url: '/echo', payload })).json()).toEqual(payload)
    const text = {
      method: 'POST',
      url: '/echo',
      headers: { 'content-type': 'text/csv' },
      payload: 'a',
    } as const
    expect((await app.inject(text)).statusCode).toBe(415)
  })

  it('runs the hooks of the contexts around it, and reads what a preParsing hook makes of a body', async () => {
    const app = fastify()
    const ran: string[] = []
    app.addHook('onRequest', async () => void ran.push('onRequest'))
    app.addHook('preHandler', async () => void ran.push('preHandler'))
    app.addHook('onSend', async (_request, reply, payload) => {
      ran.push('onSend')
      // an answer that takes a while to be sent
      await new Promise(resolve => setImmediate(resolve))
      reply.header('x-sent', 'yes')
      return payload
    })
    app.addHook('preParsing', async (_request, _reply, payload) => {
      payload.resume()
      return Readable.from([Buffer.from('{"refresh_token":"x"}')])
    })
    app.register(authRoutes(createAuth()), { prefix: '/auth' })
    const answer = await app.inject({
      method: 'POST',
      url: '/auth/refresh',
      headers: JSON_TYPE,
      payload: '{"a":1234567890123}',
    })
    expect(answer.json()).toMatchObject({ code: 'refresh_token_malformed' })
    expect(answer.headers['x-sent']).toBe('yes')
    expect(ran).toEqual(['onRequest', 'preHandler', 'onSend'])
  })

  it('serves below a prefix with parameters, one with a slash at its end, and none', async () => {
    for (const [prefix, path] of [
      ['/tenants/:tenant/auth', '/tenants/a%2Fb/auth'],
      ['/auth/', '/auth'],
      ['', ''],
    ] as const) {
      const app = fastify()
      app.register(authRoutes(createAuth()), { prefix })
      expect((await app.inject(`${path}/.well-known/jwks.json?a=b`)).statusCode).toBe(200)
      expect((await app.inject(`${path}/nothing`)).statusCode).toBe(404)
    }
  })

  it('takes the URL of the client, not one that was made of it', async () => {
    const app = fastify({ rewriteUrl: request => (request.url ?? '').split('?')[0] ?? '' })
    app.get(
      '/',
      { onRequest: requireAuth(createAuth(), { methods: ['access_token'] }) },
      async () => 'served',
    )
    expect((await app.inject('/?access_token=x')).json()).toMatchObject({ code: 'credentials_in_query' })
  })

  it('hands on a certificate only if TLS has proved it', async () => {
    const raw = Uint8Array.of(48, 1)
    const seen: Uint8Array[] = []
    const clientCertificates = {
      verify: (certificate: Uint8Array) => {
        seen.push(certificate)
        return Promise.reject(new InvalidRequestError('argument_invalid'))
      },
    }
    for (const authorized of [true, false]) {
      const app = fastify()
      app.addHook('onRequest', async request => {
        const socket = { authorized, getPeerCertificate: () => ({ raw }), destroy: () => {} }
        Object.defineProperty(request.raw, 'socket', { value: socket })
      })
      app.get(
        '/',
        { preHandler: requireAuth({ clientCertificates }, { methods: ['client_certificate'] }) },
        () => '',
      )
      await app.inject('/')
    }
    expect(seen).toEqual([raw])
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
