import type { JsonObject } from '@authcore/core'
import { createEmailVerification } from '../email/email-verification.js'
import { changePassword } from '../password-change/change-password.js'
import { createPasswordReset } from '../password-change/password-reset.js'
import { finishLogin, logIn } from './log-in.js'
import { logInWithPasskey } from './log-in-with-passkey.js'
import type { Login } from './login.js'
import { type CreateLoginOptions, parseLoginOptions } from './login-options.js'
import { createPendingLogins } from './pending-login.js'
import { registerAccount } from './register-account.js'

/**
 * Wires logging in: password, lockout, second factor, session, reset. Does no input or output.
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * ```ts
 * import type { AuthCore } from '@authcore/core'
 * import { createLogin, type PasswordAccounts } from '@authcore/password'
 *
 * declare const auth: AuthCore
 * declare const accounts: PasswordAccounts
 *
 * const login = createLogin({ auth, accounts })
 * const result = await login.login({ identifier: 'ada', password: 'correct horse battery staple' })
 * if (result.outcome === 'completed') console.log(result.tokens.accessToken)
 * ```
 */
export function createLogin<Scope extends string = string, Role extends string = string, Claims = JsonObject>(
  options: CreateLoginOptions<Scope, Role, Claims>,
): Login<Scope, Role, Claims> {
  const settings = parseLoginOptions(options)
  const pendingLogins = createPendingLogins(settings)
  const passwordReset = createPasswordReset(settings)
  const emailVerification = createEmailVerification(settings)
  const login: Login<string, string, unknown> = {
    login: request => logIn(request, settings, pendingLogins),
    completeLogin: request => finishLogin(request, settings, pendingLogins),
    loginWithPasskey: request => logInWithPasskey(request, settings),
    readPendingLogin: async pendingToken => {
      const { subject, loginId, expiresAt } = await pendingLogins.open(pendingToken)
      return Object.freeze({ subject, loginId, expiresAt })
    },
    register: request => registerAccount(request, settings),
    changePassword: request => changePassword(request, settings),
    requestPasswordReset: request => passwordReset.request(request),
    resetPassword: request => passwordReset.reset(request),
    issueEmailVerification: request => emailVerification.issue(request),
    verifyEmail: token => emailVerification.verify(token),
  }
  // rights and claims are checked by `auth.sessions.start` at run time; the types say the same at compile time
  return Object.freeze(login) as Login<Scope, Role, Claims>
}
