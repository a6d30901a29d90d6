import type { Context } from '../context.js'
import type { RootSecret } from '../crypto/root-secrets.js'
import { InsufficientScopeError, InvalidApiKeyError } from '../errors.js'
import { encodeBase64url } from '../jws/base64url.js'
import type { ApiKeyRecord } from '../ports/api-key-store.js'
import type { ApiKeyPrincipal } from '../principal.js'
import { findMissing } from '../rights.js'
import { type ApiKeyText, parseApiKeyText } from './api-key-text.js'
import type { LastUsed } from './last-used.js'

/**
 * HMAC-SHA-256 of the whole text under a pepper that is derived from a root secret: a copy of the database does not
 * even allow to test guesses.
 */
export function hashApiKey(text: string, secret: RootSecret): string {
  return encodeBase64url(secret.macOf('api_key').compute(text))
}

/** Verifies an API key in the order: form and checksum, one read, secret, state, scope, uses. */
export async function verifyApiKey(
  apiKey: string,
  scope: readonly string[],
  context: Context,
  lastUsed: LastUsed,
): Promise<ApiKeyPrincipal> {
  const { settings, stores } = context
  const text = parseApiKeyText(apiKey, settings.apiKey)
  if (text === undefined) throw new InvalidApiKeyError('api_key_malformed')
  const now = settings.clock()
  const record = await stores.apiKeys.find({ id: text.id, now })
  if (record === undefined) throw new InvalidApiKeyError('api_key_unknown')
  verifySecret(text, record, context)
  validateState(record, now)
  validateScope(record, scope)
  const remainingUses =
    record.remainingUses === undefined ? undefined : await consumeUse(record, now, context)
  lastUsed.note(record.id, now)
  return toPrincipal(record, remainingUses)
}

function verifySecret({ text }: ApiKeyText, record: ApiKeyRecord, context: Context): void {
  const secret = context.secrets.find(record.secretId)
  // the root secret of this key was taken off the list
  if (secret === undefined) throw new InvalidApiKeyError('api_key_unknown')
  if (!secret.macOf('api_key').isTagOf(record.hash, text)) {
    throw new InvalidApiKeyError('api_key_secret_invalid')
  }
}

function validateState(record: ApiKeyRecord, now: number): void {
  if (record.revokedAt !== undefined) throw new InvalidApiKeyError('api_key_revoked')
  if (record.disabledAt !== undefined) throw new InvalidApiKeyError('api_key_disabled')
  if (record.expiresAt !== undefined && now >= record.expiresAt)
    throw new InvalidApiKeyError('api_key_expired')
  if (record.notBeforeAt !== undefined && now < record.notBeforeAt) {
    throw new InvalidApiKeyError('api_key_not_yet_valid')
  }
}

function validateScope(record: ApiKeyRecord, required: readonly string[]): void {
  if (required.length === 0) return
  const missing = findMissing(required, record.scope)
  if (missing.length > 0) throw new InsufficientScopeError('insufficient_scope', missing)
}

/** The one write of a verification: the store takes the use off and looks at the state again in the same step. */
async function consumeUse({ id }: ApiKeyRecord, now: number, { stores }: Context): Promise<number> {
  const result = await stores.apiKeys.consumeUse({ id, now })
  switch (result.outcome) {
    case 'consumed':
      return result.remainingUses
    case 'exhausted':
      throw new InvalidApiKeyError('api_key_exhausted')
    case 'refused':
      throw new InvalidApiKeyError('api_key_revoked')
  }
}

function toPrincipal(record: ApiKeyRecord, remainingUses: number | undefined): ApiKeyPrincipal {
  const principal: { -readonly [Name in keyof ApiKeyPrincipal]: ApiKeyPrincipal[Name] } = {
    method: 'api_key',
    subject: record.ownerId,
    apiKeyId: record.id,
    lineageId: record.lineageId,
    name: record.name,
    environment: record.environment,
    scope: record.scope,
    roles: NO_ROLES,
    metadata: record.metadata,
    issuedAt: record.createdAt,
  }
  if (record.expiresAt !== undefined) principal.expiresAt = record.expiresAt
  if (remainingUses !== undefined) principal.remainingUses = remainingUses
  if (record.rateLimit !== undefined) principal.rateLimit = record.rateLimit
  return Object.freeze(principal)
}

const NO_ROLES: readonly never[] = Object.freeze([])
