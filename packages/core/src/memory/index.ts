/**
 * The reference stores: every port in the memory of one process.
 * @module
 */
export type { MemoryStoreOptions } from './max-entries.js'
export { MemoryApiKeyStore } from './memory-api-key-store.js'
export { MemoryDocumentStore } from './memory-document-store.js'
export { MemoryOneTimeStore } from './memory-one-time-store.js'
export { MemoryRateLimitStore } from './memory-rate-limit-store.js'
export { MemoryRevocationStore, type MemoryRevocationStoreOptions } from './memory-revocation-store.js'
export { type EndedSessions, MemorySessionStore } from './memory-session-store.js'
export { MemorySigningKeyStore } from './memory-signing-key-store.js'
export { memoryStores } from './memory-stores.js'
