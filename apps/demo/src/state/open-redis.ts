import type { Stores } from '@authcore/core'
import { redisStores } from '@authcore/redis'
import { createClient } from 'redis'
import { StartError } from '../start-error.js'

/** The stores that go into Redis where there is one: many small records that end by themselves. */
export type FleetingStores = Pick<Stores, 'revocations' | 'oneTime' | 'rateLimits'>

/** Open stores in Redis. */
export interface OpenRedis {
  readonly stores: FleetingStores
  close(): Promise<void>
}

const CONNECT_TIMEOUT_MS = 5000

/**
 * Connects to a Redis.
 * @param prefix begins every key
 * @throws StartError when nobody answers
 */
export async function openRedis(url: string, prefix: string): Promise<OpenRedis> {
  let isConnected = false
  const client = createClient({
    url,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      // at the start a wrong address should be told; later the server may come back
      reconnectStrategy: retries => (isConnected ? Math.min(50 * 2 ** retries, 2000) : false),
    },
    // a request should hear that the store is away, not wait for it
    disableOfflineQueue: true,
  })
  // without a listener a broken connection would end the process; each request learns of it by itself
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    throw new StartError(`Redis does not answer: ${error instanceof Error ? error.message : String(error)}`)
  }
  isConnected = true
  const { revocations, oneTime, rateLimits } = redisStores(client, { prefix })
  return {
    stores: { revocations, oneTime, rateLimits },
    close: async () => {
      if (client.isOpen) await client.close()
    },
  }
}
