import type { RotateSessionCommand, SessionRecord, SessionStore } from '@authcore/core/ports'
import { MINUTE, SECOND, START, sessionRecord } from '../fixtures.js'

/** The grace time of all rotations in these tests. */
export const GRACE_SECONDS = 10

/** The refresh token of a generation is `hash-<generation>`. */
export function rotation(
  generation: number,
  fields: Partial<RotateSessionCommand> = {},
): RotateSessionCommand {
  const now = fields.now ?? START + SECOND
  return {
    id: 'session-1',
    presentedHash: `hash-${generation}`,
    presentedGeneration: generation,
    successorHash: `hash-${generation + 1}`,
    sealedSuccessor: `sealed-${generation + 1}`,
    now,
    idleExpiresAt: now + MINUTE,
    graceSeconds: GRACE_SECONDS,
    ...fields,
  }
}

/** Ends `session-1` a moment after it began. */
export const REVOKE: { readonly id: string; readonly reason: 'revoked'; readonly now: number } = {
  id: 'session-1',
  reason: 'revoked',
  now: START + 5,
}

export async function insertSession(
  store: SessionStore,
  fields: Partial<SessionRecord> = {},
): Promise<SessionRecord> {
  const session = sessionRecord(fields)
  await store.insert({ session, now: session.createdAt })
  return session
}
