import { createAuthCore, type JsonObject, type Principal } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { authenticateRequest } from '@authcore/http'
import express, { type Request, type RequestHandler } from 'express'
import { expect, expectTypeOf, it } from 'vitest'
import { authRoutes, requireAuth, requireRole, requireScope } from '../src/index.js'
import { ISSUER } from './fixture.js'

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
  // @ts-expect-error a method that does not exist
  expect(() => requireAuth(auth, { methods: ['sessions'] })).toThrow(/must be one of/)
  const policy = { methods: ['access_token'], scope: ['read'] } as const
  expectTypeOf(
    authenticateRequest(auth, { method: 'GET', url: '/', headers: {} }, policy).catch(() => {}),
  ).resolves.toEqualTypeOf<
    // biome-ignore lint/suspicious/noConfusingVoidType: what the catch returns
    Principal<'read' | 'write', 'admin', JsonObject> | undefined | void
  >()
})

it('fits the types of Express', () => {
  expectTypeOf(requireAuth(auth, { methods: ['access_token', 'api_key'] })).toExtend<RequestHandler>()
  expectTypeOf(requireScope('read')).toExtend<RequestHandler>()
  expectTypeOf(requireRole('admin')).toExtend<RequestHandler>()
  expectTypeOf(authRoutes(auth)).toExtend<RequestHandler>()
  expectTypeOf<Request['auth']>().toEqualTypeOf<Principal | undefined>()
  const app = express()
  app.get('/reports/:id', requireAuth(auth, { methods: ['access_token'] }), (request, response) => {
    expectTypeOf(request.params.id).toEqualTypeOf<string>()
    response.json({ subject: request.auth?.subject })
  })
  app.use('/auth', authRoutes(auth))
  expect(app).toBeTypeOf('function')
})
