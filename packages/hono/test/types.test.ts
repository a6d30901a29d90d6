import { createAuthCore, type JsonObject, type Principal } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import type { AuthPolicy } from '@authcore/http'
import { Hono } from 'hono'
import { expect, expectTypeOf, it } from 'vitest'
import { authFetchHandler, authRoutes, requireAuth, requireScope, withAuth } from '../src/index.js'
import { ISSUER } from './deployment.js'

const auth = createAuthCore({
  issuer: ISSUER,
  audience: ISSUER,
  secrets: ['m0Q8dWQv1nJ3k9ZxT7uYb2LcR5sGhE6pAaFiNoXtVwU='],
  stores: memoryStores(),
  scopes: ['read', 'write'],
  roles: ['admin'],
})

type Own = Principal<'read' | 'write', 'admin', JsonObject>

it('knows the scopes and roles of the deployment', () => {
  // @ts-expect-error a scope that the service does not define
  requireAuth(auth, { methods: ['access_token'], scope: ['raed'] })
  // @ts-expect-error a role that the service does not define
  withAuth(auth, { methods: ['access_token'], roles: ['owner'] }, () => new Response())
  expect(() => requireAuth(auth, { methods: ['access_token'], scope: ['read'] })).not.toThrow()
})

it('types the variable of the context by deployment and policy', () => {
  const app = new Hono()
  app.route('/auth', authRoutes(auth))
  app.get('/a', requireAuth(auth, { methods: ['access_token'] }), requireScope('read'), c => {
    expectTypeOf(c.var.auth).toEqualTypeOf<Own>()
    return c.body(null)
  })
  app.get('/b', requireAuth(auth, { methods: ['access_token'], optional: true }), c => {
    expectTypeOf(c.var.auth).toEqualTypeOf<Own | undefined>()
    return c.body(null)
  })
  app.get('/c', requireAuth(auth, { methods: ['access_token'], optional: false }), c => {
    expectTypeOf(c.var.auth).toEqualTypeOf<Own>()
    return c.body(null)
  })
  const policy: AuthPolicy<'read' | 'write', 'admin'> = { methods: ['access_token'] }
  app.get('/d', requireAuth(auth, policy), c => {
    expectTypeOf(c.var.auth).toEqualTypeOf<Own | undefined>()
    return c.body(null)
  })
  expect(app.routes.length).toBeGreaterThan(4)
})

it('types what a server passes beside the request', async () => {
  const policy = { methods: ['access_token'], optional: true } as const
  const handler = withAuth(
    auth,
    policy,
    (_request: Request, context, env: { name: string }, count: number) => {
      expectTypeOf(context.auth).toEqualTypeOf<Own | undefined>()
      return new Response(`${env.name} ${count}`)
    },
  )
  expectTypeOf(handler).parameters.toEqualTypeOf<[request: Request, env: { name: string }, count: number]>()
  expect(await (await handler(new Request(ISSUER), { name: 'a' }, 2)).text()).toBe('a 2')
  expectTypeOf(authFetchHandler(auth)).parameters.toEqualTypeOf<[request: Request]>()
})
