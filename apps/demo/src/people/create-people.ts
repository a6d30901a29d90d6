import type { AuthRouteExtension } from '@authcore/http'
import { createSecondFactors, factorRoutes } from '@authcore/mfa'
import {
  createLogin,
  createLoginThrottle,
  createPasswordPolicy,
  type PasswordHasher,
  passwordRoutes,
} from '@authcore/password'
import type { DemoAuth } from '../demo-auth.js'
import type { Mailbox } from './mailbox.js'
import { createPasswordAccounts } from './password-accounts.js'
import type { UserDirectory } from './user-directory.js'

/** What logging people in works with. */
export interface PeopleOptions {
  readonly auth: DemoAuth
  readonly users: UserDirectory
  readonly hasher: PasswordHasher
  readonly mailbox: Mailbox
  /** Of the page for people: the mail of a reset leads there, and passkeys belong to its host. */
  readonly pageUrl: string
}

const SERVICE = 'AuthCore demo'

/**
 * Puts the login together: register, log in, lockout, second factors, reset. What AuthCore leaves to the application is
 * the table of users and the mail.
 */
export function createPeople(options: PeopleOptions): readonly AuthRouteExtension[] {
  const { auth, users, hasher, mailbox, pageUrl } = options
  // one throttle for all: guesses at a code count with those at the password
  const throttle = createLoginThrottle(auth)
  const { hostname, origin } = new URL(pageUrl)
  const passkeys = { rpId: hostname, origins: [origin] }
  const secondFactors = createSecondFactors({ auth, issuerName: SERVICE, throttle, passkeys })
  const login = createLogin({
    auth,
    accounts: createPasswordAccounts(users),
    hasher,
    throttle,
    secondFactors,
    policy: createPasswordPolicy({ contextWords: [SERVICE], emit: auth.emit }),
    sendPasswordReset: async ({ account, token }) =>
      mailbox.put({
        to: account.email ?? account.subject,
        subject: 'A new password, within half an hour',
        // in the fragment: no server log keeps it
        text: `New password: ${pageUrl}#reset=${token}`,
      }),
  })
  return [
    passwordRoutes(login, { register: true, passkeys: true, emailVerification: false }),
    factorRoutes({
      auth,
      secondFactors,
      login,
      accountName: async ({ subject }) => (await users.findById(subject))?.email ?? subject,
    }),
  ]
}
