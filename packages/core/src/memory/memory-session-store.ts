import {
  assertCounts,
  assertInstants,
  assertObjects,
  assertOptionalInstants,
  assertOptionalStrings,
  assertStringLists,
  assertStrings,
} from '../ports/assert-arguments.js'
import type {
  RotateSessionCommand,
  RotateSessionOutcome,
  SessionRecord,
  SessionRevocationReason,
  SessionStore,
} from '../ports/session-store.js'
import { ExpiringMap } from './expiring-map.js'
import { freezeRecord } from './freeze-record.js'
import { type MemoryStoreOptions, parseMaxEntries } from './max-entries.js'
import { NewestFirstIndex } from './newest-first-index.js'

/** What the revocation store sees of the sessions beside it. */
export interface EndedSessions {
  /** When the session was ended; `undefined` for one that is live, unknown or past its absolute expiry. */
  findRevokedAt(id: string, now: number): number | undefined
}

/**
 * Keeps sessions in the memory of one process.
 * An ended session stays until its absolute expiry, so that its tokens are recognised until then.
 */
export class MemorySessionStore implements SessionStore, EndedSessions {
  readonly #sessions: ExpiringMap<SessionRecord>
  // apart, so that listing the live ones does not walk over all that a subject ever ended
  readonly #live = new NewestFirstIndex()
  readonly #ended = new NewestFirstIndex()
  // what every verification asks: a look at few ids instead of one record out of all
  readonly #endedIds = new Set<string>()

  /** @throws {ConfigError} `config_invalid` when `maxEntries` is not a positive integer */
  constructor(options: MemoryStoreOptions = {}) {
    this.#sessions = new ExpiringMap({
      maxEntries: parseMaxEntries(options),
      onDelete: session => {
        this.#indexOf(session).delete(session.subject, session)
        this.#endedIds.delete(session.id)
      },
    })
  }

  async insert({ session, now }: { readonly session: SessionRecord; readonly now: number }): Promise<void> {
    const record = freezeRecord<SessionRecord>(session)
    assertSession(record)
    assertInstants({ now })
    const expiresAt = toExpiresAt(record)
    if (now >= expiresAt || this.#sessions.find(record.id, now) !== undefined) return
    this.#sessions.set(record.id, record, expiresAt, now)
    this.#indexOf(record).add(record.subject, record)
    if (record.revokedAt !== undefined) this.#endedIds.add(record.id)
  }

  async find({ id, now }: { readonly id: string; readonly now: number }): Promise<SessionRecord | undefined> {
    assertStrings({ id })
    assertInstants({ now })
    const session = this.#sessions.find(id, now)
    return session === undefined || now >= session.idleExpiresAt ? undefined : session
  }

  async rotate(command: RotateSessionCommand): Promise<RotateSessionOutcome> {
    const { id, presentedHash, presentedGeneration, successorHash, sealedSuccessor } = command
    const { now, idleExpiresAt, graceSeconds } = command
    assertStrings({ id, presentedHash, successorHash, sealedSuccessor })
    assertCounts({ presentedGeneration })
    assertInstants({ now, idleExpiresAt })
    if (!(Number.isFinite(graceSeconds) && graceSeconds >= 0)) {
      throw new TypeError('graceSeconds must be a number of 0 or more.')
    }

    const session = this.#sessions.findStored(id)
    if (session === undefined) return { outcome: 'not_found' }
    if (now >= session.absoluteExpiresAt) return { outcome: 'expired' }
    if (session.revokedAt !== undefined) return { outcome: 'revoked', session }
    if (now >= session.idleExpiresAt) return { outcome: 'expired' }

    if (presentedHash === session.currentHash) {
      const rotated = this.#replace({
        ...session,
        generation: session.generation + 1,
        currentHash: successorHash,
        sealedSuccessor,
        rotatedAt: now,
        lastUsedAt: now,
        idleExpiresAt: Math.min(idleExpiresAt, session.absoluteExpiresAt),
      })
      return { outcome: 'rotated', session: rotated }
    }
    if (
      session.sealedSuccessor !== undefined &&
      session.rotatedAt !== undefined &&
      presentedGeneration + 1 === session.generation &&
      now < session.rotatedAt + graceSeconds * 1000
    ) {
      return { outcome: 'replayed', session, sealedSuccessor: session.sealedSuccessor }
    }
    return { outcome: 'reused', session: this.#end(session, 'refresh_token_reused', now) }
  }

  async revoke({
    id,
    reason,
    now,
    subject,
  }: {
    readonly id: string
    readonly reason: SessionRevocationReason
    readonly now: number
    readonly subject?: string
  }): Promise<{ readonly found: boolean }> {
    assertStrings({ id, reason })
    assertOptionalStrings({ subject })
    assertInstants({ now })
    const session = this.#sessions.find(id, now)
    if (session === undefined || (subject !== undefined && session.subject !== subject)) {
      return { found: false }
    }
    this.#end(session, reason, now)
    return { found: true }
  }

  async revokeAll({
    subject,
    exceptId,
    reason,
    now,
  }: {
    readonly subject: string
    readonly exceptId?: string
    readonly reason: SessionRevocationReason
    readonly now: number
  }): Promise<{ readonly ids: readonly string[] }> {
    assertStrings({ subject, reason })
    assertOptionalStrings({ exceptId })
    assertInstants({ now })
    for (const session of [...this.#ofSubject(this.#live, subject, now)]) {
      if (session.id !== exceptId) this.#end(session, reason, now)
    }
    const ids = Array.from(this.#ofSubject(this.#ended, subject, now), ({ id }) => id)
    return { ids }
  }

  async list({
    subject,
    now,
    limit,
  }: {
    readonly subject: string
    readonly now: number
    readonly limit: number
  }): Promise<readonly SessionRecord[]> {
    assertStrings({ subject })
    assertInstants({ now })
    assertCounts({ limit })
    const sessions: SessionRecord[] = []
    if (limit === 0) return sessions
    for (const session of this.#ofSubject(this.#live, subject, now)) {
      if (sessions.push(session) === limit) break
    }
    return sessions
  }

  async sweep({
    now,
    limit,
  }: {
    readonly now: number
    readonly limit: number
  }): Promise<{ readonly removed: number }> {
    assertInstants({ now })
    assertCounts({ limit })
    return { removed: this.#sessions.sweep(now, limit) }
  }

  /** When the session was ended; for the revocation store in the same memory. */
  findRevokedAt(id: string, now: number): number | undefined {
    return this.#endedIds.has(id) ? this.#sessions.find(id, now)?.revokedAt : undefined
  }

  *#ofSubject(index: NewestFirstIndex, subject: string, now: number): Generator<SessionRecord> {
    for (const id of index.ids(subject)) {
      const session = this.#sessions.find(id, now)
      if (session !== undefined) yield session
    }
  }

  #indexOf({ revokedAt }: SessionRecord): NewestFirstIndex {
    return revokedAt === undefined ? this.#live : this.#ended
  }

  #end(session: SessionRecord, reason: SessionRevocationReason, now: number): SessionRecord {
    if (session.revokedAt !== undefined) return session
    this.#live.delete(session.subject, session)
    this.#ended.add(session.subject, session)
    this.#endedIds.add(session.id)
    return this.#replace({ ...session, revokedAt: now, revocationReason: reason })
  }

  #replace(session: SessionRecord): SessionRecord {
    // what is nested comes from the stored record and is frozen already
    const record = Object.freeze(session)
    this.#sessions.replace(record.id, record, toExpiresAt(record))
    return record
  }
}

function toExpiresAt({ idleExpiresAt, absoluteExpiresAt, revokedAt }: SessionRecord): number {
  return revokedAt === undefined ? Math.min(idleExpiresAt, absoluteExpiresAt) : absoluteExpiresAt
}

function assertSession(session: SessionRecord): void {
  const { id, subject, currentHash, clientId, acr, label, sealedSuccessor, revocationReason } = session
  const { createdAt, authenticatedAt, lastUsedAt, idleExpiresAt, absoluteExpiresAt } = session
  assertStrings({ id, subject, currentHash })
  assertOptionalStrings({ clientId, acr, label, sealedSuccessor, revocationReason })
  assertStringLists({ scope: session.scope, roles: session.roles, amr: session.amr })
  assertObjects({ claims: session.claims })
  assertInstants({ createdAt, authenticatedAt, lastUsedAt, idleExpiresAt, absoluteExpiresAt })
  assertOptionalInstants({ rotatedAt: session.rotatedAt, revokedAt: session.revokedAt })
  assertCounts({ generation: session.generation })
}
