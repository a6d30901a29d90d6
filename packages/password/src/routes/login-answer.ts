import type { CookieSession, SessionTokens } from '@authcore/core'
import type { PackageRouteAnswer } from '@authcore/core/extension'
import type { CompletedCookieLogin, CompletedLogin, PendingLogin } from '../login/login.js'

/** What a login came to, whatever its sessions are kept in. */
export type AnyLoginResult =
  | CompletedLogin<string, string, unknown>
  | CompletedCookieLogin<string, string, unknown>
  | PendingLogin

/** The cookies that a login sets. */
export interface LoginCookies {
  /** For the refresh token, which is then left out of the body. */
  readonly refreshCookie: { issue(tokens: SessionTokens<string, string, unknown>): string } | undefined
  /** For the session token. */
  readonly sessionCookie: { issue(started: CookieSession<string, string, unknown>): string } | undefined
}

/**
 * Writes the answer to a login: RFC 6749 section 5.1, a cookie, or 202 for one that waits for its second factor.
 * @param headers what the proof of a key adds
 */
export function toLoginAnswer(
  result: AnyLoginResult,
  headers: Readonly<Record<string, string>>,
  { refreshCookie, sessionCookie }: LoginCookies,
): PackageRouteAnswer {
  if (result.outcome === 'second_factor_required') {
    const { outcome, pendingToken, expiresAt, methods } = result
    const body = { outcome, pending_token: pendingToken, expires_at: toNumericDate(expiresAt), methods }
    return { status: 202, headers, body }
  }
  if ('cookieSession' in result) {
    const { cookieSession, deviceToken } = result
    const cookie = sessionCookie?.issue(cookieSession)
    const body = { expires_at: toNumericDate(cookieSession.expiresAt), device_token: deviceToken }
    return { status: 200, headers: withCookie(headers, cookie), body }
  }
  const { tokens, deviceToken } = result
  const body = {
    access_token: tokens.accessToken,
    token_type: tokens.tokenType,
    expires_in: tokens.expiresInSeconds,
    ...(refreshCookie === undefined && { refresh_token: tokens.refreshToken }),
    scope: tokens.scope.join(' '),
    device_token: deviceToken,
  }
  return { status: 200, headers: withCookie(headers, refreshCookie?.issue(tokens)), body }
}

function withCookie(headers: Readonly<Record<string, string>>, cookie: string | undefined) {
  return { ...headers, ...(cookie !== undefined && { 'set-cookie': cookie }) }
}

function toNumericDate(instant: number): number {
  return Math.floor(instant / 1000)
}
