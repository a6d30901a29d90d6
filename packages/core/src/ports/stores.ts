import type { ApiKeyStore } from './api-key-store.js'
import type { OneTimeStore } from './one-time-store.js'
import type { RateLimitStore } from './rate-limit-store.js'
import type { RevocationStore } from './revocation-store.js'
import type { SessionStore } from './session-store.js'
import type { SigningKeyStore } from './signing-key-store.js'

/** Everything that AuthCore keeps. A deployment may mix: sessions in PostgreSQL, revocations in Redis. */
export interface Stores {
  readonly sessions: SessionStore
  readonly apiKeys: ApiKeyStore
  readonly signingKeys: SigningKeyStore
  readonly revocations: RevocationStore
  readonly oneTime: OneTimeStore
  readonly rateLimits: RateLimitStore
}
