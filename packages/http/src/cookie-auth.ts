import type { ConfigProblem } from '@authcore/core'
import { findOriginProblems, issuerOrigins } from './origins.js'
import {
  createSessionCookie,
  findSessionCookieProblems,
  type SessionCookie,
  type SessionCookieOptions,
} from './session-cookie.js'

/** How browsers sign in with cookies. */
export interface CookieAuthOptions {
  /** Makes the method `session` of policies available, and says how its cookie is set; `{}` for the defaults. */
  readonly sessionCookie?: SessionCookieOptions
  /** The origins whose pages may send cookies with unsafe methods; the origin of the issuer unless told. */
  readonly origins?: readonly string[]
}

/** The same, checked and complete. */
export interface CookieAuthSettings {
  readonly sessionCookie: SessionCookie | undefined
  readonly origins: readonly string[]
}

/**
 * Checks the options of cookies.
 * @param issuer of the deployment
 */
export function findCookieAuthProblems(
  { sessionCookie, origins }: CookieAuthOptions,
  issuer: string | undefined,
): readonly ConfigProblem[] {
  return [
    ...(sessionCookie === undefined ? [] : findSessionCookieProblems(sessionCookie)),
    ...(sessionCookie === undefined && origins === undefined
      ? []
      : findOriginProblems(origins ?? issuerOrigins(issuer))),
  ]
}

/** Fills in the defaults of options that were checked. */
export function parseCookieAuth(
  { sessionCookie, origins }: CookieAuthOptions,
  issuer: string | undefined,
): CookieAuthSettings {
  return {
    sessionCookie: sessionCookie && createSessionCookie(sessionCookie),
    origins: Object.freeze([...(origins ?? issuerOrigins(issuer))]),
  }
}
