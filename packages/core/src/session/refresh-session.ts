import { type Grant, validateAudience, validateConfirmation } from '../access-token/grant.js'
import { issueAccessToken } from '../access-token/issue-access-token.js'
import { openText, type SealingKey, sealText } from '../crypto/sealed-text.js'
import { InvalidGrantError, InvalidRequestError } from '../errors.js'
import { encodeBase64url } from '../jws/base64url.js'
import { ownMembers } from '../own-members.js'
import type { RotateSessionOutcome, SessionRecord } from '../ports/session-store.js'
import { isProved } from '../proved-keys.js'
import { findMissing, validateScope } from '../rights.js'
import { REFRESH_TOKEN, type RefreshGrant } from './refresh-token.js'
import type { SessionContext } from './session-context.js'
import { toSessionMarks } from './session-marks.js'
import { toGrant, toSessionTokens } from './session-tokens.js'
import type { RefreshSessionOptions, SessionTokens } from './sessions.js'
import { decodeGrant, formatToken, NONCE_LENGTH, type VerifiedToken, verifyToken } from './token-text.js'

/**
 * Replaces a refresh token. Whatever can be refused or can fail comes before the one atomic `rotate`, so that a
 * token is never spent for nothing.
 */
export async function refreshSession(
  refreshToken: string,
  options: RefreshSessionOptions,
  context: SessionContext,
): Promise<SessionTokens> {
  const { settings, secrets, backend, stores, instants, keyRing, emit } = context
  const presented = verifyToken(refreshToken, REFRESH_TOKEN, secrets, backend)
  const grant = decodeGrant<RefreshGrant>(presented)
  validateBinding(grant, options)
  const newBinding = findNewBinding(grant, options)
  const scope = narrowScope(grant, options)
  const audience = validateAudience(options.audience)
  // read before revocations are looked up: what is revoked from here on refuses the tokens of this refresh
  const issuedAt = instants.issuing()
  const key = await keyRing.findSigningKey()
  await refuseRevoked(presented, grant, context)

  const successor = formatToken(
    { ...presented, generation: presented.generation + 1, nonce: settings.random(NONCE_LENGTH) },
    REFRESH_TOKEN,
    secrets.current,
  )
  const sealingKey = deriveSealingKey(refreshToken, presented)
  const outcome = await stores.sessions.rotate({
    id: presented.sessionId,
    presentedHash: encodeBase64url(backend.sha256(refreshToken)),
    presentedGeneration: presented.generation,
    successorHash: encodeBase64url(backend.sha256(successor)),
    sealedSuccessor: await sealText(successor, sealingKey, backend, settings.random),
    now: issuedAt,
    idleExpiresAt: issuedAt + settings.session.idleSeconds * 1000,
    graceSeconds: settings.session.reuseGraceSeconds,
  })
  const session = await acceptOutcome(outcome, presented, context)
  const current =
    outcome.outcome === 'replayed' ? await openText(outcome.sealedSuccessor, sealingKey, backend) : successor
  if (current === undefined) throw new InvalidGrantError('refresh_token_invalid')

  const bound = ownMembers({ ...toGrant(session, scope), ...newBinding })
  const issued = await issueAccessToken(
    bound,
    {
      key,
      issuedAt,
      sessionId: session.id,
      latestExpiresAt: session.idleExpiresAt,
      ...(audience !== undefined && { audience }),
    },
    context,
  )
  emit(outcome.outcome === 'replayed' ? 'session.refresh_replayed' : 'session.refreshed', {
    subject: session.subject,
    sessionId: session.id,
    generation: session.generation,
  })
  return toSessionTokens(session, bound, issued, current)
}

/** RFC 6749 section 10.4: a refresh token is bound to its client; RFC 9449 section 5: and to its key. */
function validateBinding(grant: RefreshGrant, { clientId, confirmation }: RefreshSessionOptions): void {
  if (grant.clientId !== clientId) throw new InvalidGrantError('refresh_token_client_mismatch')
  if (!isProved(grant.confirmation, confirmation)) {
    throw new InvalidGrantError('refresh_token_client_mismatch')
  }
}

/** RFC 9449 section 5: who proves a key at the token endpoint gets an access token that is bound to it. */
function findNewBinding(
  grant: RefreshGrant,
  { confirmation }: RefreshSessionOptions,
): Pick<Grant, 'confirmation'> {
  const jkt = confirmation === undefined ? undefined : ownMembers(confirmation).jkt
  if (grant.confirmation !== undefined || jkt === undefined) return {}
  return { confirmation: validateConfirmation({ jkt }) }
}

/** RFC 6749 section 6: the requested scope must not exceed the one that was granted. */
function narrowScope(grant: RefreshGrant, options: RefreshSessionOptions): readonly string[] {
  if (options.scope === undefined) return grant.scope
  const scope = validateScope(options.scope, undefined)
  if (findMissing(scope, grant.scope).length > 0) throw new InvalidRequestError('scope_exceeds_grant')
  return scope
}

/**
 * A mark may stand where the session does not know of it yet: on the subject or the client, or because a process
 * ended between the two writes.
 */
async function refuseRevoked(
  presented: VerifiedToken,
  grant: RefreshGrant,
  { settings, stores, revocations }: SessionContext,
): Promise<void> {
  const marks = toSessionMarks(presented.sessionId, grant)
  if (!(await revocations.isRevokedNow({ marks, issuedAt: grant.startedAt }))) return
  await stores.sessions.revoke({ id: presented.sessionId, reason: 'revoked', now: settings.clock() })
  throw new InvalidGrantError('session_revoked')
}

/** Turns every outcome but success into its error; an ended session has its access tokens refused as well. */
async function acceptOutcome(
  outcome: RotateSessionOutcome,
  presented: VerifiedToken,
  { revocations, emit }: SessionContext,
): Promise<SessionRecord> {
  switch (outcome.outcome) {
    case 'rotated':
    case 'replayed':
      return outcome.session
    case 'reused':
      emit('session.refresh_token_reused', {
        subject: outcome.session.subject,
        sessionId: outcome.session.id,
        presentedGeneration: presented.generation,
      })
      await revocations.record([{ kind: 'session', id: presented.sessionId }])
      throw new InvalidGrantError('refresh_token_reused')
    case 'revoked':
      // the process that ended the session may have died before it wrote the mark
      await revocations.record([{ kind: 'session', id: presented.sessionId }])
      throw new InvalidGrantError('session_revoked')
    case 'expired':
      throw new InvalidGrantError('session_expired')
    case 'not_found':
      throw new InvalidGrantError('session_not_found')
  }
}

/** Only who holds the presented token can open its successor; a copy of the database cannot. */
function deriveSealingKey(refreshToken: string, { secret, sessionId }: VerifiedToken): SealingKey {
  return {
    key: secret.macOf('refresh_successor').compute(refreshToken),
    associatedContent: sessionId,
  }
}
