import type { ApiKeyPatch, ApiKeyRecord } from '@authcore/core/ports'
import {
  assertInstants,
  assertObjects,
  assertOptionalCounts,
  assertOptionalInstants,
  assertOptionalRateLimits,
  assertOptionalStrings,
  assertStringLists,
  assertStrings,
  isRateLimit,
} from '@authcore/core/ports'
import { toJsonText } from '../arguments/to-json-text.js'
import { encodeKeyText } from './key-text.js'
import { isJsonObject, isStringList, toArguments, toRecord } from './shapes.js'
import {
  damaged,
  readJson,
  readNumber,
  readOptionalCount,
  readOptionalNumber,
  readOptionalText,
  readText,
  type StoredFields,
} from './stored-fields.js'

/**
 * Writes an API key as the fields of a hash.
 * @throws {TypeError} when a field has another type
 */
export function toApiKeyArguments(apiKey: ApiKeyRecord): readonly string[] {
  assertApiKey(apiKey)
  return toArguments({
    id: encodeKeyText(apiKey.id),
    owner: encodeKeyText(apiKey.ownerId),
    name: encodeKeyText(apiKey.name),
    environment: encodeKeyText(apiKey.environment),
    hash: encodeKeyText(apiKey.hash),
    secretId: encodeKeyText(apiKey.secretId),
    scope: toJsonText(apiKey.scope),
    metadata: toJsonText(apiKey.metadata),
    lineageId: encodeKeyText(apiKey.lineageId),
    successorId: apiKey.successorId === undefined ? undefined : encodeKeyText(apiKey.successorId),
    createdAt: apiKey.createdAt,
    notBeforeAt: apiKey.notBeforeAt,
    expiresAt: apiKey.expiresAt,
    disabledAt: apiKey.disabledAt,
    revokedAt: apiKey.revokedAt,
    lastUsedAt: apiKey.lastUsedAt,
    remainingUses: apiKey.remainingUses,
    rateLimit: apiKey.rateLimit === undefined ? undefined : toJsonText(apiKey.rateLimit),
  })
}

/**
 * Reads an API key back.
 * @throws {StoreError} `store_record_invalid` when anything is missing or of another type, or the record is of another id
 */
export function readApiKey(fields: StoredFields, id: string): ApiKeyRecord {
  if (readText(fields, 'id') !== id) throw damaged('an API key of another id')
  return toRecord<ApiKeyRecord>({
    id,
    ownerId: readText(fields, 'owner'),
    name: readText(fields, 'name'),
    environment: readText(fields, 'environment'),
    hash: readText(fields, 'hash'),
    secretId: readText(fields, 'secretId'),
    scope: readJson(fields, 'scope', isStringList),
    metadata: readJson(fields, 'metadata', isJsonObject),
    lineageId: readText(fields, 'lineageId'),
    successorId: readOptionalText(fields, 'successorId'),
    createdAt: readNumber(fields, 'createdAt'),
    notBeforeAt: readOptionalNumber(fields, 'notBeforeAt'),
    expiresAt: readOptionalNumber(fields, 'expiresAt'),
    disabledAt: readOptionalNumber(fields, 'disabledAt'),
    revokedAt: readOptionalNumber(fields, 'revokedAt'),
    lastUsedAt: readOptionalNumber(fields, 'lastUsedAt'),
    remainingUses: readOptionalCount(fields, 'remainingUses'),
    rateLimit: fields.has('rateLimit') ? readJson(fields, 'rateLimit', isRateLimit) : undefined,
  })
}

/**
 * Writes a patch as fields and values in turn; an empty value takes the field away. `disabled` is not among them.
 * @throws {TypeError} when a member of the patch has another type
 */
export function toPatchArguments(patch: ApiKeyPatch): readonly string[] {
  assertPatch(patch)
  // no field is ever stored as an empty text: even '' is written as %
  const limit = (value: number | string | null | undefined) => (value === null ? '' : value)
  return toArguments({
    name: patch.name === undefined ? undefined : encodeKeyText(patch.name),
    scope: patch.scope === undefined ? undefined : toJsonText(patch.scope),
    metadata: patch.metadata === undefined ? undefined : toJsonText(patch.metadata),
    expiresAt: limit(patch.expiresAt),
    notBeforeAt: limit(patch.notBeforeAt),
    remainingUses: limit(patch.remainingUses),
    rateLimit: limit(patch.rateLimit && toJsonText(patch.rateLimit)),
  })
}

function assertApiKey(apiKey: ApiKeyRecord): void {
  assertObjects({ apiKey })
  const { id, ownerId, name, environment, hash, secretId, lineageId, successorId, createdAt } = apiKey
  const { notBeforeAt, expiresAt, disabledAt, revokedAt, lastUsedAt, remainingUses } = apiKey
  assertStrings({ id, ownerId, name, environment, hash, secretId, lineageId })
  assertOptionalStrings({ successorId })
  assertStringLists({ scope: apiKey.scope })
  assertObjects({ metadata: apiKey.metadata })
  assertInstants({ createdAt })
  assertOptionalInstants({ notBeforeAt, expiresAt, disabledAt, revokedAt, lastUsedAt })
  assertOptionalCounts({ remainingUses })
  assertOptionalRateLimits({ rateLimit: apiKey.rateLimit })
}

function assertPatch(patch: ApiKeyPatch): void {
  assertObjects({ patch })
  const { name, scope, metadata, disabled, expiresAt, notBeforeAt, remainingUses, rateLimit } = patch
  assertOptionalStrings({ name })
  if (scope !== undefined) assertStringLists({ scope })
  if (metadata !== undefined) assertObjects({ metadata })
  if (disabled !== undefined && typeof disabled !== 'boolean') {
    throw new TypeError('disabled must be a boolean.')
  }
  assertOptionalInstants({ expiresAt: expiresAt ?? undefined, notBeforeAt: notBeforeAt ?? undefined })
  assertOptionalCounts({ remainingUses: remainingUses ?? undefined })
  assertOptionalRateLimits({ rateLimit: rateLimit ?? undefined })
}
