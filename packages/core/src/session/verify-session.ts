import { InsufficientScopeError, InvalidGrantError, InvalidTokenError, StoreError } from '../errors.js'
import { deepFreeze } from '../json.js'
import { ownMembers } from '../own-members.js'
import type { SessionRecord } from '../ports/session-store.js'
import type { SessionPrincipal } from '../principal.js'
import type { RevocationCheck, RevocationQuestion } from '../revocation/revocation-check.js'
import { findMissing } from '../rights.js'
import { findLiveSession } from './live-session.js'
import type { SessionContext } from './session-context.js'
import type { SessionTouches } from './session-touches.js'
import type { VerifySessionOptions } from './sessions.js'

/** What verifying needs beside the shared parts. */
export interface VerifySessionContext extends SessionContext {
  readonly revocationCheck: RevocationCheck
  readonly touches: SessionTouches
}

/** Verifies a session token: tag, then one read and the revocations together, then what the caller demands. */
export async function verifySession(
  sessionToken: unknown,
  { scope, maxAgeSeconds }: VerifySessionOptions,
  context: VerifySessionContext,
): Promise<SessionPrincipal> {
  const now = context.settings.clock()
  const live = await findLiveSession(
    sessionToken,
    now,
    (question, sessionId) => isRevoked(question, sessionId, context),
    context,
  )
  const session = ownMembers(await context.touches.touch(live, now))
  const principal = await toPrincipal(session, context)
  validateLoginAge(session, maxAgeSeconds, now, context)
  validateScope(session, scope)
  return principal
}

/** As stale as the deployment allows, as for access tokens. */
async function isRevoked(
  question: RevocationQuestion,
  sessionId: string,
  { settings, revocationCheck, emit }: VerifySessionContext,
): Promise<boolean> {
  try {
    return await revocationCheck.isRevoked(question)
  } catch (error) {
    if (settings.revocation.whenUnavailable !== 'accept' || !(error instanceof StoreError)) throw error
    const subject = question.marks.find(({ kind }) => kind === 'subject')?.id ?? ''
    emit('revocation.check_skipped', { sessionId, subject })
    return false
  }
}

async function toPrincipal(session: SessionRecord, context: SessionContext): Promise<SessionPrincipal> {
  return Object.freeze({
    method: 'session',
    sessionId: session.id,
    subject: session.subject,
    ...(session.clientId !== undefined && { clientId: session.clientId }),
    scope: Object.freeze([...session.scope]),
    roles: Object.freeze([...session.roles]),
    issuedAt: session.createdAt,
    expiresAt: Math.min(session.idleExpiresAt, session.absoluteExpiresAt),
    authenticatedAt: session.authenticatedAt,
    amr: Object.freeze([...session.amr]),
    ...(session.acr !== undefined && { acr: session.acr }),
    claims: await readClaims(session, context),
  })
}

/** What another version of the service put into a session may not fit the schema of this one. */
async function readClaims(
  { claims }: SessionRecord,
  { settings }: SessionContext,
): Promise<SessionRecord['claims']> {
  const schema = settings.accessToken.claims
  if (schema === undefined) return deepFreeze(claims)
  const result = await schema['~standard'].validate(claims)
  if (result.issues !== undefined) throw new InvalidGrantError('session_token_invalid')
  // what the schema returns is of the type that the options promise
  return result.value as SessionRecord['claims']
}

/** RFC 9470 section 4, for sessions. */
function validateLoginAge(
  { authenticatedAt }: SessionRecord,
  maxAgeSeconds: number | undefined,
  now: number,
  { settings }: SessionContext,
): void {
  if (maxAgeSeconds === undefined) return
  const toleranceMs = settings.accessToken.clockToleranceSeconds * 1000
  const isRecent = now <= authenticatedAt + maxAgeSeconds * 1000 + toleranceMs
  if (!isRecent) throw new InvalidTokenError('authentication_too_old')
}

function validateScope({ scope }: SessionRecord, required: readonly string[] = []): void {
  const missing = findMissing(required, scope)
  if (missing.length > 0) throw new InsufficientScopeError('insufficient_scope', missing)
}
