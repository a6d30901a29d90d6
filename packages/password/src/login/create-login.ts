import type { JsonObject } from '@authcore/core'
import { createEmailVerification } from '../email/email-verification.js'
import { changePassword } from '../password-change/change-password.js'
import { createPasswordReset } from '../password-change/password-reset.js'
import { finishLogin, logIn } from './log-in.js'
import { logInWithPasskey } from './log-in-with-passkey.js'
import type { CookieLogin, Login } from './login.js'
import { type CreateLoginOptions, type LoginSettings, parseLoginOptions } from './login-options.js'
import { createPendingLogins } from './pending-login.js'
import { registerAccount } from './register-account.js'
import { type CompletedWith, type StartSession, startCookie, startTokens } from './start-login-session.js'

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
  const login = wireLogin('tokens', settings, startTokens)
  // rights and claims are checked by `auth.sessions.start` at run time; the types say the same at compile time
  return login as Login<Scope, Role, Claims>
}

/**
 * The same for browsers that keep their session in a cookie (`createSessionCookie` of `@authcore/http`).
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function createCookieLogin<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
>(options: CreateLoginOptions<Scope, Role, Claims>): CookieLogin<Scope, Role, Claims> {
  const settings = parseLoginOptions(options)
  const login = wireLogin('cookie', settings, startCookie)
  // as above, for `auth.sessions.startCookie`
  return login as CookieLogin<Scope, Role, Claims>
}

function wireLogin<Started>(
  session: 'tokens' | 'cookie',
  settings: LoginSettings,
  start: StartSession<Started>,
): Login<string, string, unknown, CompletedWith<Started>> {
  const pendingLogins = createPendingLogins(settings)
  const passwordReset = createPasswordReset(settings)
  const emailVerification = createEmailVerification(settings)
  return Object.freeze({
    session,
    login: request => logIn(request, settings, pendingLogins, start),
    completeLogin: request => finishLogin(request, settings, pendingLogins, start),
    loginWithPasskey: request => logInWithPasskey(request, settings, start),
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
  } satisfies Login<string, string, unknown, CompletedWith<Started>>)
}
