import { InvalidRequestError } from '@authcore/core'
import type { GrantedTokens, TokenGrantCall } from './token-grant.js'
import type { TokenRequest } from './token-request.js'

/**
 * Issues an access token to a client for itself (RFC 6749 section 4.4). There is no refresh token: the client can ask
 * again (section 4.4.3).
 */
export async function grantClientCredentials(
  request: TokenRequest,
  { auth, client, audience, opaqueTokens, confirmation }: TokenGrantCall,
): Promise<GrantedTokens> {
  const scope = narrowScope(request, client)
  const { clientId, roles, claims } = client
  const options = {
    // RFC 9068 section 2.2: where no person is involved, `sub` is the client; ids of clients are never those of people
    subject: clientId,
    clientId,
    scope,
    roles,
    claims,
    audience,
    ...(confirmation !== undefined && { confirmation }),
  }
  const issued = await (opaqueTokens ?? auth.accessTokens).issue(options)
  const { accessToken, tokenType, expiresInSeconds } = issued
  return { accessToken, tokenType, expiresInSeconds, scope }
}

/** RFC 6749 section 3.3: what was asked for, within what was registered. */
function narrowScope({ scope }: TokenRequest, client: TokenGrantCall['client']): readonly string[] {
  if (scope === undefined) return client.scope
  if (scope.every(name => client.scope.includes(name))) return scope
  throw new InvalidRequestError('scope_exceeds_grant')
}
