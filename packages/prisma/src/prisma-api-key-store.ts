import type {
  ApiKeyPatch,
  ApiKeyRecord,
  ApiKeyStore,
  ConsumeApiKeyUseOutcome,
  RotateApiKeyCommand,
  RotateApiKeyOutcome,
} from '@authcore/core/ports'
import { API_KEY_COLUMNS, readApiKey, toApiKeyInsert, toRateLimit } from './api-key-row.js'
import {
  checkKey,
  checkRecord,
  checkString,
  count,
  expected,
  instant,
  json,
  jsonObject,
  optionalInstant,
  optionalText,
  stringList,
  text,
  toInstant,
} from './parameters.js'
import type { PrismaClientSubset } from './prisma-client.js'
import { type Row, readCount, readWord } from './row.js'
import { runStatement } from './run-statement.js'
import { type Sql, sql } from './sql.js'
import { sweepExpired } from './sweep-expired.js'
import { encodeText } from './text-encoding.js'

const ROTATE_OUTCOMES = [
  'rotated',
  'repeated',
  'already_rotated',
  'scope_exceeded',
  'revoked',
  'not_found',
] as const

/** Keeps API keys in PostgreSQL. */
export class PrismaApiKeyStore implements ApiKeyStore {
  readonly #client: PrismaClientSubset

  constructor(client: PrismaClientSubset) {
    this.#client = client
  }

  async insert({ apiKey, now }: { readonly apiKey: ApiKeyRecord; readonly now: number }): Promise<void> {
    const { columns, values, expiresAt } = toApiKeyInsert(apiKey)
    const at = instant(now, 'now')
    if (toInstant(now, 'now') >= expiresAt) return
    const statement = sql`
      INSERT INTO authcore_api_key AS stored (${columns}) VALUES (${values})
      ON CONFLICT (id) DO UPDATE SET (${columns}) = (
        excluded.id, excluded.owner_id, excluded.name, excluded.environment, excluded.hash, excluded.secret_id,
        excluded.scope, excluded.metadata, excluded.lineage_id, excluded.successor_id, excluded.created_at,
        excluded.not_before_at, excluded.expires_at, excluded.disabled_at, excluded.revoked_at,
        excluded.last_used_at, excluded.remaining_uses, excluded.rate_limit)
      WHERE stored.expires_at <= ${at}`
    await runStatement(this.#client, statement, { isRepeatable: true })
  }

  async find({ id, now }: { readonly id: string; readonly now: number }): Promise<ApiKeyRecord | undefined> {
    const statement = sql`
      SELECT ${API_KEY_COLUMNS} FROM authcore_api_key AS api_key
      WHERE id = ${text(id, 'id')} AND ${isUnexpired(instant(now, 'now'))}`
    const [row] = await runStatement(this.#client, statement, { isRepeatable: true })
    return row && readApiKey(row)
  }

  async consumeUse({
    id,
    now,
  }: {
    readonly id: string
    readonly now: number
  }): Promise<ConsumeApiKeyUseOutcome> {
    const at = instant(now, 'now')
    // judged when the lock is held, so that whoever comes late sees what is left
    const statement = sql`
      WITH target AS (
        SELECT id, remaining_uses FROM authcore_api_key
        WHERE id = ${text(id, 'id')} AND ${isUnexpired(at)} AND (not_before_at IS NULL OR not_before_at <= ${at})
          AND disabled_at IS NULL AND revoked_at IS NULL AND remaining_uses IS NOT NULL FOR UPDATE
      ), consumed AS (
        UPDATE authcore_api_key AS stored SET remaining_uses = stored.remaining_uses - 1
        FROM target WHERE stored.id = target.id AND target.remaining_uses > 0
        RETURNING stored.remaining_uses
      )
      SELECT 'consumed' AS outcome, remaining_uses FROM consumed
      UNION ALL SELECT 'exhausted' AS outcome, remaining_uses FROM target WHERE remaining_uses = 0`
    const [row] = await runStatement(this.#client, statement, { isRepeatable: false })
    if (row === undefined) return { outcome: 'refused' }
    const outcome = readWord(row, 'outcome', ['consumed', 'exhausted'])
    return outcome === 'consumed' ? { outcome, remainingUses: readCount(row, 'remaining_uses') } : { outcome }
  }

  async rotate(command: RotateApiKeyCommand): Promise<RotateApiKeyOutcome> {
    const statement = toRotateStatement(command)
    const first = readRotation(await runStatement(this.#client, statement, { isRepeatable: false }))
    if (first !== 'successor_unseen') return first
    // it was written while this statement waited for the lock, so only a new one can see it
    const second = readRotation(await runStatement(this.#client, statement, { isRepeatable: false }))
    return second === 'successor_unseen' ? { outcome: 'already_rotated' } : second
  }

  async revoke({
    id,
    now,
    ownerId,
  }: {
    readonly id: string
    readonly now: number
    readonly ownerId?: string
  }): Promise<{ readonly found: boolean }> {
    const at = instant(now, 'now')
    const statement = sql`
      UPDATE authcore_api_key SET revoked_at = COALESCE(revoked_at, ${at})
      WHERE id = ${text(id, 'id')} AND ${isUnexpired(at)} AND ${isOwnedBy(ownerId)}
      RETURNING id`
    const rows = await runStatement(this.#client, statement, { isRepeatable: true })
    return { found: rows.length > 0 }
  }

  async update({
    id,
    patch,
    now,
    ownerId,
  }: {
    readonly id: string
    readonly patch: ApiKeyPatch
    readonly now: number
    readonly ownerId?: string
  }): Promise<ApiKeyRecord | undefined> {
    const at = instant(now, 'now')
    const statement = sql`
      UPDATE authcore_api_key AS api_key SET ${toAssignments(patch, at)}
      WHERE id = ${text(id, 'id')} AND ${isUnexpired(at)} AND revoked_at IS NULL AND ${isOwnedBy(ownerId)}
      RETURNING ${API_KEY_COLUMNS}`
    const [row] = await runStatement(this.#client, statement, { isRepeatable: true })
    return row && readApiKey(row)
  }

  async list({
    ownerId,
    now,
    limit,
  }: {
    readonly ownerId: string
    readonly now: number
    readonly limit: number
  }): Promise<readonly ApiKeyRecord[]> {
    const statement = sql`
      SELECT ${API_KEY_COLUMNS} FROM authcore_api_key AS api_key
      WHERE owner_id = ${text(ownerId, 'ownerId')} AND ${isUnexpired(instant(now, 'now'))}
      ORDER BY created_at DESC, id COLLATE "C" LIMIT ${count(limit, 'limit')}`
    const rows = await runStatement(this.#client, statement, { isRepeatable: true })
    return rows.map(readApiKey)
  }

  async touch({
    uses,
    now,
  }: {
    readonly uses: readonly { readonly id: string; readonly lastUsedAt: number }[]
    readonly now: number
  }): Promise<void> {
    const at = instant(now, 'now')
    const latest = toLatestUses(uses)
    if (latest.length === 0) return
    // locked in one order, so that two batches never wait for each other
    const statement = sql`
      WITH used AS (
        SELECT * FROM json_to_recordset(${json(latest)}) AS used (id text, last_used_at bigint)
      ), target AS (
        SELECT stored.id, used.last_used_at FROM authcore_api_key AS stored JOIN used ON stored.id = used.id
        WHERE (stored.last_used_at IS NULL OR stored.last_used_at < used.last_used_at)
          AND (stored.expires_at IS NULL OR stored.expires_at > ${at})
        ORDER BY stored.id FOR UPDATE OF stored
      )
      UPDATE authcore_api_key AS stored SET last_used_at = GREATEST(stored.last_used_at, target.last_used_at)
      FROM target WHERE stored.id = target.id
      RETURNING stored.id`
    await runStatement(this.#client, statement, { isRepeatable: true })
  }

  async sweep(command: {
    readonly now: number
    readonly limit: number
  }): Promise<{ readonly removed: number }> {
    return sweepExpired(this.#client, sql`authcore_api_key`, command)
  }
}

function isUnexpired(at: Sql): Sql {
  return sql`(expires_at IS NULL OR expires_at > ${at})`
}

function isOwnedBy(ownerId: string | undefined): Sql {
  const owner = optionalText(ownerId, 'ownerId')
  return sql`(${owner} IS NULL OR owner_id = ${owner})`
}

/**
 * Decides on the row as it is once its lock is held. The successor is written first, and the old key only if that
 * succeeded: an id that is in use leaves both as they are.
 */
function toRotateStatement(command: RotateApiKeyCommand): Sql {
  const { id, successor, overlapExpiresAt, now, ownerId, scopeWithin } = command
  const added = checkRecord(successor, 'successor')
  checkKey({ 'successor.id': added.id })
  const at = instant(now, 'now')
  const addedId = text(added.id, 'successor.id')
  const lifetimeEnd = optionalInstant(added.expiresAt, 'successor.expiresAt')
  return sql`
    WITH target AS (
      SELECT stored.*, CASE
        WHEN expires_at <= ${at} THEN 'not_found'
        WHEN revoked_at IS NOT NULL THEN 'revoked'
        WHEN NOT ${isScopeWithin(scopeWithin)} THEN 'scope_exceeded'
        WHEN successor_id IS NULL THEN 'rotated'
        WHEN successor_id = ${addedId} THEN 'repeated'
        ELSE 'already_rotated' END AS outcome
      FROM authcore_api_key AS stored WHERE id = ${text(id, 'id')} AND ${isOwnedBy(ownerId)} FOR UPDATE
    ), added AS (
      INSERT INTO authcore_api_key (
        id, owner_id, name, environment, hash, secret_id, scope, metadata, lineage_id, created_at, not_before_at,
        expires_at, disabled_at, remaining_uses, rate_limit)
      SELECT ${addedId}, owner_id, name, environment, ${text(added.hash, 'successor.hash')},
        ${text(added.secretId, 'successor.secretId')}, scope, metadata, lineage_id, ${at}, not_before_at,
        COALESCE(${lifetimeEnd}, ${at} + expires_at - created_at), disabled_at, remaining_uses,
        rate_limit
      FROM target WHERE outcome = 'rotated'
      ON CONFLICT (id) DO NOTHING
      RETURNING *
    ), replaced AS (
      UPDATE authcore_api_key AS stored SET
        successor_id = added.id,
        expires_at = LEAST(stored.expires_at, ${instant(overlapExpiresAt, 'overlapExpiresAt')}),
        remaining_uses = CASE WHEN stored.remaining_uses IS NULL THEN NULL ELSE 0 END
      FROM target, added WHERE stored.id = target.id
      RETURNING stored.*
    )
    SELECT 'target' AS part, outcome, ${API_KEY_COLUMNS} FROM target AS api_key
    UNION ALL SELECT 'predecessor', 'rotated', ${API_KEY_COLUMNS} FROM replaced AS api_key
    UNION ALL SELECT 'successor', 'rotated', ${API_KEY_COLUMNS} FROM added AS api_key
    UNION ALL SELECT 'successor', 'repeated', ${API_KEY_COLUMNS}
      FROM authcore_api_key AS api_key JOIN target ON target.outcome = 'repeated' AND api_key.id = target.successor_id
      WHERE api_key.expires_at IS NULL OR api_key.expires_at > ${at}`
}

/** Compared as JSON text, which this package alone writes: unlike `jsonb` and text it holds every character. */
function isScopeWithin(scopeWithin: readonly string[] | undefined): Sql {
  if (scopeWithin === undefined) return sql`true`
  return sql`NOT EXISTS (
    SELECT FROM json_array_elements(scope) AS granted (value)
    WHERE granted.value::text NOT IN (
      SELECT bound.value::text FROM json_array_elements(${stringList(scopeWithin, 'scopeWithin')}) AS bound (value)))`
}

function readRotation(rows: readonly Row[]): RotateApiKeyOutcome | 'successor_unseen' {
  const target = rows.find(({ part }) => part === 'target')
  if (target === undefined) return { outcome: 'not_found' }
  const outcome = readWord(target, 'outcome', ROTATE_OUTCOMES)
  if (outcome !== 'rotated' && outcome !== 'repeated') return { outcome }
  const predecessor = rows.find(({ part }) => part === 'predecessor') ?? target
  const successor = rows.find(({ part }) => part === 'successor')
  if (successor !== undefined) {
    return { outcome: 'rotated', predecessor: readApiKey(predecessor), successor: readApiKey(successor) }
  }
  // two random ids never meet; a caller that reuses one would overwrite a key that is in use
  if (outcome === 'rotated') throw new Error('successor.id is in use.')
  return 'successor_unseen'
}

function toAssignments(patch: ApiKeyPatch, at: Sql): Sql {
  const { name, scope, metadata, expiresAt, notBeforeAt, disabled, remainingUses, rateLimit } = {
    ...checkRecord(patch, 'patch'),
  }
  return sql`
    name = COALESCE(${optionalText(name, 'name')}, name),
    scope = ${scope === undefined ? sql`scope` : stringList(scope, 'scope')},
    metadata = ${metadata === undefined ? sql`metadata` : jsonObject(metadata, 'metadata')},
    expires_at = ${toLimit(expiresAt, sql`expires_at`, value => instant(value, 'expiresAt'))},
    not_before_at = ${toLimit(notBeforeAt, sql`not_before_at`, value => instant(value, 'notBeforeAt'))},
    remaining_uses = ${toLimit(remainingUses, sql`remaining_uses`, value => count(value, 'remainingUses'))},
    rate_limit = ${toLimit(rateLimit, sql`rate_limit`, toRateLimit)},
    disabled_at = ${toDisabledAt(disabled, at)}`
}

function toLimit<Limit>(
  change: Limit | null | undefined,
  column: Sql,
  bindChange: (value: Limit) => Sql,
): Sql {
  if (change === undefined) return column
  return change === null ? sql`NULL` : bindChange(change)
}

function toDisabledAt(disabled: unknown, at: Sql): Sql {
  if (disabled === undefined) return sql`disabled_at`
  if (typeof disabled !== 'boolean') throw expected('disabled', 'a boolean')
  return disabled ? sql`COALESCE(disabled_at, ${at})` : sql`NULL`
}

/** One use of each key, the latest: an UPDATE takes any of several rows that match. */
function toLatestUses(
  uses: readonly { readonly id: string; readonly lastUsedAt: number }[],
): readonly { readonly id: string; readonly last_used_at: number }[] {
  if (!Array.isArray(uses)) throw expected('uses', 'an array')
  const latest = new Map<string, number>()
  for (const { id, lastUsedAt } of uses) {
    const key = checkString(id, 'id')
    const usedAt = toInstant(lastUsedAt, 'lastUsedAt')
    latest.set(key, Math.max(usedAt, latest.get(key) ?? usedAt))
  }
  return [...latest].map(([id, last_used_at]) => ({ id: encodeText(id), last_used_at }))
}
