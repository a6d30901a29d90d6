import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import type { StoredPrincipal } from '../../src/index.js'
import { memoryStores } from '../../src/memory/index.js'
import { AUDIENCE, deploy, override, START } from '../fixtures.js'

const KEY = 'A'.repeat(43)

function principal(members: Partial<StoredPrincipal> = {}): StoredPrincipal {
  return {
    method: 'opaque_token',
    tokenId: 't1',
    subject: 'user-1',
    clientId: 'web',
    audience: [AUDIENCE],
    scope: ['read'],
    roles: [],
    claims: {},
    issuedAt: START,
    expiresAt: START + 900_000,
    ...members,
  }
}

describe('what is granted', () => {
  it('is checked as for an access token', async () => {
    const { auth } = deploy({ scopes: ['read'], roles: ['admin'] })
    expect(
      await auth.grants.validate({ subject: 'user-1', scope: ['read'], claims: { plan: 'pro' } }),
    ).toEqual({
      subject: 'user-1',
      scope: ['read'],
      roles: [],
      claims: { plan: 'pro' },
    })
    const refused = [
      [{ subject: '' }, 'argument_invalid'],
      [{ subject: 'u', scope: ['write'] }, 'scope_unknown'],
      [{ subject: 'u', roles: ['root'] }, 'role_unknown'],
      [{ subject: 'u', claims: { sub: 'x' } }, 'claims_reserved'],
      [{ subject: 'u', claims: { password: 'x' } }, 'claims_sensitive'],
      [{ subject: 'u', confirmation: { jkt: 'x' } }, 'argument_invalid'],
    ] as const
    for (const [options, code] of refused) {
      await expect(auth.grants.validate(options as never)).rejects.toMatchObject({ code })
    }
    expect(auth.grants.maxLifetimeSeconds).toBe(900)
  })

  it('is dated after every revocation that has returned', async () => {
    const { auth } = deploy()
    const before = auth.grants.issuedAt()
    await auth.revocation.revokeSubject('user-1')
    const after = auth.grants.issuedAt()
    expect(after).toBeGreaterThan(before)
    const credential = { tokenId: 't1', subject: 'user-1' }
    expect(await auth.grants.isRevoked({ ...credential, issuedAt: before })).toBe(true)
    expect(await auth.grants.isRevoked({ ...credential, issuedAt: after })).toBe(false)
  })

  it('ends with its subject, client or session, found in one round trip', async () => {
    const stores = memoryStores()
    const asked: number[] = []
    const counted = override(stores.revocations, {
      find: query => {
        asked.push(query.marks.length)
        return stores.revocations.find(query)
      },
    })
    const { auth } = deploy({ stores: { ...stores, revocations: counted } })
    const credential = {
      tokenId: 't1',
      subject: 'user-1',
      clientId: 'web',
      sessionId: 's1',
      issuedAt: auth.grants.issuedAt(),
    }
    expect(await auth.grants.isRevoked(credential)).toBe(false)
    expect(asked).toEqual([4])
    await auth.revocation.revokeClient('web')
    expect(await auth.grants.isRevoked(credential)).toBe(true)
  })

  it('is not let pass while revocations cannot be looked up, unless the deployment chose so', async () => {
    const stores = memoryStores()
    const revocations = override(stores.revocations, { find: () => Promise.reject(new Error('away')) })
    const credential = { tokenId: 't1', subject: 'user-1', issuedAt: START }
    const strict = deploy({ stores: { ...stores, revocations } })
    await expect(strict.auth.grants.isRevoked(credential)).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    const lax = deploy({ stores: { ...stores, revocations }, revocation: { whenUnavailable: 'accept' } })
    expect(await lax.auth.grants.isRevoked(credential)).toBe(false)
    expect(lax.eventsOf('revocation.check_skipped')).toMatchObject([{ tokenId: 't1', subject: 'user-1' }])
  })
})

describe('demands', () => {
  it('are those that are made on an access token', async () => {
    const { auth } = deploy()
    const facts = principal({ authenticatedAt: START - 60_000, confirmation: { jkt: KEY } })
    const demands = { scope: ['read'], maxAgeSeconds: 60, confirmation: { jkt: KEY } }
    expect(await auth.grants.accept(facts, demands)).toEqual(facts)
    const refused = [
      [{ ...demands, scope: ['read', 'write'] }, 'insufficient_scope'],
      [{ ...demands, maxAgeSeconds: 59 }, 'authentication_too_old'],
      [{ ...demands, audience: 'https://other.example' }, 'token_audience_mismatch'],
      [{ ...demands, confirmation: {} }, 'token_binding_mismatch'],
    ] as const
    for (const [wrong, code] of refused) {
      await expect(auth.grants.accept(facts, wrong)).rejects.toMatchObject({ code })
    }
    await expect(auth.grants.accept(principal(), { maxAgeSeconds: 60 })).rejects.toMatchObject({
      code: 'authentication_too_old',
    })
  })

  it('include the schema of the claims, which also says what is returned', async () => {
    const claims = z.object({ plan: z._default(z.string(), 'free') })
    const { auth } = deploy({ accessToken: { claims: claims as never } })
    expect((await auth.grants.accept(principal(), {})).claims).toEqual({ plan: 'free' })
    expect((await auth.grants.report(principal())).claims).toEqual({ plan: 'free' })
    const wrong = principal({ claims: { plan: 1 } })
    await expect(auth.grants.accept(wrong, {})).rejects.toMatchObject({ code: 'token_claim_invalid' })
    await expect(auth.grants.report(wrong)).rejects.toMatchObject({ code: 'token_claim_invalid' })
  })

  it('are not made where a token is only reported', async () => {
    const { auth } = deploy()
    const facts = principal({ confirmation: { jkt: KEY } })
    expect(await auth.grants.report(facts)).toBe(facts)
  })
})
