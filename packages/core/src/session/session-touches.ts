import { AuthError, InvalidGrantError } from '../errors.js'
import type { RotateSessionOutcome, SessionRecord } from '../ports/session-store.js'
import type { LiveSession } from './live-session.js'
import type { SessionContext } from './session-context.js'

/** Lets the idle expiry slide without a write on every request. */
export interface SessionTouches {
  /**
   * Notes that a session is in use.
   * @returns the record as it is then
   * @throws InvalidGrantError `session_token_revoked`, `session_token_expired` when it has just ended
   */
  touch(live: LiveSession, now: number): Promise<SessionRecord>
}

/** As many sessions are remembered at most; past that the oldest may be written early. */
const MAX_REMEMBERED = 10_000

/**
 * Writes at most once per interval for each session, and tries as rarely where the store fails. Other processes see
 * the instant in the record.
 */
export function createSessionTouches(context: SessionContext): SessionTouches {
  const intervalMs = context.settings.session.touchIntervalSeconds * 1000
  const tried = new Map<string, number>()

  const isDue = ({ id, lastUsedAt }: SessionRecord, now: number): boolean =>
    now - Math.max(lastUsedAt, tried.get(id) ?? lastUsedAt) >= intervalMs

  const remember = (id: string, now: number): void => {
    tried.delete(id)
    tried.set(id, now)
    const oldest = tried.size > MAX_REMEMBERED ? tried.keys().next() : undefined
    if (oldest?.done === false) tried.delete(oldest.value)
  }

  return {
    async touch(live, now) {
      const { session } = live
      if (!isDue(session, now)) return session
      remember(session.id, now)
      const outcome = await rotateInPlace(live, now, context)
      return outcome === undefined ? session : acceptOutcome(outcome)
    },
  }
}

/** A rotation to the token that is current already: one atomic command that moves nothing but the instants. */
async function rotateInPlace(
  { session, presented, hash }: LiveSession,
  now: number,
  { settings, stores }: SessionContext,
): Promise<RotateSessionOutcome | undefined> {
  try {
    return await stores.sessions.rotate({
      id: session.id,
      presentedHash: hash,
      presentedGeneration: presented.generation,
      successorHash: hash,
      sealedSuccessor: '',
      now,
      idleExpiresAt: now + settings.session.idleSeconds * 1000,
      graceSeconds: 0,
    })
  } catch (error) {
    // the verdict stands without the write; the guard of the stores has reported the failure
    if (error instanceof AuthError) return undefined
    throw error
  }
}

/** The session may have been ended, or taken over by a renewal, since it was read: that came first. */
function acceptOutcome(outcome: RotateSessionOutcome): SessionRecord {
  switch (outcome.outcome) {
    case 'rotated':
      return outcome.session
    case 'revoked':
    case 'reused':
    case 'replayed':
      throw new InvalidGrantError('session_token_revoked')
    case 'expired':
    case 'not_found':
      throw new InvalidGrantError('session_token_expired')
  }
}
