import type { SessionTokens } from '@authcore/core'
import { type AuthResponse, jsonResponse } from './auth-response.js'
import type { RefreshCookie } from './refresh-cookie.js'

/**
 * The answer of a login or a refresh (RFC 6749 section 5.1).
 * @param tokens as `sessions.start` and `sessions.refresh` return them
 * @param cookie when given, the refresh token travels in it and is not in the body
 * @param headers those of `proveKeys`
 */
export function toTokenResponse(
  tokens: SessionTokens<string, string, unknown>,
  cookie?: RefreshCookie,
  headers: AuthResponse['headers'] = {},
): AuthResponse {
  const body = {
    access_token: tokens.accessToken,
    token_type: tokens.tokenType,
    expires_in: tokens.expiresInSeconds,
    ...(cookie === undefined && { refresh_token: tokens.refreshToken }),
    scope: tokens.scope.join(' '),
  }
  return jsonResponse(200, body, {
    ...headers,
    ...(cookie !== undefined && { 'set-cookie': cookie.issue(tokens) }),
  })
}
