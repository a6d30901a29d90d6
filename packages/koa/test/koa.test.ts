import { ConfigError, InvalidRequestError, StoreError } from '@authcore/core'
import { type AuthPolicy, createHttpAuth } from '@authcore/http'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { authErrorHandler, authRoutes, type KoaMiddleware, requireAuth, requireScope } from '../src/index.js'
import { FRAMEWORKS } from './build.js'
import { createAuth } from './deployment.js'
import { type Listening, listen } from './listen.js'

const servers: Listening[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function serve(app: Koa): Promise<string> {
  const server = await listen(app.callback())
  servers.push(server)
  return `http://127.0.0.1:${server.port}`
}

it('sets cookies beside those of a middleware', async () => {
  const handle = async () => ({ status: 200, headers: { 'set-cookie': ['one=1', 'two=2'] } })
  const app = new Koa()
  app.use(async (context, next) => {
    context.append('set-cookie', 'before=0')
    await next()
  })
  app.use(
    authRoutes(createAuth(), { extensions: [{ routes: [{ method: 'GET', path: '/cookies', handle }] }] }),
  )
  const answer = await fetch(`${await serve(app)}/cookies`)
  expect(answer.headers.getSetCookie()).toEqual(['before=0', 'one=1', 'two=2'])
})

it('says in answers to errors of unguarded middleware what the deployment says in challenges', async () => {
  const auth = createHttpAuth(createAuth(), { protectedResource: { resource: 'https://api.example.com' } })
  const app = new Koa()
  app.use(authErrorHandler(auth))
  app.use(() => {
    throw new InvalidRequestError('credentials_missing')
  })
  expect((await fetch(await serve(app))).headers.get('www-authenticate')).toContain('resource_metadata=')
})

describe('errors', () => {
  it('emits what is not for the caller, and nothing that was answered', async () => {
    const app = new Koa()
    const emitted: unknown[] = []
    app.on('error', error => emitted.push(error))
    app.use(authErrorHandler())
    app.use(context => {
      if (context.path === '/bug') throw new TypeError('a bug')
      if (context.path === '/wiring') throw new ConfigError('config_invalid', [])
      if (context.path === '/stores') throw new StoreError('store_unavailable')
      throw new InvalidRequestError('argument_invalid')
    })
    const origin = await serve(app)
    const statuses: number[] = []
    for (const path of ['/bug', '/wiring', '/stores', '/ours']) {
      statuses.push((await fetch(origin + path)).status)
    }
    expect(statuses).toEqual([500, 500, 503, 400])
    expect(emitted).toEqual([expect.any(TypeError), expect.any(ConfigError)])
  })

  it('leaves a response alone that has begun', async () => {
    const app = new Koa()
    const emitted: unknown[] = []
    app.on('error', error => emitted.push(error))
    app.use(authErrorHandler())
    app.use(context => {
      context.respond = false
      context.res.write('begun')
      throw new InvalidRequestError('argument_invalid')
    })
    app.on('error', (_error, context: Koa.Context) => context.res.end())
    const response = await fetch(await serve(app))
    expect(await response.text()).toBe('begun')
    expect(emitted).toEqual([expect.any(InvalidRequestError)])
  })

  it('writes over what stood in the response before', async () => {
    const app = new Koa()
    app.use(async (context, next) => {
      context.body = { of: 'somebody else' }
      context.etag = 'theirs'
      await next()
    })
    app.use(authRoutes(createAuth()))
    const response = await fetch(`${await serve(app)}/refresh`, { method: 'OPTIONS' })
    expect(response.status).toBe(204)
    expect(await response.text()).toBe('')
  })
})

it('throws on what a check of a principal that somebody has put there comes to', async () => {
  const app = new Koa()
  const emitted: unknown[] = []
  app.on('error', error => emitted.push(error))
  app.use(requireAuth(createAuth(), { methods: ['access_token'], optional: true }))
  app.use(async (context, next) => {
    context.state['auth'] = 'user-1'
    await next()
  })
  app.use(requireScope('read'))
  expect((await fetch(await serve(app))).status).toBe(500)
  expect(emitted).toEqual([expect.any(TypeError)])
})

describe('mount points', () => {
  const probe = async (captures: readonly string[] | undefined, path: string): Promise<number> => {
    const app = new Koa()
    app.use(async (context, next) => {
      Object.assign(context, { captures })
      context.path = path
      await next()
    })
    app.use(authRoutes(createAuth()))
    return (await fetch(await serve(app), { method: 'OPTIONS' })).status
  }

  it('take the last parameter of a route for the path', async () => {
    expect(await probe(['tenant', 'api-keys'], '/tenant/auth/api-keys')).toBe(204)
    expect(await probe(['sessions/x'], '/auth/sessions/x')).toBe(204)
  })

  it('do not take what another router has left behind', async () => {
    expect(await probe(['left', 'behind'], '/refresh')).toBe(204)
    expect(await probe([], '/refresh')).toBe(204)
    expect(await probe(undefined, '/refresh')).toBe(204)
  })
})

describe.each(FRAMEWORKS)('an answer without a body on %s', (_, framework) => {
  it('has none, where Koa would write the words of its status', async () => {
    const app = new framework()
    const route = { method: 'POST', path: '/ask', handle: async () => ({ status: 202 }) } as const
    app.use(authRoutes(createAuth(), { extensions: [{ routes: [route] }] }))
    const answer = await fetch(`${await serve(app)}/ask`, { method: 'POST' })
    expect(answer.status).toBe(202)
    expect(answer.headers.get('content-type')).toBeNull()
    expect(await answer.text()).toBe('')
  })
})

describe('wiring', () => {
  it('fails with one error that lists every problem', () => {
    const auth = createAuth()
    const policy = { methods: ['nothing'], maxAgeSeconds: -1 } as unknown as AuthPolicy
    expect(() => requireAuth(auth, policy)).toThrow(ConfigError)
    expect(() => requireAuth(auth, policy)).toThrow(/nothing|methods[\s\S]*maxAgeSeconds/)
    const refreshCookie = { sameSite: 'none', secure: false } as const
    expect(() => authRoutes(auth, { refreshCookie })).toThrow(ConfigError)
  })
})

it('tells who is at the other end of the connection, proved by TLS or not', async () => {
  const raw = Uint8Array.of(48, 1)
  const seen: unknown[] = []
  const clientCertificates = {
    verify: (certificate: Uint8Array) => {
      seen.push(certificate)
      return Promise.reject(new InvalidRequestError('argument_invalid'))
    },
  }
  const guard: KoaMiddleware = requireAuth({ clientCertificates }, { methods: ['client_certificate'] })
  for (const authorized of [true, false]) {
    const app = new Koa()
    app.use(async (context, next) => {
      const socket = { authorized, encrypted: true, getPeerCertificate: () => ({ raw }) }
      Object.defineProperty(context.req, 'socket', { value: socket })
      await next()
    })
    app.use(guard)
    app.silent = true
    await fetch(await serve(app)).catch(() => {})
  }
  expect(seen).toEqual([raw])
})
