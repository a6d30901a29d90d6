import type { Context } from '../context.js'
import { InsufficientScopeError, InvalidApiKeyError } from '../errors.js'
import { decodeBase64url, encodeBase64url } from '../jws/base64url.js'
import type { ApiKeyRecord } from '../ports/api-key-store.js'
import type { ApiKeyPrincipal } from '../principal.js'
import { findMissing } from '../rights.js'
import { type ApiKeyText, parseApiKeyText } from './api-key-text.js'
import type { LastUsed } from './last-used.js'

/**
 * HMAC-SHA-256 of the whole text under a pepper that is derived from a root secret: a copy of the database does not
 * even allow to test guesses.
 */
export function hashApiKey(text: string, pepper: Uint8Array, { backend }: Context): string {
  return encodeBase64url(backend.hmacSha256(pepper, text))
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
  const missing = findMissing(scope, record.scope)
  if (missing.length > 0) throw new InsufficientScopeError('insufficient_scope', missing)
  const remainingUses =
    record.remainingUses === undefined ? undefined : await consumeUse(record, now, context)
  lastUsed.note(record.id, now)
  return toPrincipal(record, remainingUses)
}

function verifySecret({ text }: ApiKeyText, record: ApiKeyRecord, context: Context): void {
  const secret = context.secrets.find(record.secretId)
  // the root secret of this key was taken off the list
  if (secret === undefined) throw new InvalidApiKeyError('api_key_unknown')
  const expected = decodeBase64url(record.hash)
  const actual = context.backend.hmacSha256(secret.deriveKey('api_key'), text)
  if (expected === undefined || !context.backend.equalBytes(expected, actual)) {
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
  return Object.freeze({
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
    ...(record.expiresAt !== undefined && { expiresAt: record.expiresAt }),
    ...(remainingUses !== undefined && { remainingUses }),
    ...(record.rateLimit !== undefined && { rateLimit: record.rateLimit }),
  })
}

const NO_ROLES: readonly never[] = Object.freeze([])
