import type { PasswordAccount, PasswordAccounts } from '@authcore/password'
import { type DemoRole, type DemoScope, SCOPES } from '../demo-auth.js'
import type { User, UserDirectory } from './user-directory.js'

/** What `@authcore/password` asks of an application: four functions on its own table of users. */
export function createPasswordAccounts(users: UserDirectory): PasswordAccounts<DemoScope, DemoRole> {
  return {
    find: async identifier => toAccount(await users.findByEmail(identifier.toLowerCase())),
    findBySubject: async subject => toAccount(await users.findById(subject)),
    savePasswordHash: async ({ subject, passwordHash, replaces }) => ({
      // every user of the demo has a password
      saved: replaces !== undefined && (await users.replacePasswordHash(subject, replaces, passwordHash)),
    }),
    insert: async ({ identifier, passwordHash }) => {
      const added = await users.add({ email: identifier.toLowerCase(), passwordHash, roles: [] })
      return added && { subject: added.id }
    },
  }
}

function toAccount(user: User | undefined): PasswordAccount<DemoScope, DemoRole> | undefined {
  return (
    user && {
      subject: user.id,
      email: user.email,
      passwordHash: user.passwordHash,
      scope: SCOPES,
      roles: user.roles,
    }
  )
}
