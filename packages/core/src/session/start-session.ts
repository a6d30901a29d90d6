import { issueAccessToken } from '../access-token/issue-access-token.js'
import { issueFirstToken, prepareSession, toNewRecord } from './new-session.js'
import { REFRESH_TOKEN, type RefreshGrant } from './refresh-token.js'
import type { SessionContext } from './session-context.js'
import { toGrant, toSessionTokens } from './session-tokens.js'
import type { SessionTokens, StartSessionOptions } from './sessions.js'
import { encodeGrant } from './token-text.js'

/** Stores a new session and issues its first pair of tokens. */
export async function startSession(
  options: StartSessionOptions<string, string, unknown>,
  context: SessionContext,
): Promise<SessionTokens> {
  const { stores, keyRing, emit } = context
  const start = await prepareSession(options, context)
  const { grant, issuedAt } = start
  const refreshGrant: RefreshGrant = {
    subject: grant.subject,
    ...(grant.clientId !== undefined && { clientId: grant.clientId }),
    scope: grant.scope,
    ...(grant.confirmation !== undefined && { confirmation: grant.confirmation }),
    startedAt: issuedAt,
  }
  const first = issueFirstToken(REFRESH_TOKEN, encodeGrant(refreshGrant), context)
  const key = await keyRing.findSigningKey()
  const session = toNewRecord(start, first, context)
  await stores.sessions.insert({ session, now: issuedAt })
  const issued = await issueAccessToken(
    toGrant(session, grant.scope),
    { key, issuedAt, sessionId: session.id, latestExpiresAt: session.idleExpiresAt },
    context,
  )
  emit('session.started', {
    subject: grant.subject,
    sessionId: session.id,
    ...(grant.clientId !== undefined && { clientId: grant.clientId }),
  })
  return toSessionTokens(session, grant, issued, first.token)
}
