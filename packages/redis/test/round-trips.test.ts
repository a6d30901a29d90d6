import { readFileSync } from 'node:fs'
import { startRedisCluster } from '@authcore/conformance/node'
import { createClient, createCluster, type RedisClientType } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisStores } from '../src/index.js'
import { OPERATIONS, prepare } from './support/operations.js'
import { startServer } from './support/servers.js'
import { WaitCounter } from './support/wait-counter.js'

interface Count {
  /** How often the caller had to wait for an answer. */
  readonly waits: number
  /** Commands that the servers ran, by their own account. */
  readonly commands: number
}

async function countCommands(node: RedisClientType): Promise<number> {
  const stats = await node.info('commandstats')
  // evalsha counts once; the commands inside of a script are counted under their own names
  const calls = [...stats.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)]
  return calls.reduce((sum, [, name, count]) => (/^eval/.test(name ?? '') ? sum + Number(count) : sum), 0)
}

describe('round trips', () => {
  const stops: (() => Promise<void>)[] = []
  let measure: (place: 'server' | 'cluster', operation: string) => Promise<Count>

  beforeAll(async () => {
    const server = await startServer()
    const cluster = await startRedisCluster(3)
    if ('missing' in cluster) throw new Error(cluster.missing)
    stops.push(server.stop, cluster.stop)
    const open = async (port: number): Promise<RedisClientType> => {
      const client: RedisClientType = createClient({ url: `redis://127.0.0.1:${port}` })
      await client.connect()
      stops.unshift(async () => client.destroy())
      return client
    }
    const nodes = { server: [await open(server.port)], cluster: [await open(cluster.nodes[0]?.port ?? 0)] }
    for (const node of cluster.nodes.slice(1)) nodes.cluster.push(await open(node.port))
    const clusterClient = createCluster({ rootNodes: cluster.nodes.map(({ url }) => ({ url })) })
    await clusterClient.connect()
    stops.unshift(async () => clusterClient.destroy())
    const clients = { server: await open(server.port), cluster: clusterClient }

    let runs = 0
    measure = async (place, operation) => {
      const waits = new WaitCounter()
      const options = { cluster: place === 'cluster', onWarning: () => {} }
      const open = (prefix: string) => redisStores(waits.wrap(clients[place]), { ...options, prefix })
      const call = OPERATIONS[operation]
      // the first time that a server sees a script costs a round trip more
      runs += 1
      const first = open(`warm:${runs}`)
      await prepare(first)
      await call?.(first)
      const stores = open(`count:${runs}`)
      await prepare(stores)
      const total = async () => {
        const counts = await Promise.all(nodes[place].map(countCommands))
        return counts.reduce((sum, count) => sum + count, 0)
      }
      const before = { waits: waits.count, commands: await total() }
      await call?.(stores)
      return { waits: waits.count - before.waits, commands: (await total()) - before.commands }
    }
  }, 60_000)
  afterAll(async () => {
    for (const stop of stops) await stop()
  })

  it('are as many as the README says, for every operation', { timeout: 120_000 }, async () => {
    const rows: string[] = []
    for (const operation of Object.keys(OPERATIONS)) {
      const server = await measure('server', operation)
      // what a script is sent to a second and a third node of a cluster for the first time is counted by hand
      let cluster = await measure('cluster', operation)
      for (let attempt = 0; attempt < 5; attempt += 1) {
        const again = await measure('cluster', operation)
        if (again.commands <= cluster.commands) cluster = again
      }
      expect(server.commands).toBe(server.waits)
      rows.push(`| \`${operation}\` | ${server.waits} | ${cluster.waits} | ${cluster.commands} |`)
    }
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    expect(readme.split('\n').filter(line => line.startsWith('| `') && /\| \d+ \|$/.test(line))).toEqual(rows)
  })
})
