import { ConfigError } from '@authcore/core'
import {
  type AnyAuthCore,
  type AnyPrincipal,
  createOptionReader,
  type PackageRoute,
  type PackageRoutes,
} from '@authcore/core/extension'
import type { SecondFactors } from '../second-factors.js'
import { codeRoutes } from './code-routes.js'
import { factorListRoutes } from './factor-list-routes.js'
import { otpRoutes } from './otp-routes.js'
import { passkeyRoutes } from './passkey-routes.js'
import { pendingLoginRoutes } from './pending-login-routes.js'
import { recoveryCodeRoutes } from './recovery-code-routes.js'
import type { PendingLogins, RouteContext, StepUpCookie } from './route-context.js'
import { stepUpRoutes } from './step-up-routes.js'

/** Which routes are served, and how. */
export interface FactorRoutesOptions {
  /** What `createAuthCore` returned: a step-up issues an access token, or renews a session by cookie. */
  readonly auth: AnyAuthCore
  /** What `createSecondFactors` returned. */
  readonly secondFactors: SecondFactors
  /**
   * `createSessionCookie()` of `@authcore/http`, where people sign in with cookies: then the cookie serves as well as an
   * access token, and a step-up renews it.
   */
  readonly sessionCookie?: StepUpCookie
  /** What authenticator apps show beside the name of the service; a member `account_name` of the body unless told. */
  readonly accountName?: (principal: AnyPrincipal) => string | Promise<string>
  /**
   * What `createLogin` of `@authcore/password` returned: then `/login/code` and `/login/passkey` ask for the factor of a
   * pending login.
   */
  readonly login?: PendingLogins
  /** The routes of counter tokens, `/factors/hotp`; `false` unless told. */
  readonly hotp?: boolean
}

/**
 * Prepares the routes of second factors: enrolment, list, removal, recovery codes, codes, challenges and step-up, for
 * `authRoutes(auth, { extensions })` of any framework. Who acts is the principal, never a member of a body.
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * ```ts
 * import type { AuthCore } from '@authcore/core'
 * import { createSecondFactors, factorRoutes } from '@authcore/mfa'
 *
 * declare const auth: AuthCore
 *
 * const secondFactors = createSecondFactors({ auth, issuerName: 'Example Shop' })
 * const extension = factorRoutes({ auth, secondFactors })
 * ```
 */
export function factorRoutes(options: FactorRoutesOptions): PackageRoutes {
  const { hotp, ...context } = parseFactorRoutesOptions(options)
  const routes: readonly PackageRoute[] = [
    ...factorListRoutes(context),
    ...otpRoutes('totp', context),
    ...(hotp ? otpRoutes('hotp', context) : []),
    ...codeRoutes(context),
    ...passkeyRoutes(context),
    ...recoveryCodeRoutes(context),
    ...stepUpRoutes(context),
    ...(context.login === undefined ? [] : pendingLoginRoutes(context.login, context)),
  ]
  return Object.freeze({ routes: Object.freeze(routes.map(route => Object.freeze(route))) })
}

function parseFactorRoutesOptions(options: unknown): RouteContext & { readonly hotp: boolean } {
  const reader = createOptionReader(options)
  const auth = reader.value('auth', isAuth, 'what createAuthCore returned')
  const secondFactors = reader.value('secondFactors', isSecondFactors, 'what createSecondFactors returned')
  const sessionCookie = reader.value(
    'sessionCookie',
    isCookie,
    'what createSessionCookie of @authcore/http returned',
  )
  const accountName = reader.value('accountName', isFunction, 'a function')
  const login = reader.value('login', isLogin, 'what createLogin of @authcore/password returned')
  const hotp = reader.value('hotp', isBoolean, 'true or false') ?? false
  for (const name of ['auth', 'secondFactors']) {
    if (reader.read(name) === undefined) reader.refuse(name, 'is required')
  }
  reader.finish()
  if (auth === undefined || secondFactors === undefined) throw new ConfigError('config_invalid', [])
  const methods =
    sessionCookie === undefined ? (['access_token'] as const) : (['access_token', 'session'] as const)
  return {
    auth,
    secondFactors,
    sessionCookie,
    accountName,
    login,
    hotp,
    owner: Object.freeze({ methods, maxAgeSeconds: secondFactors.freshLoginSeconds }),
    person: Object.freeze({ methods }),
  }
}

function hasFunctions(value: unknown, names: readonly string[]): boolean {
  return names.every(name => typeof Reflect.get(Object(value), name) === 'function')
}

function isAuth(value: unknown): value is AnyAuthCore {
  const { accessTokens, sessions } = Object(value)
  return hasFunctions(accessTokens, ['issue']) && hasFunctions(sessions, ['renew', 'list'])
}

function isSecondFactors(value: unknown): value is SecondFactors {
  return hasFunctions(value, ['list', 'remove', 'startTotp', 'confirmTotp', 'verifyStepUp', 'listMethods'])
}

function isCookie(value: unknown): value is StepUpCookie {
  return hasFunctions(value, ['issue', 'find'])
}

function isLogin(value: unknown): value is PendingLogins {
  return hasFunctions(value, ['readPendingLogin'])
}

function isFunction(value: unknown): value is NonNullable<FactorRoutesOptions['accountName']> {
  return typeof value === 'function'
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean'
}
