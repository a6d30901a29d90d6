import { createAuthCore, type Principal } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import fastify, { type FastifyRequest, type onRequestAsyncHookHandler } from 'fastify'
import { expect, expectTypeOf, it } from 'vitest'
import {
  authErrorHandler,
  authRoutes,
  fastifyAuth,
  requireAuth,
  requireRole,
  requireScope,
} from '../src/index.js'
import { ISSUER } from './deployment.js'

const auth = createAuthCore({
  issuer: ISSUER,
  audience: ISSUER,
  secrets: ['m0Q8dWQv1nJ3k9ZxT7uYb2LcR5sGhE6pAaFiNoXtVwU='],
  stores: memoryStores(),
  scopes: ['read', 'write'],
  roles: ['admin'],
})

it('knows the scopes and roles of the deployment', () => {
  // @ts-expect-error a scope that the service does not define
  requireAuth(auth, { methods: ['access_token'], scope: ['raed'] })
  // @ts-expect-error a role that the service does not define
  requireAuth(auth, { methods: ['access_token'], roles: ['owner'] })
  expect(() =>
    requireAuth(auth, { methods: ['access_token'], scope: ['read'], roles: ['admin'] }),
  ).not.toThrow()
})

it('fits the types of Fastify, over HTTP/1.1 and HTTP/2', async () => {
  expectTypeOf(requireAuth(auth, { methods: ['access_token'] })).toExtend<onRequestAsyncHookHandler>()
  expectTypeOf<FastifyRequest['auth']>().toEqualTypeOf<Principal | undefined>()
  const app = fastify()
  app.register(fastifyAuth)
  app.register(authRoutes(auth), { prefix: '/auth' })
  app.setErrorHandler(authErrorHandler())
  const onRequest = [requireAuth(auth, { methods: ['access_token'] }), requireScope('read')]
  app.post<{ Body: { name: string } }>(
    '/',
    { onRequest, preHandler: requireRole('admin') },
    async request => {
      expectTypeOf(request.body.name).toEqualTypeOf<string>()
      return request.auth?.subject
    },
  )
  const secure = fastify({ http2: true })
  secure.register(fastifyAuth)
  secure.register(authRoutes(auth), { prefix: '/auth' })
  secure.get('/', { onRequest: requireAuth(auth, { methods: ['access_token'] }) }, async () => 'served')
  await Promise.all([app.ready(), secure.ready()])
  expect(app.hasRequestDecorator('auth')).toBe(true)
})
