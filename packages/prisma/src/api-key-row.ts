import { type ApiKeyRateLimit, type ApiKeyRecord, isRateLimit } from '@authcore/core/ports'
import {
  checkKey,
  checkRecord,
  expected,
  instant,
  integer,
  jsonObject,
  optionalCount,
  optionalInstant,
  optionalText,
  stringList,
  text,
  toInstant,
} from './parameters.js'
import {
  damaged,
  type Row,
  readInteger,
  readJsonObject,
  readOptionalCount,
  readOptionalInteger,
  readOptionalJsonObject,
  readOptionalText,
  readStringList,
  readText,
  toRecord,
} from './row.js'
import { type Sql, sql } from './sql.js'

/** What is read of a table that stands as `api_key` in the statement. */
export const API_KEY_COLUMNS: Sql = sql`
  api_key.id, api_key.owner_id, api_key.name, api_key.environment, api_key.hash, api_key.secret_id,
  api_key.scope::text AS scope, api_key.metadata::text AS metadata, api_key.lineage_id, api_key.successor_id,
  api_key.created_at, api_key.not_before_at, api_key.expires_at, api_key.disabled_at, api_key.revoked_at,
  api_key.last_used_at, api_key.remaining_uses, api_key.rate_limit::text AS rate_limit`

/** An API key on its way into the database. */
export interface ApiKeyInsert {
  readonly columns: Sql
  readonly values: Sql
  readonly expiresAt: number
}

/**
 * Checks an API key and binds its fields.
 * @throws {TypeError} when a field is not of its type
 */
export function toApiKeyInsert(record: ApiKeyRecord): ApiKeyInsert {
  // a copy, so that each field is read once
  const apiKey = { ...checkRecord(record, 'apiKey') }
  checkKey({ id: apiKey.id })
  checkKey({ ownerId: apiKey.ownerId })
  const isLasting = apiKey.expiresAt === undefined
  const expiresAt = isLasting ? Number.POSITIVE_INFINITY : toInstant(apiKey.expiresAt, 'expiresAt')
  return {
    expiresAt,
    columns: sql`
      id, owner_id, name, environment, hash, secret_id, scope, metadata, lineage_id, successor_id, created_at,
      not_before_at, expires_at, disabled_at, revoked_at, last_used_at, remaining_uses, rate_limit`,
    values: sql`
      ${text(apiKey.id, 'id')}, ${text(apiKey.ownerId, 'ownerId')}, ${text(apiKey.name, 'name')},
      ${text(apiKey.environment, 'environment')}, ${text(apiKey.hash, 'hash')}, ${text(apiKey.secretId, 'secretId')},
      ${stringList(apiKey.scope, 'scope')}, ${jsonObject(apiKey.metadata, 'metadata')},
      ${text(apiKey.lineageId, 'lineageId')}, ${optionalText(apiKey.successorId, 'successorId')},
      ${instant(apiKey.createdAt, 'createdAt')}, ${optionalInstant(apiKey.notBeforeAt, 'notBeforeAt')},
      ${isLasting ? sql`NULL::bigint` : integer(expiresAt)}, ${optionalInstant(apiKey.disabledAt, 'disabledAt')},
      ${optionalInstant(apiKey.revokedAt, 'revokedAt')}, ${optionalInstant(apiKey.lastUsedAt, 'lastUsedAt')},
      ${optionalCount(apiKey.remainingUses, 'remainingUses')}, ${toRateLimit(apiKey.rateLimit)}`,
  }
}

/** @throws {Error} when the row does not hold what was written */
export function readApiKey(row: Row): ApiKeyRecord {
  return toRecord<ApiKeyRecord>({
    id: readText(row, 'id'),
    ownerId: readText(row, 'owner_id'),
    name: readText(row, 'name'),
    environment: readText(row, 'environment'),
    hash: readText(row, 'hash'),
    secretId: readText(row, 'secret_id'),
    scope: readStringList(row, 'scope'),
    metadata: readJsonObject(row, 'metadata'),
    lineageId: readText(row, 'lineage_id'),
    successorId: readOptionalText(row, 'successor_id'),
    createdAt: readInteger(row, 'created_at'),
    notBeforeAt: readOptionalInteger(row, 'not_before_at'),
    expiresAt: readOptionalInteger(row, 'expires_at'),
    disabledAt: readOptionalInteger(row, 'disabled_at'),
    revokedAt: readOptionalInteger(row, 'revoked_at'),
    lastUsedAt: readOptionalInteger(row, 'last_used_at'),
    remainingUses: readOptionalCount(row, 'remaining_uses'),
    rateLimit: readRateLimit(row),
  })
}

/** @throws {TypeError} when the value is neither a limit and a window of positive integers nor `undefined` */
export function toRateLimit(value: unknown): Sql {
  if (value === undefined) return sql`NULL::json`
  if (!isRateLimit(value)) throw expected('rateLimit', 'a limit and a window of positive integers')
  return jsonObject({ limit: value.limit, windowSeconds: value.windowSeconds }, 'rateLimit')
}

function readRateLimit(row: Row): ApiKeyRateLimit | undefined {
  const value = readOptionalJsonObject(row, 'rate_limit')
  if (value === undefined) return undefined
  return isRateLimit(value) ? Object.freeze(value) : damaged('rate_limit')
}
