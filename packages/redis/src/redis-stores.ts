import type { Stores } from '@authcore/core/ports'
import type { RedisClient } from './client/redis-client.js'
import { connectRedis, type RedisStoreOptions } from './client/redis-connection.js'
import { RedisApiKeyStore } from './stores/redis-api-key-store.js'
import { RedisDocumentStore } from './stores/redis-document-store.js'
import { RedisOneTimeStore } from './stores/redis-one-time-store.js'
import { RedisRateLimitStore } from './stores/redis-rate-limit-store.js'
import { RedisRevocationStore } from './stores/redis-revocation-store.js'
import { RedisSessionStore } from './stores/redis-session-store.js'
import { RedisSigningKeyStore } from './stores/redis-signing-key-store.js'

/**
 * Creates all stores in Redis. Nothing is sent before the first call of a store; with it, the eviction policy of the
 * server is read once, and anything but `noeviction` is reported to `onWarning`.
 * @param client a connected client of node-redis or ioredis, for one server or a cluster; it stays the caller's to close
 * @param options `prefix` begins every key; `replicas` switches the strict mode on
 * @throws {ConfigError} `config_invalid` with every option that is out of range
 * @example
 * import { createClient } from 'redis'
 * import { redisStores } from '@authcore/redis'
 *
 * const client = await createClient({ url: 'redis://127.0.0.1:6379' }).connect()
 * const stores = redisStores(client, { prefix: 'shop' })
 * await stores.revocations.find({ marks: [{ kind: 'subject', id: 'user-1' }], now: Date.now() })
 */
export function redisStores(client: RedisClient, options: RedisStoreOptions = {}): Required<Stores> {
  const redis = connectRedis(client, options)
  return Object.freeze({
    sessions: new RedisSessionStore(redis),
    apiKeys: new RedisApiKeyStore(redis),
    signingKeys: new RedisSigningKeyStore(redis),
    revocations: new RedisRevocationStore(redis),
    oneTime: new RedisOneTimeStore(redis),
    rateLimits: new RedisRateLimitStore(redis),
    documents: new RedisDocumentStore(redis),
  })
}
