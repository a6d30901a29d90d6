import type { ApiKeyRecord, RotateApiKeyCommand, RotateApiKeyOutcome } from '@authcore/core/ports'
import { toJsonText } from '../arguments/to-json-text.js'
import type { RedisConnection } from '../client/redis-connection.js'
import { readApiKey } from '../records/api-key-fields.js'
import { encodeKeyText } from '../records/key-text.js'
import { damaged, toList, toStoredFields, toTexts } from '../records/stored-fields.js'
import { DECIDE_API_KEY_ROTATION, INSERT_NAMED_API_KEY } from '../scripts/api-key-scripts.js'

/** What the rotation needs of the store around it. */
export interface ClusterRotationSteps {
  find(id: string): Promise<ApiKeyRecord | undefined>
  /** Names the successor in the index of its owner. */
  name(ownerId: string, expiresAt: number | undefined): Promise<unknown>
}

// each attempt fails only when somebody changed the expiry of the key in between
const MAX_ATTEMPTS = 10

/**
 * Rotates where the two keys and the index stand in three slots. One atomic command in the slot of the old key
 * decides and keeps there what the successor is; what comes before only names, what comes after only copies. A crash
 * in between leaves at most one successor, and a repeat with the same successor finishes what was begun.
 */
export async function rotateApiKeyInCluster(
  redis: RedisConnection,
  command: RotateApiKeyCommand,
  steps: ClusterRotationSteps,
): Promise<RotateApiKeyOutcome> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const outcome = await attemptRotation(redis, command, steps)
    if (outcome !== 'changed') return outcome
  }
  throw new Error('The API key kept changing while it was rotated.')
}

async function attemptRotation(
  redis: RedisConnection,
  command: RotateApiKeyCommand,
  { find, name }: ClusterRotationSteps,
): Promise<RotateApiKeyOutcome | 'changed'> {
  const { id, successor, ownerId, now } = command
  const [apiKey, known] = await Promise.all([find(id), find(successor.id)])
  if (apiKey === undefined || (ownerId !== undefined && apiKey.ownerId !== ownerId))
    return { outcome: 'not_found' }
  if (apiKey.revokedAt !== undefined) return { outcome: 'revoked' }
  if (apiKey.successorId === undefined) {
    if (known !== undefined) return resolveKnownSuccessor(await find(id))
    await name(apiKey.ownerId, successor.expiresAt ?? toSameLifetime(apiKey, now))
  }
  const expected = apiKey.expiresAt === undefined ? '' : String(apiKey.expiresAt)
  const reply = await redis.run(
    DECIDE_API_KEY_ROTATION,
    [redis.keys.apiKey(id)],
    toRotationArguments(command, redis.expiryMargin, expected),
  )
  const [outcome, predecessor, fields] = toList(reply)
  switch (outcome) {
    case 'changed':
    case 'rotated':
    case 'repeated':
      if (outcome === 'changed') return outcome
      return writeSuccessor(redis, command, readApiKey(toStoredFields(predecessor), id), toTexts(fields))
    case 'already_rotated':
    case 'scope_exceeded':
    case 'revoked':
    case 'not_found':
      return { outcome }
    default:
      throw damaged('an outcome that is not known')
  }
}

/**
 * The two keys were read apart. Where another repeat of this rotation came in between, the old key names its
 * successor by now; else the successor is a key of its own.
 */
function resolveKnownSuccessor(apiKey: ApiKeyRecord | undefined): 'changed' {
  if (apiKey?.successorId !== undefined) return 'changed'
  // two random ids never meet; a caller that reuses one would overwrite a key that is in use
  throw new Error('successor.id is in use.')
}

async function writeSuccessor(
  redis: RedisConnection,
  { successor: { id }, now }: RotateApiKeyCommand,
  predecessor: ApiKeyRecord,
  fields: readonly string[],
): Promise<RotateApiKeyOutcome> {
  const decided = readApiKey(toStoredFields(fields), id)
  const expiresAt = decided.expiresAt === undefined ? 'inf' : String(decided.expiresAt)
  const args = [String(now), redis.expiryMargin, expiresAt, ...fields]
  const stored = toStoredFields(await redis.run(INSERT_NAMED_API_KEY, [redis.keys.apiKey(id)], args))
  const successor = stored.size === 0 ? decided : readApiKey(stored, id)
  if (successor.lineageId !== predecessor.lineageId) throw new Error('successor.id is in use.')
  if (successor.expiresAt !== undefined && now >= successor.expiresAt) return { outcome: 'already_rotated' }
  return { outcome: 'rotated', predecessor, successor }
}

/** What both rotation scripts are told; `fourth` is what they need of their own. */
export function toRotationArguments(
  { ownerId, successor, overlapExpiresAt, now, scopeWithin }: RotateApiKeyCommand,
  margin: string,
  fourth: string,
): readonly string[] {
  return [
    String(now),
    margin,
    ownerId === undefined ? '' : encodeKeyText(ownerId),
    fourth,
    encodeKeyText(successor.id),
    encodeKeyText(successor.hash),
    encodeKeyText(successor.secretId),
    successor.expiresAt === undefined ? '' : String(successor.expiresAt),
    String(overlapExpiresAt),
    scopeWithin === undefined ? '' : toJsonText(scopeWithin),
  ]
}

function toSameLifetime({ expiresAt, createdAt }: ApiKeyRecord, now: number): number | undefined {
  return expiresAt === undefined ? undefined : now + (expiresAt - createdAt)
}
