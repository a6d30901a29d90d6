import { validateInstant, validateInteger, validateOptionalText, validateText } from '../arguments.js'
import type { Context } from '../context.js'
import { InvalidRequestError, StoreError } from '../errors.js'
import { reportRefusal } from '../events.js'
import { copyJsonObject, type JsonObject } from '../json.js'
import { ownMembers } from '../own-members.js'
import type {
  ApiKeyPatch,
  ApiKeyRateLimit,
  ApiKeyRecord,
  ApiKeyStore,
  RotateApiKeyCommand,
  RotateApiKeyOutcome,
} from '../ports/api-key-store.js'
import { MAX_LIMIT, MAX_WINDOW_SECONDS } from '../rate-limit/rate-limit-policy.js'
import { validateScope } from '../rights.js'
import { apiKeyPattern, createApiKeyText, isApiKeyId } from './api-key-text.js'
import type {
  ApiKey,
  ApiKeys,
  IssueApiKeyOptions,
  RotateApiKeyOptions,
  RotatedApiKey,
  UpdateApiKeyPatch,
} from './api-keys.js'
import { createLastUsed } from './last-used.js'
import { hashApiKey, verifyApiKey } from './verify-api-key.js'

const MAX_NAME = 200
const MAX_METADATA = 8192
const MAX_LIFETIME_SECONDS = 3650 * 86_400
const MAX_USES = 2 ** 31 - 1
const MAX_LISTED = 1000
const NO_METADATA: JsonObject = Object.freeze({})

/** Creates the API keys of one deployment. */
export function createApiKeys(context: Context): ApiKeys {
  const { settings, stores, emit } = context
  const { clock, apiKey: format } = settings
  const lastUsed = createLastUsed(context)

  return Object.freeze({
    async issue(options) {
      const { text, record } = toRecord(ownMembers(options), context)
      await stores.apiKeys.insert({ apiKey: record, now: record.createdAt })
      emit('api_key.issued', { apiKeyId: record.id, ownerId: record.ownerId, lineageId: record.lineageId })
      return Object.freeze({ apiKey: text, record: toApiKey(record) })
    },

    // own members: what an option leaves out must not come from a polluted Object.prototype
    verify: (apiKey, options = {}) =>
      reportRefusal('api_key', emit, () =>
        verifyApiKey(apiKey, ownMembers(options).scope ?? [], context, lastUsed),
      ),

    rotate: (id, options) => rotateApiKey(id, ownMembers(options), context),

    async revoke(id, options = {}) {
      const { ownerId } = ownMembers(options)
      if (!isApiKeyId(id)) return { found: false }
      const owner = validateOptionalText(ownerId, 'ownerId')
      const command = { id, now: clock(), ...(owner !== undefined && { ownerId: owner }) }
      const { found } = await stores.apiKeys.revoke(command)
      if (found) emit('api_key.revoked', { apiKeyId: id })
      return { found }
    },

    async update(id, patch, options = {}) {
      const owner = validateOptionalText(ownMembers(options).ownerId, 'ownerId')
      const checked = validatePatch(ownMembers(patch), context)
      const command = { id, patch: checked, now: clock(), ...(owner !== undefined && { ownerId: owner }) }
      const record = isApiKeyId(id) ? await stores.apiKeys.update(command) : undefined
      if (record === undefined) throw new InvalidRequestError('api_key_not_found')
      emit('api_key.updated', { apiKeyId: id, ownerId: record.ownerId, fields: Object.keys(checked) })
      return toApiKey(record)
    },

    async list(ownerId) {
      const query = { ownerId: validateText(ownerId, 'ownerId'), now: clock(), limit: MAX_LISTED }
      return (await stores.apiKeys.list(query)).map(toApiKey)
    },

    isApiKey: text => text.startsWith(`${format.prefix}_`),
    pattern: () => apiKeyPattern(format),
    flushLastUsed: () => lastUsed.flush(),
  } satisfies ApiKeys)
}

async function rotateApiKey(
  id: string,
  options: RotateApiKeyOptions,
  context: Context,
): Promise<RotatedApiKey> {
  const { settings, stores, secrets, emit } = context
  const overlapSeconds = validateInteger(options.overlapSeconds, 'overlapSeconds', 0, MAX_LIFETIME_SECONDS)
  const ownerId = validateOptionalText(options.ownerId, 'ownerId')
  const expiresInSeconds = validateLifetime(options.expiresInSeconds)
  if (!isApiKeyId(id)) throw new InvalidRequestError('api_key_not_found')

  const now = settings.clock()
  // the environment never changes, so it can be read off the id
  const environment = id.slice(0, id.indexOf('_'))
  const successor = createApiKeyText(settings.apiKey.prefix, environment, settings.random)
  const result = await rotateRepeatably(stores.apiKeys, {
    id,
    successor: {
      id: successor.id,
      hash: hashApiKey(successor.text, secrets.current),
      secretId: secrets.current.id,
      ...(expiresInSeconds !== undefined && { expiresAt: now + expiresInSeconds * 1000 }),
    },
    overlapExpiresAt: now + overlapSeconds * 1000,
    now,
    ...(ownerId !== undefined && { ownerId }),
    ...(options.scopeWithin !== undefined && { scopeWithin: validateScope(options.scopeWithin, undefined) }),
  })
  switch (result.outcome) {
    case 'not_found':
      throw new InvalidRequestError('api_key_not_found')
    case 'revoked':
      throw new InvalidRequestError('api_key_not_rotatable')
    case 'scope_exceeded':
      throw new InvalidRequestError('scope_exceeds_grant')
    case 'already_rotated':
      throw new InvalidRequestError('api_key_already_rotated')
    case 'rotated': {
      const { predecessor, successor: record } = result
      emit('api_key.rotated', {
        apiKeyId: id,
        successorId: record.id,
        ownerId: record.ownerId,
        overlapExpiresAt: predecessor.expiresAt ?? now,
      })
      return Object.freeze({
        apiKey: successor.text,
        record: toApiKey(record),
        predecessor: toApiKey(predecessor),
      })
    }
  }
}

/**
 * The answer can be lost although the rotation happened, and with it the only copy of the new text: the same command
 * once more answers the same, where a new one would only say that somebody rotated the key.
 */
async function rotateRepeatably(
  store: ApiKeyStore,
  command: RotateApiKeyCommand,
): Promise<RotateApiKeyOutcome> {
  try {
    return await store.rotate(command)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const repeated = await store.rotate(command)
    // without an overlap the old key is gone once it was rotated, so this says nothing about the first attempt
    if (repeated.outcome === 'not_found') throw error
    return repeated
  }
}

function toRecord(options: IssueApiKeyOptions, context: Context): { text: string; record: ApiKeyRecord } {
  const { settings, secrets } = context
  const ownerId = validateText(options.ownerId, 'ownerId')
  const name = validateText(options.name, 'name', MAX_NAME)
  const scope = validateScope(options.scope, settings.scopes)
  const environment = validateEnvironment(options.environment, settings.apiKey.environments)
  const expiresInSeconds = validateLifetime(options.expiresInSeconds)
  const limits = {
    ...(options.notBeforeAt !== undefined && {
      notBeforeAt: validateInstant(options.notBeforeAt, 'notBeforeAt'),
    }),
    ...(options.remainingUses !== undefined && { remainingUses: validateUses(options.remainingUses) }),
    ...(options.rateLimit !== undefined && { rateLimit: validateRateLimit(options.rateLimit) }),
  }
  const metadata = options.metadata === undefined ? NO_METADATA : validateMetadata(options.metadata)
  const now = settings.clock()
  const { text, id } = createApiKeyText(settings.apiKey.prefix, environment, settings.random)
  return {
    text,
    record: Object.freeze({
      id,
      ownerId,
      name,
      environment,
      hash: hashApiKey(text, secrets.current),
      secretId: secrets.current.id,
      scope,
      metadata,
      lineageId: id,
      createdAt: now,
      ...limits,
      ...(expiresInSeconds !== undefined && { expiresAt: now + expiresInSeconds * 1000 }),
    }),
  }
}

function validatePatch(patch: UpdateApiKeyPatch, { settings }: Context): ApiKeyPatch {
  const { name, scope, metadata, expiresAt, notBeforeAt, disabled, remainingUses, rateLimit } = patch
  if (disabled !== undefined && typeof disabled !== 'boolean') {
    throw new InvalidRequestError('argument_invalid', { detail: 'disabled must be true or false.' })
  }
  return {
    ...(name !== undefined && { name: validateText(name, 'name', MAX_NAME) }),
    ...(scope !== undefined && { scope: validateScope(scope, settings.scopes) }),
    ...(metadata !== undefined && { metadata: validateMetadata(metadata) }),
    ...(expiresAt !== undefined && { expiresAt: expiresAt && validateInstant(expiresAt, 'expiresAt') }),
    ...(notBeforeAt !== undefined && {
      notBeforeAt: notBeforeAt && validateInstant(notBeforeAt, 'notBeforeAt'),
    }),
    ...(disabled !== undefined && { disabled }),
    ...(remainingUses !== undefined && {
      remainingUses: remainingUses === null ? null : validateUses(remainingUses),
    }),
    ...(rateLimit !== undefined && { rateLimit: rateLimit && validateRateLimit(rateLimit) }),
  }
}

function validateEnvironment(environment: unknown, known: readonly string[]): string {
  const name = environment === undefined ? known[0] : known.find(candidate => candidate === environment)
  if (name !== undefined) return name
  throw new InvalidRequestError('argument_invalid', {
    detail: `environment must be one of ${known.join(', ')}.`,
  })
}

function validateLifetime(seconds: unknown): number | undefined {
  return seconds === undefined
    ? undefined
    : validateInteger(seconds, 'expiresInSeconds', 1, MAX_LIFETIME_SECONDS)
}

function validateUses(uses: unknown): number {
  return validateInteger(uses, 'remainingUses', 0, MAX_USES)
}

function validateRateLimit(rateLimit: unknown): ApiKeyRateLimit {
  // own members: a limit that somebody has put into Object.prototype is none of this key
  const { limit, windowSeconds } = ownMembers<Partial<ApiKeyRateLimit>>(Object(rateLimit))
  return Object.freeze({
    limit: validateInteger(limit, 'rateLimit.limit', 1, MAX_LIMIT),
    windowSeconds: validateInteger(windowSeconds, 'rateLimit.windowSeconds', 1, MAX_WINDOW_SECONDS),
  })
}

function validateMetadata(metadata: unknown): JsonObject {
  const copy = copyJsonObject(metadata, MAX_METADATA)
  if (copy !== undefined) return copy
  throw new InvalidRequestError('argument_invalid', {
    detail: `metadata must be a plain JSON object of at most ${MAX_METADATA} characters.`,
  })
}

/** Leaves out the hash. */
function toApiKey({ hash: _hash, secretId: _secretId, ...record }: ApiKeyRecord): ApiKey {
  return Object.freeze(record)
}
