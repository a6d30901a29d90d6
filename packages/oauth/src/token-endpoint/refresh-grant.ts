import { InvalidProofError, type SessionTokens } from '@authcore/core'
import type { OpaqueTokens } from '../opaque-token/opaque-tokens.js'
import { ownMembers } from '../own-members.js'
import type { GrantedTokens, TokenGrantCall } from './token-grant.js'
import type { TokenRequest } from './token-request.js'

/**
 * Replaces a refresh token of a session that was started for this client (RFC 6749 section 6, RFC 9700 section 4.14).
 */
export async function grantRefresh(
  { refreshToken = '', scope }: TokenRequest,
  { auth, client, audience, opaqueTokens, confirmation }: TokenGrantCall,
): Promise<GrantedTokens> {
  const refreshed = await auth.sessions.refresh(refreshToken, {
    clientId: client.clientId,
    audience,
    ...(scope !== undefined && { scope }),
    ...(confirmation !== undefined && { confirmation }),
  })
  const tokens = ownMembers(refreshed)
  // a certificate proves a key, but binds no session that was started without it
  if (client.requiresBoundTokens && tokens.confirmation === undefined) {
    throw new InvalidProofError('dpop_proof_missing')
  }
  const issued =
    opaqueTokens === undefined ? tokens : await issueOpaque(tokens, client.clientId, audience, opaqueTokens)
  return {
    accessToken: issued.accessToken,
    tokenType: issued.tokenType,
    expiresInSeconds: issued.expiresInSeconds,
    scope: tokens.scope,
    refreshToken: tokens.refreshToken,
  }
}

/** In place of the signed token, which nobody gets to see: the same rights, in the same session. */
function issueOpaque(
  { session, scope, confirmation, expiresInSeconds }: SessionTokens,
  clientId: string,
  audience: readonly string[],
  opaqueTokens: OpaqueTokens,
) {
  const { id, subject, roles, claims, authenticatedAt, amr, acr } = ownMembers(session)
  return opaqueTokens.issue({
    subject,
    clientId,
    sessionId: id,
    scope,
    roles,
    claims,
    authenticatedAt,
    ...(amr.length > 0 && { amr }),
    ...(acr !== undefined && { acr }),
    ...(confirmation !== undefined && { confirmation }),
    audience,
    // it does not outlive the session
    expiresInSeconds: Math.max(1, Math.min(expiresInSeconds, opaqueTokens.ttlSeconds)),
  })
}
