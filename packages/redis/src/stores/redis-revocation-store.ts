import type { RevocationEntry, RevocationKind, RevocationMark, RevocationStore } from '@authcore/core/ports'
import { assertCounts, assertInstants, assertLists, assertObjects, assertStrings } from '@authcore/core/ports'
import type { RedisConnection } from '../client/redis-connection.js'
import { damaged, parseNumber, toTexts } from '../records/stored-fields.js'
import { FIND_MARKS, REVOKE_MARKS } from '../scripts/revocation-scripts.js'
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
    // in a cluster each mark is asked for in its own slot, all at once
    if (!this.#redis.isCluster) return this.#findTogether(marks, now)
    return (await Promise.all(marks.map(mark => this.#findApart(mark, now)))).flat()
  }

  /** Redis deletes by itself what has expired. */
  async sweep({ now, limit }: { readonly now: number; readonly limit: number }): Promise<{
    readonly removed: number
  }> {
    assertInstants({ now })
    assertCounts({ limit })
    return { removed: 0 }
  }

  async #findTogether(
    marks: readonly RevocationMark[],
    now: number,
  ): Promise<readonly (number | undefined)[]> {
    const sessions = marks.filter(({ kind }) => kind === 'session')
    const found = await this.#ask(marks, sessions)
    const ended = sessions.map((_, index) =>
      found.slice(marks.length + index * 2, marks.length + index * 2 + 2),
    )
    return marks.map(({ kind }, index) =>
      toRevokedAt(now, found[index], kind === 'session' ? ended.shift() : []),
    )
  }

  /** The mark of a session and the session apart: while their slot moves, two keys cannot be asked for together. */
  async #findApart(mark: RevocationMark, now: number): Promise<readonly (number | undefined)[]> {
    const [[marked], ended] = await Promise.all([
      this.#ask([mark], []),
      mark.kind === 'session' ? this.#ask([], [mark]) : [],
    ])
    return [toRevokedAt(now, marked, ended)]
  }

  async #ask(
    marks: readonly RevocationMark[],
    sessions: readonly RevocationMark[],
  ): Promise<readonly string[]> {
    const { keys } = this.#redis
    const named = [
      ...marks.map(({ kind, id }) => keys.revocation(kind, id)),
      ...sessions.map(({ id }) => keys.session(id)),
    ]
    const found = toTexts(await this.#redis.run(FIND_MARKS, named, [String(marks.length)]))
    if (found.length !== marks.length + sessions.length * 2) throw damaged('the answer for a mark')
    return found
  }
}

/** The later instant of a mark and of the session that ended, each as long as it counts. */
function toRevokedAt(
  now: number,
  mark = '',
  [endedAt = '', absoluteExpiresAt = '']: readonly string[] = [],
): number | undefined {
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
