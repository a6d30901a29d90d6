import { type ConfigProblem, type CookieSession, InvalidGrantError } from '@authcore/core'
import type { AuthHeaders, AuthRequest } from './auth-request.js'
import { type AuthResponse, withHeaders } from './auth-response.js'
import {
  type CookieKind,
  type CookieOptions,
  createCookieWriter,
  findCookieProblems,
} from './cookie-attributes.js'
import { readCookie } from './cookies.js'

/** How the cookie that holds the session token is set; named `__Host-session` unless told. */
export interface SessionCookieOptions extends CookieOptions {}

/** Writes the cookie that holds the session token. */
export interface SessionCookie {
  readonly name: string
  /**
   * The value of `Set-Cookie` that stores a session token until the absolute expiry of its session: the cookie must
   * outlive the idle expiry, which slides without a new one.
   */
  issue(started: CookieSession<string, string, unknown>): string
  /** The value of `Set-Cookie` that removes it. */
  clear(): string
  /**
   * Finds the session token of a request, for `sessions.renew` and `sessions.revokeBySessionToken`. Nothing about it has
   * been verified, nor that the request is none of another site.
   * @throws InvalidRequestError `credentials_repeated`, `credentials_malformed`
   */
  find(headers: AuthHeaders): string | undefined
}

const KIND: CookieKind = {
  defaultName: '__Host-session',
  path: 'sessionCookie',
  notAnObject: 'must be an object such as {}, or left out',
}

/**
 * Prepares the cookie (RFC 6265bis). It is always `HttpOnly`: no script can read it.
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * const cookie = createSessionCookie()
 * response.setHeader('set-cookie', cookie.issue(await auth.sessions.startCookie({ subject: 'user-1' })))
 */
export function createSessionCookie(options: SessionCookieOptions = {}): SessionCookie {
  const { name, set, clear } = createCookieWriter(options, KIND)
  return Object.freeze({
    name,
    issue: ({ sessionToken, expiresAt, session }: CookieSession<string, string, unknown>) =>
      set(sessionToken, (expiresAt - session.createdAt) / 1000),
    clear,
    find: (headers: AuthHeaders) => readCookie(headers, name),
  })
}

/** Checks the options of the cookie. */
export function findSessionCookieProblems(options: unknown): readonly ConfigProblem[] {
  return findCookieProblems(options, KIND)
}

/**
 * Takes a cookie away that can never work again, so that a browser does not see the same refusal on every page. Only
 * in the answer to a navigation: what scripts and images ask for runs beside a login or a renewal, and the late
 * answer to a request with the former cookie would throw away the new one.
 */
export function clearDeadCookie(
  response: AuthResponse,
  error: unknown,
  { headers }: AuthRequest,
  cookie: SessionCookie | undefined,
): AuthResponse {
  const isDead = error instanceof InvalidGrantError && error.code.startsWith('session_token_')
  if (cookie === undefined || !isDead || !isNavigation(headers)) return response
  return withHeaders(response, { 'set-cookie': cookie.clear() })
}

/** Browsers set the field, and pages cannot change it (Fetch Metadata). Whatever else stands there is none. */
function isNavigation(headers: AuthHeaders): boolean {
  const field = Object.hasOwn(headers, 'sec-fetch-mode') ? headers['sec-fetch-mode'] : undefined
  const values: readonly unknown[] = Array.isArray(field) ? field : [field]
  return values.length === 1 && values[0] === 'navigate'
}
