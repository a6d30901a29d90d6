import { type AuthCore, createAuthCore, type StandardSchema } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import type { AuthRouteExtension } from '@authcore/http'
import { describe, expectTypeOf, it } from 'vitest'
import { createLogin, type PasswordAccount, type PasswordAccounts, passwordRoutes } from '../src/index.js'
import { SECRET } from './support/fixture.js'

describe('types', () => {
  const claims: StandardSchema<{ plan: string }> = {
    '~standard': { version: 1, vendor: 'test', validate: () => ({ value: { plan: 'free' } }) },
  }
  const auth = createAuthCore({
    issuer: 'https://auth.example.com',
    audience: 'https://api.example.com',
    secrets: [SECRET],
    stores: memoryStores(),
    scopes: ['read', 'write'],
    roles: ['admin'],
    accessToken: { claims },
  })
  type Account = PasswordAccount<'read' | 'write', 'admin', { plan: string }>
  const accounts: PasswordAccounts<'read' | 'write', 'admin', { plan: string }> = {
    find: async () => undefined,
    findBySubject: async () => undefined,
    savePasswordHash: async () => ({ saved: false }),
  }

  it('follow the deployment', () => {
    const login = createLogin({ auth, accounts })
    type Result = Extract<Awaited<ReturnType<typeof login.login>>, { outcome: 'completed' }>
    expectTypeOf<Result['tokens']['session']['claims']>().toEqualTypeOf<{ plan: string }>()
    expectTypeOf<Result['tokens']['scope']>().toEqualTypeOf<readonly ('read' | 'write')[]>()
    expectTypeOf<Account['roles']>().toEqualTypeOf<readonly 'admin'[] | undefined>()
    expectTypeOf(passwordRoutes(login)).toExtend<AuthRouteExtension>()
  })

  it('refuse rights that the deployment does not have', () => {
    const strangers: PasswordAccounts<'delete', 'admin', { plan: string }> = {
      find: async () => ({ subject: 'a', scope: ['delete'] }),
      findBySubject: async () => undefined,
      savePasswordHash: async () => ({ saved: false }),
    }
    // @ts-expect-error the deployment has no scope `delete`
    createLogin<'read' | 'write', 'admin', { plan: string }>({ auth, accounts: strangers })
    const plain = auth as unknown as AuthCore
    createLogin({ auth: plain, accounts: accounts as unknown as PasswordAccounts })
  })
})
