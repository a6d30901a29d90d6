import type { SessionTokens } from '@authcore/core'
import { type AuthResponse, jsonResponse, withHeaders } from './auth-response.js'
import type { RefreshCookie } from './refresh-cookie.js'
import type { ResponseHeaders } from './response-headers.js'

/**
 * The answer of a login or a refresh (RFC 6749 section 5.1).
 * @param tokens as `sessions.start` and `sessions.refresh` return them
 * @param cookie when given, the refresh token travels in it and is not in the body
 * @param headers those of `proveKeys`
 */
export function toTokenResponse(
  tokens: SessionTokens<string, string, unknown>,
  cookie?: RefreshCookie,
  headers: ResponseHeaders = {},
): AuthResponse {
  const body = {
    access_token: tokens.accessToken,
    token_type: tokens.tokenType,
    expires_in: tokens.expiresInSeconds,
    ...(cookie === undefined && { refresh_token: tokens.refreshToken }),
    scope: tokens.scope.join(' '),
  }
  const response = jsonResponse(200, body, headers)
  return cookie === undefined ? response : withHeaders(response, { 'set-cookie': cookie.issue(tokens) })
}
