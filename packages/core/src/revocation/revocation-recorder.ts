import type { Context } from '../context.js'
import type { RevocationEntry, RevocationKind, RevocationMark } from '../ports/revocation-store.js'
import { isRefusedBy, type RevocationCheck, type RevocationQuestion } from './revocation-check.js'

/** Writes revocations, and reads them without any staleness. */
export interface RevocationRecorder {
  /** Refuses everything that carries one of the marks, from now on. One store call. @throws StoreError */
  record(marks: readonly RevocationMark[]): Promise<void>
  /** Asks the store, whatever staleness verification is allowed. @throws StoreError */
  isRevokedNow(question: RevocationQuestion): Promise<boolean>
}

/** Creates the one place that writes revocations. */
export function createRevocationRecorder(context: Context, check: RevocationCheck): RevocationRecorder {
  const { settings, stores, instants, emit } = context
  return {
    async record(marks) {
      const revokedAt = instants.revoking()
      const entries = marks.map(
        (mark): RevocationEntry => ({
          ...mark,
          revokedAt,
          expiresAt: revokedAt + memorySeconds(mark.kind, context) * 1000,
        }),
      )
      await stores.revocations.revoke({ entries, now: settings.clock() })
      check.remember(entries)
      for (const { kind, id } of marks) emit('revocation.recorded', { kind, id, revokedAt })
    },
    async isRevokedNow({ marks, issuedAt }) {
      const found = await stores.revocations.find({ marks, now: settings.clock() })
      return marks.some((mark, index) => isRefusedBy(mark, found[index], issuedAt))
    },
  }
}

/** For how long something with that mark can still be presented; a minute more for clocks that differ. */
function memorySeconds(kind: RevocationKind, { settings }: Context): number {
  const { accessToken, session } = settings
  const tokenSeconds = accessToken.ttlSeconds + accessToken.clockToleranceSeconds + 60
  switch (kind) {
    case 'token':
    case 'session':
    case 'signing_key':
      return tokenSeconds
    // a session that was being started meanwhile must not refresh itself past the mark
    case 'subject':
    case 'client':
      return Math.max(tokenSeconds, session.absoluteSeconds + 60)
  }
}
