import { InvalidGrantError } from '../errors.js'
import { decodeBase64url } from '../jws/base64url.js'
import { ownMembers } from '../own-members.js'
import type { SessionRecord } from '../ports/session-store.js'
import type { RevocationQuestion } from '../revocation/revocation-check.js'
import type { SessionContext } from './session-context.js'
import { toSessionMarks } from './session-marks.js'
import { SESSION_TOKEN, type SessionTokenGrant } from './session-token.js'
import { decodeGrant, type VerifiedToken, verifyToken } from './token-text.js'

/** A session whose token was presented and is good. */
export interface LiveSession {
  readonly session: SessionRecord
  readonly presented: VerifiedToken
  /** SHA-256 of the presented token, base64url: the one that the record keeps. */
  readonly hash: string
}

/** Answers a question about the marks of a session; how stale the answer may be is its business. */
export type AskRevocation = (question: RevocationQuestion, sessionId: string) => Promise<boolean>

/**
 * Finds the session of a session token: the tag first, then one read, beside which the revocations are looked up.
 * @param now epoch milliseconds
 * @throws InvalidGrantError `session_token_*`
 * @throws StoreError
 */
export async function findLiveSession(
  sessionToken: unknown,
  now: number,
  isRevoked: AskRevocation,
  { secrets, backend, stores }: SessionContext,
): Promise<LiveSession> {
  const presented = verifyToken(sessionToken, SESSION_TOKEN, secrets, backend)
  const [found, hasMark] = await Promise.all([
    stores.sessions.find({ id: presented.sessionId, now }),
    isRevoked(toQuestion(presented), presented.sessionId),
  ])
  // the tag says that there was such a session; it is gone
  if (found === undefined) throw new InvalidGrantError('session_token_expired')
  const session = ownMembers(found)
  if (hasMark || session.revokedAt !== undefined) throw new InvalidGrantError('session_token_revoked')
  const hash = backend.sha256(String(sessionToken))
  const kept = decodeBase64url(session.currentHash)
  if (kept === undefined || !backend.equalBytes(kept, hash)) {
    throw new InvalidGrantError('session_token_invalid')
  }
  return { session, presented, hash: session.currentHash }
}

/** Every mark that could refuse the session; they are looked up together. */
function toQuestion(presented: VerifiedToken): RevocationQuestion {
  const grant = decodeGrant<SessionTokenGrant>(presented)
  return { marks: toSessionMarks(presented.sessionId, grant), issuedAt: grant.startedAt }
}
