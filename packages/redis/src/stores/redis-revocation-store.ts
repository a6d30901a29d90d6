import type { RevocationEntry, RevocationKind, RevocationMark, RevocationStore } from '@authcore/core/ports'
import {
  assertCounts,
  assertInstants,
  assertLists,
  assertObjects,
  assertStrings,
} from '../arguments/assert-arguments.js'
import type { RedisConnection } from '../client/redis-connection.js'
import { damaged, parseNumber, toList, toTexts } from '../records/stored-fields.js'
import { FIND_ENDED_SESSION, FIND_MARKS, REVOKE_MARKS } from '../scripts/revocation-scripts.js'
import { mapInBatches } from './collect.js'

// a record, so that a kind that is added to the port does not compile until it stands here
const KINDS: Readonly<Record<RevocationKind, true>> = {
  token: true,
  session: true,
  subject: true,
  client: true,
  signing_key: true,
}

/**
 * Keeps revocations in Redis. The mark of a session stands in the slot of the session, and looking for it looks at
 * the session as well: one that ended counts as revoked at once.
 */
export class RedisRevocationStore implements RevocationStore {
  readonly #redis: RedisConnection

  /** @param redis what {@link connectRedis} returns */
  constructor(redis: RedisConnection) {
    this.#redis = redis
  }

  async revoke({
    entries,
    now,
  }: {
    readonly entries: readonly RevocationEntry[]
    readonly now: number
  }): Promise<void> {
    assertInstants({ now })
    assertLists({ entries })
    for (const entry of entries) assertEntry(entry)
    if (entries.length === 0) return
    const { keys, isCluster, expiryMargin } = this.#redis
    const revoke = (some: readonly RevocationEntry[]) =>
      this.#redis.run(
        REVOKE_MARKS,
        some.map(({ kind, id }) => keys.revocation(kind, id)),
        [
          String(now),
          expiryMargin,
          ...some.flatMap(({ revokedAt, expiresAt }) => [String(revokedAt), String(expiresAt)]),
        ],
      )
    if (isCluster) await mapInBatches(entries, entry => revoke([entry]))
    else await revoke(entries)
  }

  async find({
    marks,
    now,
  }: {
    readonly marks: readonly RevocationMark[]
    readonly now: number
  }): Promise<readonly (number | undefined)[]> {
    assertInstants({ now })
    assertLists({ marks })
    for (const mark of marks) assertMark(mark)
    if (marks.length === 0) return []
    if (this.#redis.isCluster) return Promise.all(marks.map(mark => this.#findInCluster(mark, now)))
    const { keys } = this.#redis
    const named = marks.flatMap(({ kind, id }) => [
      keys.revocation(kind, id),
      ...(kind === 'session' ? [keys.session(id)] : []),
    ])
    const flags = marks.map(({ kind }) => (kind === 'session' ? '1' : '0'))
    const replies = toList(await this.#redis.run(FIND_MARKS, named, flags))
    if (replies.length !== marks.length) throw damaged('the answer for a mark')
    return replies.map(reply => toRevokedAt(reply, now))
  }

  /** Redis deletes by itself what has expired. */
  async sweep({ now, limit }: { readonly now: number; readonly limit: number }): Promise<{
    readonly removed: number
  }> {
    assertInstants({ now })
    assertCounts({ limit })
    return { removed: 0 }
  }

  /**
   * Every mark is asked for by a command of its own, all at once, and so is the session: two keys of which one is
   * missing cannot be asked for together while their slot moves to another node.
   */
  async #findInCluster({ kind, id }: RevocationMark, now: number): Promise<number | undefined> {
    const { keys } = this.#redis
    const [marks, session] = await Promise.all([
      this.#redis.run(FIND_MARKS, [keys.revocation(kind, id)], ['0']),
      kind === 'session' ? this.#redis.run(FIND_ENDED_SESSION, [keys.session(id)], []) : ['', ''],
    ])
    const [mark] = toTexts(toList(marks)[0])
    return toRevokedAt([mark, ...toTexts(session)], now)
  }
}

/** The later instant of the mark and of the session that ended, each as long as it counts. */
function toRevokedAt(reply: unknown, now: number): number | undefined {
  const [mark = '', endedAt = '', absoluteExpiresAt = ''] = toTexts(reply)
  const marked = mark === '' ? undefined : readMark(mark, now)
  const ended =
    endedAt !== '' && now < parseNumber(absoluteExpiresAt, 'absoluteExpiresAt')
      ? parseNumber(endedAt, 'revokedAt')
      : undefined
  return marked === undefined || ended === undefined ? (marked ?? ended) : Math.max(marked, ended)
}

function readMark(mark: string, now: number): number | undefined {
  const [revokedAt = '', expiresAt = '', ...rest] = mark.split(' ')
  if (rest.length > 0) throw damaged('a mark')
  const since = parseNumber(revokedAt, 'a mark')
  return now < parseNumber(expiresAt, 'a mark') ? since : undefined
}

function assertEntry(entry: RevocationEntry): void {
  assertMark(entry)
  assertInstants({ revokedAt: entry.revokedAt, expiresAt: entry.expiresAt })
}

function assertMark(mark: RevocationMark): void {
  assertObjects({ mark })
  const { kind, id } = mark
  assertStrings({ kind, id })
  if (!Object.hasOwn(KINDS, kind)) throw new TypeError('kind must be one of the kinds that can be revoked.')
}
