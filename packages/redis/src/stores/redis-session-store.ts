import type {
  RotateSessionCommand,
  RotateSessionOutcome,
  SessionRecord,
  SessionRevocationReason,
  SessionStore,
} from '@authcore/core/ports'
import { assertCounts, assertInstants, assertOptionalStrings, assertStrings } from '@authcore/core/ports'
import type { RedisConnection } from '../client/redis-connection.js'
import { decodeKeyText, encodeKeyText } from '../records/key-text.js'
import { assertReason, readSession, toSessionArguments, toSessionExpiry } from '../records/session-fields.js'
import { damaged, toList, toStoredFields, toTexts } from '../records/stored-fields.js'
import {
  FIND_SESSION,
  INSERT_NAMED_SESSION,
  INSERT_SESSION,
  LIST_NAMED_SESSIONS,
  LIST_SESSIONS,
  LIST_UNEXPIRED_SESSIONS,
  NAME_SESSION,
  REVOKE_SESSION,
  REVOKE_SUBJECT,
  ROTATE_SESSION,
} from '../scripts/session-scripts.js'
import { collectNewest, mapInBatches, newestFirst } from './collect.js'

/**
 * Keeps sessions in Redis. A session is one hash, found by its id alone; the index of its subject names ids.
 * In a cluster, where the two stand in different slots, the index is written first and read first, so it always names
 * at least what there is.
 */
export class RedisSessionStore implements SessionStore {
  readonly #redis: RedisConnection

  /** @param redis what {@link connectRedis} returns */
  constructor(redis: RedisConnection) {
    this.#redis = redis
  }

  async insert({ session, now }: { readonly session: SessionRecord; readonly now: number }): Promise<void> {
    const fields = toSessionArguments(session)
    assertInstants({ now })
    const expiresAt = toSessionExpiry(session)
    if (now >= expiresAt) return
    const { keys, isCluster } = this.#redis
    const key = keys.session(session.id)
    const { created, expiry } = keys.subject(session.subject)
    const time = this.#time(now)
    const inIndex = [encodeKeyText(session.id), String(-session.createdAt), String(session.absoluteExpiresAt)]
    if (!isCluster) {
      await this.#redis.run(
        INSERT_SESSION,
        [key, created, expiry],
        [...time, ...inIndex, String(expiresAt), ...fields],
      )
      return
    }
    // the name first: a session that exists without being named would outlive "sign out everywhere"
    await this.#redis.run(NAME_SESSION, [created, expiry], [...time, ...inIndex])
    await this.#redis.run(INSERT_NAMED_SESSION, [key], [...time, String(expiresAt), ...fields])
  }

  async find({ id, now }: { readonly id: string; readonly now: number }): Promise<SessionRecord | undefined> {
    assertStrings({ id })
    assertInstants({ now })
    const session = await this.#findStored(id)
    if (session === undefined || now >= toSessionExpiry(session) || now >= session.idleExpiresAt)
      return undefined
    return session
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
    const reply = await this.#redis.run(
      ROTATE_SESSION,
      [this.#redis.keys.session(id)],
      [
        ...this.#time(now),
        encodeKeyText(presentedHash),
        String(presentedGeneration),
        encodeKeyText(successorHash),
        encodeKeyText(sealedSuccessor),
        String(idleExpiresAt),
        String(graceSeconds * 1000),
      ],
    )
    return toRotateOutcome(reply, id)
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
    assertStrings({ id })
    assertReason(reason)
    assertOptionalStrings({ subject })
    assertInstants({ now })
    return { found: await this.#end(id, reason, now, subject) }
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
    assertStrings({ subject })
    assertReason(reason)
    assertOptionalStrings({ exceptId })
    assertInstants({ now })
    const { keys, isCluster } = this.#redis
    const { created, expiry } = keys.subject(subject)
    if (isCluster) return { ids: await this.#endNamed(expiry, { subject, exceptId, reason, now }) }
    const members = await this.#redis.run(
      REVOKE_SUBJECT,
      [created, expiry],
      [
        ...this.#time(now),
        keys.suffixLength(created),
        'session:{',
        encodeKeyText(subject),
        exceptId === undefined ? '' : encodeKeyText(exceptId),
        reason,
      ],
    )
    return { ids: toTexts(members).map(toId) }
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
    if (limit === 0) return []
    const { keys, isCluster } = this.#redis
    const { created } = keys.subject(subject)
    if (isCluster) return this.#listNamed(created, { subject, now, limit })
    const reply = await this.#redis.run(
      LIST_SESSIONS,
      [created],
      [...this.#time(now), keys.suffixLength(created), 'session:{', encodeKeyText(subject), String(limit)],
    )
    const listed = toList(reply).map(item => {
      const [member, fields] = toList(item)
      return readSession(toStoredFields(fields), toId(member))
    })
    return listed.sort(newestFirst)
  }

  /** Redis deletes by itself what has expired, and writing to an index deletes what it names too long. */
  async sweep({ now, limit }: { readonly now: number; readonly limit: number }): Promise<{
    readonly removed: number
  }> {
    assertInstants({ now })
    assertCounts({ limit })
    return { removed: 0 }
  }

  async #findStored(id: string): Promise<SessionRecord | undefined> {
    const fields = toStoredFields(await this.#redis.run(FIND_SESSION, [this.#redis.keys.session(id)], []))
    return fields.size === 0 ? undefined : readSession(fields, id)
  }

  async #end(id: string, reason: SessionRevocationReason, now: number, subject?: string): Promise<boolean> {
    const reply = await this.#redis.run(
      REVOKE_SESSION,
      [this.#redis.keys.session(id)],
      [...this.#time(now), reason, subject === undefined ? '' : encodeKeyText(subject)],
    )
    return reply === 1
  }

  /** Each session is ended by a command of its own; all have been when this answers. */
  async #endNamed(
    expiry: string,
    command: {
      readonly subject: string
      readonly exceptId: string | undefined
      readonly reason: SessionRevocationReason
      readonly now: number
    },
  ): Promise<readonly string[]> {
    const { subject, exceptId, reason, now } = command
    const ids = toTexts(await this.#redis.run(LIST_UNEXPIRED_SESSIONS, [expiry], [String(now)])).map(toId)
    const ended = await mapInBatches(ids, async id => {
      if (id !== exceptId) return (await this.#end(id, reason, now, subject)) ? [id] : []
      const spared = await this.#findStored(id)
      const hasEnded = spared?.revokedAt !== undefined && now < spared.absoluteExpiresAt
      return hasEnded && spared.subject === subject ? [id] : []
    })
    return ended.flat()
  }

  #listNamed(
    created: string,
    { subject, now, limit }: { readonly subject: string; readonly now: number; readonly limit: number },
  ): Promise<readonly SessionRecord[]> {
    return collectNewest<SessionRecord>(limit, {
      members: async (first, last) =>
        toTexts(await this.#redis.run(LIST_NAMED_SESSIONS, [created], [String(first), String(last)])),
      find: async member => {
        const session = await this.#findStored(toId(member))
        const isLive =
          session?.subject === subject && session.revokedAt === undefined && now < toSessionExpiry(session)
        return isLive ? session : undefined
      },
    })
  }

  #time(now: number): readonly [string, string] {
    return [String(now), this.#redis.expiryMargin]
  }
}

function toRotateOutcome(reply: unknown, id: string): RotateSessionOutcome {
  const [outcome, fields] = toList(reply)
  if (outcome === 'not_found' || outcome === 'expired') return { outcome }
  const session = readSession(toStoredFields(fields), id)
  switch (outcome) {
    case 'rotated':
    case 'reused':
    case 'revoked':
      return { outcome, session }
    case 'replayed':
      if (session.sealedSuccessor === undefined) throw damaged('sealedSuccessor')
      return { outcome, session, sealedSuccessor: session.sealedSuccessor }
    default:
      throw damaged('an outcome that is not known')
  }
}

function toId(member: unknown): string {
  const id = typeof member === 'string' ? decodeKeyText(member) : undefined
  if (id === undefined) throw damaged('a member of an index')
  return id
}
