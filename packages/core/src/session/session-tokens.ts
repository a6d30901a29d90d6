import type { IssuedAccessToken } from '../access-token/access-tokens.js'
import type { Grant } from '../access-token/grant.js'
import { ownMembers } from '../own-members.js'
import type { SessionRecord } from '../ports/session-store.js'
import { toSession } from './session.js'
import type { SessionTokens } from './sessions.js'

/** Puts together what a login or a refresh answers with. */
export function toSessionTokens(
  record: SessionRecord,
  { scope, confirmation }: Pick<Grant, 'scope' | 'confirmation'>,
  { accessToken, tokenType, expiresInSeconds, expiresAt }: IssuedAccessToken,
  refreshToken: string,
): SessionTokens {
  return Object.freeze({
    session: toSession<string, string, SessionRecord['claims']>(record),
    accessToken,
    refreshToken,
    tokenType,
    expiresInSeconds,
    accessTokenExpiresAt: expiresAt,
    refreshTokenExpiresAt: record.idleExpiresAt,
    scope,
    ...(confirmation !== undefined && { confirmation }),
  })
}

/** The grant of an access token that is issued in a session; login facts come from the login and do not move. */
export function toGrant(record: SessionRecord, scope: readonly string[]): Grant {
  const { subject, roles, claims, clientId, confirmation, authenticatedAt, amr, acr } = ownMembers(record)
  return ownMembers({
    subject,
    scope,
    roles,
    claims,
    authenticatedAt,
    ...(amr.length > 0 && { amr }),
    ...(clientId !== undefined && { clientId }),
    ...(confirmation !== undefined && { confirmation }),
    ...(acr !== undefined && { acr }),
  })
}
