/**
 * AuthCore stores in Redis: standalone, replicated or a cluster, with node-redis or ioredis.
 * @module
 */
export { checkRedis, type RedisWarning, type RedisWarningSink } from './client/check-redis.js'
export type { IoRedisClient, NodeRedisClient, RedisClient } from './client/redis-client.js'
export { connectRedis, type RedisConnection, type RedisStoreOptions } from './client/redis-connection.js'
export type { ReplicaOptions } from './client/run-replicated.js'
export { redisStores } from './redis-stores.js'
export { RedisApiKeyStore } from './stores/redis-api-key-store.js'
export { RedisDocumentStore } from './stores/redis-document-store.js'
export { RedisOneTimeStore } from './stores/redis-one-time-store.js'
export { RedisRateLimitStore } from './stores/redis-rate-limit-store.js'
export { RedisRevocationStore } from './stores/redis-revocation-store.js'
export { RedisSessionStore } from './stores/redis-session-store.js'
export { RedisSigningKeyStore } from './stores/redis-signing-key-store.js'
