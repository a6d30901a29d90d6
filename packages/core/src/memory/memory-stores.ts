import type { Stores } from '../ports/stores.js'
import type { MemoryStoreOptions } from './max-entries.js'
import { MemoryApiKeyStore } from './memory-api-key-store.js'
import { MemoryDocumentStore } from './memory-document-store.js'
import { MemoryOneTimeStore } from './memory-one-time-store.js'
import { MemoryRateLimitStore } from './memory-rate-limit-store.js'
import { MemoryRevocationStore } from './memory-revocation-store.js'
import { MemorySessionStore } from './memory-session-store.js'
import { MemorySigningKeyStore } from './memory-signing-key-store.js'

/**
 * Creates all stores in the memory of this process: for tests, for trying out, and for one process that may forget
 * everything when it ends. A session that ends counts as revoked in the same step.
 * @param options `maxEntries` bounds each store by itself; a full one refuses writes and forgets nothing
 * @throws {ConfigError} `config_invalid` when `maxEntries` is not a positive integer
 * @example
 * const auth = createAuthCore({ issuer, audience, secrets, stores: memoryStores() })
 */
export function memoryStores(options: MemoryStoreOptions = {}): Required<Stores> {
  const sessions = new MemorySessionStore(options)
  return Object.freeze({
    sessions,
    apiKeys: new MemoryApiKeyStore(options),
    signingKeys: new MemorySigningKeyStore(options),
    revocations: new MemoryRevocationStore({ ...options, sessions }),
    oneTime: new MemoryOneTimeStore(options),
    rateLimits: new MemoryRateLimitStore(options),
    documents: new MemoryDocumentStore(options),
  })
}
