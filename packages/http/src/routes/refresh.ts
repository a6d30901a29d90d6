import { InvalidGrantError, InvalidRequestError } from '@authcore/core'
import { type AuthResponse, withHeaders } from '../auth-response.js'
import { toTokenErrorResponse } from '../error-response.js'
import { type ProvedKeys, proveKeys } from '../proof-of-key/prove-keys.js'
import { refuseCredentialsInQuery } from '../query-credentials.js'
import { type RequestBody, readScope, readText } from '../request-body.js'
import { toTokenResponse } from '../token-response.js'
import type { AuthRoutesSettings } from './options.js'
import { findRefreshToken, type PresentedRefreshToken } from './presented-refresh-token.js'
import type { AnyAuthCore, Route } from './route.js'

/** Replaces a refresh token from the body or the cookie (RFC 6749 section 6). */
export function refreshRoute(auth: AnyAuthCore, settings: AuthRoutesSettings): Route {
  return {
    method: 'POST',
    path: '/refresh',
    isTokenEndpoint: true,
    handle: async ({ request, readBody }) => {
      refuseCredentialsInQuery(request.url)
      const body = await readBody()
      refuseOtherGrants(body)
      const presented = findRefreshToken(request, body, settings)
      if (presented === undefined) throw new InvalidRequestError('credentials_missing')
      const proved = await proveKeys(auth, request)
      return refresh(auth, { ...presented, ...proved }, body)
    },
  }
}

async function refresh(
  auth: AnyAuthCore,
  { refreshToken, cookie, confirmation, headers }: PresentedRefreshToken & ProvedKeys,
  body: RequestBody,
): Promise<AuthResponse> {
  const clientId = readText(body, 'client_id', 255)
  const scope = readScope(body)
  try {
    const tokens = await auth.sessions.refresh(refreshToken, {
      ...(clientId !== undefined && { clientId }),
      ...(scope !== undefined && { scope }),
      ...(confirmation !== undefined && { confirmation }),
    })
    return toTokenResponse(tokens, cookie, headers)
  } catch (error) {
    const response = toTokenErrorResponse(error)
    if (response === undefined || cookie === undefined || !hasEnded(error)) throw error
    return withHeaders(response, { 'set-cookie': cookie.clear() })
  }
}

function refuseOtherGrants(body: RequestBody): void {
  const grantType = readText(body, 'grant_type', 128)
  if (grantType !== undefined && grantType !== 'refresh_token') {
    throw new InvalidRequestError('grant_type_unsupported')
  }
}

/** A cookie that can never work again is taken away; one that another client may use is not. */
function hasEnded(error: unknown): boolean {
  return error instanceof InvalidGrantError && error.code !== 'refresh_token_client_mismatch'
}
