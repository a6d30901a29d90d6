import type { ApiKeyRecord } from '../../src/ports/api-key-store.js'
import type { SessionRecord } from '../../src/ports/session-store.js'
import type { SigningKeyRecord } from '../../src/ports/signing-key-store.js'

/** The instant at which the tests begin. */
export const START = 1_800_000_000_000

/** Puts a value where its type does not belong, as an untyped caller does. */
export function untyped<Type>(value: unknown): Type {
  // the point of these tests is a caller that TypeScript did not check
  return value as Type
}

/** A session that idles out after a minute and ends after an hour. */
export function sessionRecord(fields: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: 'session-1',
    subject: 'user-1',
    scope: ['read', 'write'],
    roles: ['member'],
    claims: { tenant: 'a', nested: { list: [1, null, true] } },
    amr: ['pwd'],
    createdAt: START,
    authenticatedAt: START,
    lastUsedAt: START,
    idleExpiresAt: START + 60_000,
    absoluteExpiresAt: START + 3_600_000,
    generation: 0,
    currentHash: 'hash-0',
    ...fields,
  }
}

/** An API key that lives for an hour. */
export function apiKeyRecord(fields: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  return {
    id: 'live_1',
    ownerId: 'owner-1',
    name: 'deploy',
    environment: 'live',
    hash: 'hash-1',
    secretId: 'secret-1',
    scope: ['read'],
    metadata: { team: 'x', nested: { list: [1] } },
    lineageId: 'live_1',
    createdAt: START,
    expiresAt: START + 3_600_000,
    ...fields,
  }
}

/** An API key that never expires. */
export function lastingApiKeyRecord(fields: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  const { expiresAt: _, ...record } = apiKeyRecord(fields)
  return record
}

/** A signing key that is announced now and signs in five minutes. */
export function signingKeyRecord(fields: Partial<SigningKeyRecord> = {}): SigningKeyRecord {
  return {
    kid: 'key-1',
    algorithm: 'ES256',
    publicJwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
    sealedPrivateJwk: 'sealed',
    secretId: 'secret-1',
    announcedAt: START,
    activatesAt: START + 300_000,
    ...fields,
  }
}
