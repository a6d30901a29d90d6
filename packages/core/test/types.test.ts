import { expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import {
  type AuthCore,
  type AuthMethod,
  createAuthCore,
  type JsonObject,
  type Principal,
} from '../src/index.js'
import { memoryStores } from '../src/memory/index.js'
import { AUDIENCE, ISSUER, SECRET } from './fixtures.js'

const required = { issuer: ISSUER, audience: AUDIENCE, secrets: [SECRET], stores: memoryStores() }

it('scopes, roles and claims are typed from the options', async () => {
  const auth = createAuthCore({
    ...required,
    scopes: ['read', 'write'],
    roles: ['admin'],
    accessToken: { algorithm: 'EdDSA', claims: z.object({ plan: z.enum(['free', 'pro']) }) },
  })
  const claims = { plan: 'pro' } as const
  const { accessToken, refreshToken, session } = await auth.sessions.start({
    subject: 'user-1',
    scope: ['read'],
    roles: ['admin'],
    claims,
  })
  const principal = await auth.accessTokens.verify(accessToken, { scope: ['read'] })
  expectTypeOf(principal.scope).toEqualTypeOf<readonly ('read' | 'write')[]>()
  expectTypeOf(principal.roles).toEqualTypeOf<readonly 'admin'[]>()
  expectTypeOf(principal.claims).toEqualTypeOf<{ plan: 'free' | 'pro' }>()
  expectTypeOf(session.claims.plan).toEqualTypeOf<'free' | 'pro'>()
  expect(principal.claims.plan).toBe('pro')

  const browser = await auth.sessions.startCookie({ subject: 'user-1', scope: ['read'], claims })
  const caller = await auth.sessions.verify(browser.sessionToken, { scope: ['read'] })
  expectTypeOf(caller.scope).toEqualTypeOf<readonly ('read' | 'write')[]>()
  expectTypeOf(caller.claims).toEqualTypeOf<{ plan: 'free' | 'pro' }>()
  expectTypeOf(caller.method).toEqualTypeOf<'session'>()

  // @ts-expect-error the service defines no such role
  await expect(auth.sessions.renew(browser.sessionToken, { roles: ['root'] })).rejects.toThrow()
  // @ts-expect-error a browser proves no key
  const bound = auth.sessions.startCookie({ subject: 'user-1', claims, confirmation: { jkt: 'a' } })
  await expect(bound).rejects.toThrow()
  // @ts-expect-error the service defines no such scope
  await expect(auth.accessTokens.verify(accessToken, { scope: ['delete'] })).rejects.toThrow()
  // @ts-expect-error the service defines no such scope
  await expect(auth.sessions.refresh(refreshToken, { scope: ['delete'] })).rejects.toThrow()
  // @ts-expect-error the service defines no such role
  await expect(auth.accessTokens.issue({ subject: 'u', roles: ['root'], claims })).rejects.toThrow()
  // @ts-expect-error the service defines no such scope
  await expect(auth.apiKeys.issue({ ownerId: 'u', name: 'k', scope: ['delete'] })).rejects.toThrow()
})

it('without them, names are text and claims are JSON', async () => {
  const auth = createAuthCore({ ...required, accessToken: { algorithm: 'EdDSA' } })
  expectTypeOf(auth).toEqualTypeOf<AuthCore>()
  const { accessToken } = await auth.accessTokens.issue({
    subject: 'user-1',
    scope: ['any'],
    claims: { a: [1] },
  })
  const principal = await auth.accessTokens.verify(accessToken)
  expectTypeOf(principal.claims).toEqualTypeOf<JsonObject>()
  expectTypeOf(principal.scope).toEqualTypeOf<readonly string[]>()
  expect(principal.scope).toEqual(['any'])
})

it('a typed deployment fits where any deployment is asked for', () => {
  const auth = createAuthCore({ ...required, scopes: ['read'], roles: ['admin'] })
  const any: AuthCore = auth
  expect(any.issuer).toBe(ISSUER)
  expectTypeOf<Principal<'read', 'admin', { a: string }>['method']>().toEqualTypeOf<AuthMethod>()
})
