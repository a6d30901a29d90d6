import { type CookieSession, InvalidRequestError } from '@authcore/core'
import type { AnyAuthCore, AnyPrincipal, PackageRoute, PackageRouteCall } from '@authcore/core/extension'
import type { FactorLogin, SecondFactors } from '../second-factors.js'

/** Writes and finds the cookie of a session; `createSessionCookie` of `@authcore/http` makes one. */
export interface StepUpCookie {
  issue(started: CookieSession<string, string, unknown>): string
  find(headers: PackageRouteCall['headers']): string | undefined
}

/** Reads the logins that wait for a second factor; `createLogin` of `@authcore/password` does. */
export interface PendingLogins {
  readPendingLogin(pendingToken: string): Promise<FactorLogin>
}

/** What the routes work with. */
export interface RouteContext {
  readonly auth: AnyAuthCore
  readonly secondFactors: SecondFactors
  readonly sessionCookie: StepUpCookie | undefined
  readonly accountName: ((principal: AnyPrincipal) => string | Promise<string>) | undefined
  readonly login: PendingLogins | undefined
  /** Who may see and change factors: somebody whose login is recent. */
  readonly owner: NonNullable<PackageRoute['policy']>
  /** Who may step up: somebody whose login may be old. */
  readonly person: NonNullable<PackageRoute['policy']>
}

/** @throws InvalidRequestError `credentials_missing` where a route is served without its policy */
export function principalOf({ principal }: PackageRouteCall): AnyPrincipal {
  if (principal === undefined) throw new InvalidRequestError('credentials_missing')
  return principal
}
