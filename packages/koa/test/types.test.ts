import { createAuthCore, type Principal } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import Router from '@koa/router'
import Koa, { type Middleware } from 'koa'
import { expect, expectTypeOf, it } from 'vitest'
import {
  type AuthState,
  authErrorHandler,
  authRoutes,
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

it('fits the types of Koa and its router', () => {
  expectTypeOf(requireAuth(auth, { methods: ['access_token'] })).toExtend<Middleware>()
  expectTypeOf(requireAuth(auth, { methods: ['access_token'] })).toExtend<Middleware<AuthState>>()
  expectTypeOf(requireScope('read')).toExtend<Middleware>()
  expectTypeOf(requireRole('admin')).toExtend<Middleware>()
  expectTypeOf(authRoutes(auth)).toExtend<Middleware>()
  expectTypeOf(authErrorHandler()).toExtend<Middleware>()
  const app = new Koa<AuthState>()
  app.use(requireAuth(auth, { methods: ['access_token'] }))
  app.use(context => {
    expectTypeOf(context.state.auth).toEqualTypeOf<Principal | undefined>()
  })
  const router = new Router<AuthState>()
  router.get('/reports/:id', requireAuth(auth, { methods: ['access_token'] }), context => {
    expectTypeOf(context.state.auth).toEqualTypeOf<Principal | undefined>()
  })
  expect(router.stack).toHaveLength(1)
})
