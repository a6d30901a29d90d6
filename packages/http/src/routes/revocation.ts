import { InvalidRequestError } from '@authcore/core'
import { type AuthResponse, emptyOkResponse } from '../auth-response.js'
import type { ClientAuthenticationOptions } from '../oauth-clients/authenticate-client.js'
import { isRefreshToken } from '../oauth-clients/is-refresh-token.js'
import { clientRoute } from './client-route.js'
import type { AnyAuthCore, Route } from './route.js'

/**
 * Ends tokens of the client that calls (RFC 7009). Every token that is not its own, or not active any more, is answered
 * like one that was ended.
 */
export function revocationRoute(auth: AnyAuthCore, options: ClientAuthenticationOptions): Route {
  return clientRoute(auth, '/revoke', options, async (token, { clientId }) => {
    await revokeToken(auth, token, clientId)
    return REVOKED
  })
}

/** RFC 7009 section 2.2: 200 whatever was found, and the body says nothing. */
const REVOKED: AuthResponse = emptyOkResponse()

async function revokeToken(auth: AnyAuthCore, token: string, clientId: string): Promise<void> {
  // their owners end these at routes of their own
  if (auth.apiKeys.isApiKey(token) || auth.sessions.isSessionToken(token)) {
    throw new InvalidRequestError('token_type_unsupported')
  }
  if (!isRefreshToken(token) && auth.opaqueTokens?.isOpaqueToken(token)) {
    if (auth.opaqueTokens.revoke === undefined) throw new InvalidRequestError('token_type_unsupported')
    await auth.opaqueTokens.revoke(token, { clientId })
    return
  }
  await auth.revocation.revokeToken(token, { clientId })
}
