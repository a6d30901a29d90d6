import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster } from 'redis'
import type { RedisClient } from '../../src/index.js'

/** Where Redis is: one server, or the masters of a cluster. */
export interface RedisPlace {
  readonly ports: readonly number[]
  readonly isCluster: boolean
}

/** The clients that the tests use. */
export const CLIENT_KINDS = ['node-redis', 'ioredis'] as const
export type ClientKind = (typeof CLIENT_KINDS)[number]

/** A client with the few things that tests do beside the stores. */
export interface TestClient {
  readonly client: RedisClient
  close(): Promise<void>
}

/** Connects a client of either kind to a server or a cluster. */
export async function openClient(kind: ClientKind, { ports, isCluster }: RedisPlace): Promise<TestClient> {
  return kind === 'ioredis' ? openIoRedis(ports, isCluster) : openNodeRedis(ports, isCluster)
}

async function openNodeRedis(ports: readonly number[], isCluster: boolean): Promise<TestClient> {
  const urls = ports.map(port => ({ url: `redis://127.0.0.1:${port}` }))
  const client = isCluster
    ? createCluster({ rootNodes: urls })
    : createClient({ ...urls[0], socket: { reconnectStrategy: () => 20 } })
  // a client without a listener ends the process when its connection breaks
  client.on('error', () => {})
  await client.connect()
  return {
    client,
    close: async () => {
      if (client.isOpen) client.destroy()
    },
  }
}

async function openIoRedis(ports: readonly number[], isCluster: boolean): Promise<TestClient> {
  const client = isCluster
    ? new Cluster(ports.map(port => ({ host: '127.0.0.1', port })))
    : new Redis(ports[0] ?? 0, { retryStrategy: () => 20 })
  client.on('error', () => {})
  return {
    client,
    close: async () => client.disconnect(),
  }
}
