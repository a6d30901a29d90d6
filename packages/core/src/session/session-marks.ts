import type { RevocationMark } from '../ports/revocation-store.js'
import type { RefreshGrant } from './refresh-token.js'

/** Every mark that could refuse a session and what it issues. */
export function toSessionMarks(
  sessionId: string,
  grant: Pick<RefreshGrant, 'subject' | 'clientId'>,
): readonly RevocationMark[] {
  return [
    { kind: 'session', id: sessionId },
    { kind: 'subject', id: grant.subject },
    ...(grant.clientId === undefined ? [] : [{ kind: 'client', id: grant.clientId } as const]),
  ]
}
