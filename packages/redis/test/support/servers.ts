import {
  createFaultProxy,
  type FaultProxy,
  findRedisServer,
  isServer,
  type MissingServer,
  type StartedServer,
  startRedisCluster,
  startRedisServer,
} from '@authcore/conformance/node'
import { createClient } from 'redis'
import type { RedisPlace } from './clients.js'

/** A place to test at, and how to leave it. */
export interface TestPlace extends RedisPlace {
  /** Where it came from, for names. */
  readonly origin: string
  /** Begins the key of everything that one test file writes. */
  readonly prefix: string
  /** The way to the server that can break, where there is one. */
  readonly proxy?: FaultProxy
  leave(): Promise<void>
}

/** Finds a server, and deletes at the end what was written to it under the prefix. */
export async function findPlace(): Promise<TestPlace | MissingServer> {
  const server = await findRedisServer()
  if (!isServer(server)) return server
  const port = Number(new URL(server.url).port || 6379)
  const prefix = createPrefix()
  const proxy = await createFaultProxy({ target: { host: '127.0.0.1', port } })
  const leave = async () => {
    await proxy.close()
    await deleteKeys(port, prefix)
    await server.stop()
  }
  return { ports: [port], isCluster: false, origin: server.origin, prefix, proxy, leave }
}

/** Starts a server of one's own, which the faults may end and start again. */
export async function startPlace(): Promise<TestPlace | MissingServer> {
  const server = await startRedisServer()
  if (!isServer(server)) return server
  const { port } = server
  const proxy = await createFaultProxy({ target: { host: '127.0.0.1', port }, server })
  const leave = async () => {
    await proxy.close()
    await server.stop()
  }
  return { ports: [port], isCluster: false, origin: 'started', prefix: createPrefix(), proxy, leave }
}

/** Starts a cluster of three masters. */
export async function startClusterPlace(): Promise<TestPlace | MissingServer> {
  const cluster = await startRedisCluster(3)
  if ('missing' in cluster) return cluster
  const ports = cluster.nodes.map(node => node.port)
  return { ports, isCluster: true, origin: 'started', prefix: createPrefix(), leave: () => cluster.stop() }
}

/** Starts a server that the test may break. */
export async function startServer(args: readonly string[] = []): Promise<StartedServer> {
  const server = await startRedisServer(args)
  if (isServer(server)) return server
  throw new Error(server.missing)
}

export function createPrefix(): string {
  return `authcore-test:${process.pid}-${Math.random().toString(36).slice(2)}`
}

async function deleteKeys(port: number, prefix: string): Promise<void> {
  const client = await createClient({ url: `redis://127.0.0.1:${port}` }).connect()
  for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 })) {
    if (keys.length > 0) await client.unlink(keys)
  }
  client.destroy()
}
