import type { RevocationEntry, RevocationKind, RevocationMark, RevocationStore } from '@authcore/core/ports'
import { checkKey, checkString, expected, instant, json, toInstant } from './parameters.js'
import type { PrismaClientSubset } from './prisma-client.js'
import { readCount, readOptionalInteger } from './row.js'
import { runStatement } from './run-statement.js'
import { sql } from './sql.js'
import { sweepExpired } from './sweep-expired.js'
import { encodeText } from './text-encoding.js'

interface StoredMark {
  readonly kind: string
  readonly id: string
}

interface StoredEntry extends StoredMark {
  readonly revoked_at: number
  readonly expires_at: number
  /** Also of the entries that had expired before they came: it counts for what is held already. */
  readonly latest_revoked_at: number
}

// a record, so that a kind that is added to the port does not compile until it stands here
const KINDS: Readonly<Record<RevocationKind, true>> = {
  token: true,
  session: true,
  subject: true,
  client: true,
  signing_key: true,
}

/** Keeps revocations in PostgreSQL, and sees the sessions beside it: one that has ended counts as revoked at once. */
export class PrismaRevocationStore implements RevocationStore {
  readonly #client: PrismaClientSubset

  constructor(client: PrismaClientSubset) {
    this.#client = client
  }

  async revoke({
    entries,
    now,
  }: {
    readonly entries: readonly RevocationEntry[]
    readonly now: number
  }): Promise<void> {
    const at = instant(now, 'now')
    const merged = mergeEntries(entries, toInstant(now, 'now'))
    if (merged.length === 0) return
    // one that has expired before it came is worth nothing, unless it says more of one that is held
    const statement = sql`
      WITH entry AS (
        SELECT * FROM json_to_recordset(${json(merged)})
          AS entry (kind text, id text, revoked_at bigint, expires_at bigint, latest_revoked_at bigint)
      )
      INSERT INTO authcore_revocation AS held (kind, id, revoked_at, expires_at)
      SELECT kind, id, revoked_at, expires_at FROM entry
      WHERE expires_at > ${at} OR EXISTS (
        SELECT FROM authcore_revocation AS known
        WHERE known.kind = entry.kind AND known.id = entry.id AND known.expires_at > ${at})
      ORDER BY kind, id
      ON CONFLICT (kind, id) DO UPDATE SET
        revoked_at = CASE WHEN held.expires_at > ${at}
          THEN GREATEST(held.revoked_at, (
            SELECT entry.latest_revoked_at FROM entry WHERE entry.kind = held.kind AND entry.id = held.id))
          ELSE excluded.revoked_at END,
        expires_at = CASE WHEN held.expires_at > ${at}
          THEN GREATEST(held.expires_at, excluded.expires_at) ELSE excluded.expires_at END`
    await runStatement(this.#client, statement, { isRepeatable: true })
  }

  async find({
    marks,
    now,
  }: {
    readonly marks: readonly RevocationMark[]
    readonly now: number
  }): Promise<readonly (number | undefined)[]> {
    const at = instant(now, 'now')
    if (!Array.isArray(marks)) throw expected('marks', 'an array')
    const asked = Array.from(marks, (mark, position) => ({ ...toStoredMark(mark), position }))
    if (asked.length === 0) return []
    // subqueries and not joins: one look into an index for each mark, however few or many rows there are
    const statement = sql`
      SELECT position, GREATEST(
        (SELECT revoked_at FROM authcore_revocation AS entry
          WHERE entry.kind = mark.kind AND entry.id = mark.id AND entry.expires_at > ${at}),
        CASE WHEN mark.kind = 'session' THEN (
          SELECT revoked_at FROM authcore_session AS session
          WHERE session.id = mark.id AND session.absolute_expires_at > ${at}) END) AS revoked_at
      FROM json_to_recordset(${json(asked)}) AS mark (position bigint, kind text, id text)`
    const rows = await runStatement(this.#client, statement, { isRepeatable: true })
    const found = new Map(
      rows.map(row => [readCount(row, 'position'), readOptionalInteger(row, 'revoked_at')]),
    )
    return asked.map(({ position }) => found.get(position))
  }

  async sweep(command: {
    readonly now: number
    readonly limit: number
  }): Promise<{ readonly removed: number }> {
    return sweepExpired(this.#client, sql`authcore_revocation`, command)
  }
}

/** One entry of each thing, as if they came one after the other: a statement cannot write one row twice. */
function mergeEntries(entries: readonly RevocationEntry[], now: number): readonly StoredEntry[] {
  if (!Array.isArray(entries)) throw expected('entries', 'an array')
  const merged = new Map<string, StoredEntry>()
  for (const entry of entries) {
    const added = toStoredEntry(entry)
    // no kind holds a colon, so two marks never share a key
    const key = `${added.kind}:${added.id}`
    const earlier = merged.get(key)
    merged.set(key, earlier === undefined ? added : mergeEntry(earlier, added, now))
  }
  return [...merged.values()]
}

function mergeEntry(earlier: StoredEntry, added: StoredEntry, now: number): StoredEntry {
  const latest_revoked_at = Math.max(earlier.latest_revoked_at, added.revoked_at)
  if (earlier.expires_at <= now) return { ...added, latest_revoked_at }
  return {
    ...added,
    revoked_at: Math.max(earlier.revoked_at, added.revoked_at),
    expires_at: Math.max(earlier.expires_at, added.expires_at),
    latest_revoked_at,
  }
}

function toStoredEntry(entry: RevocationEntry): StoredEntry {
  const mark = toStoredMark(entry)
  checkKey({ id: entry.id })
  const revoked_at = toInstant(entry.revokedAt, 'revokedAt')
  const expires_at = toInstant(entry.expiresAt, 'expiresAt')
  return { ...mark, revoked_at, expires_at, latest_revoked_at: revoked_at }
}

function toStoredMark(mark: RevocationMark): StoredMark {
  if (typeof mark !== 'object' || mark === null) throw expected('mark', 'an object')
  const kind = checkString(mark.kind, 'kind')
  if (!Object.hasOwn(KINDS, kind)) throw expected('kind', 'one of the kinds that can be revoked')
  return { kind, id: encodeText(checkString(mark.id, 'id')) }
}
