import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Address, exchange, findFreePort, waitUntil } from './connection.js'
import { findProgram } from './program.js'
import { isServer, type MissingServer, type StartedServer, type TestServer } from './server.js'
import { startProcess } from './started-process.js'

const PROGRAM = 'redis-server'

/**
 * Finds a Redis: the one that AUTHCORE_TEST_REDIS_URL names, else one that runs at port 6379, else one that it
 * starts from the binary on the machine.
 */
export async function findRedisServer(): Promise<TestServer | MissingServer> {
  const named = process.env['AUTHCORE_TEST_REDIS_URL']
  if (named !== undefined) return { url: named, origin: 'named', stop: async () => {} }
  const usual = { host: '127.0.0.1', port: 6379 }
  if (await isRedis(usual)) return { url: toUrl(usual), origin: 'running', stop: async () => {} }
  return startRedisServer()
}

/**
 * Starts a Redis of one's own at a spare port. It writes every command to disk before it answers, so that what it
 * has answered survives `kill` and `restart`.
 * @param args more arguments of redis-server, such as `['--maxmemory-policy', 'allkeys-lru']`
 */
export async function startRedisServer(args: readonly string[] = []): Promise<StartedServer | MissingServer> {
  const command = findProgram(PROGRAM)
  if (command === undefined)
    return { missing: `no Redis at its usual port and no ${PROGRAM} on this machine` }
  const address = { host: '127.0.0.1', port: await findFreePort() }
  const directory = mkdtempSync(join(tmpdir(), 'authcore-redis-'))
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always']
  return startProcess({
    command,
    args: [
      ...['--bind', address.host, '--port', String(address.port), '--dir', directory],
      ...['--save', '', ...durable, '--daemonize', 'no'],
      ...args,
    ],
    url: toUrl(address),
    port: address.port,
    directory,
    isReady: () => isRedis(address),
  })
}

/** A Redis Cluster that was started for these tests. */
export interface StartedCluster {
  readonly nodes: readonly StartedServer[]
  stop(): Promise<void>
}

const SLOTS = 16_384

/** Starts a Redis Cluster of masters without replicas at spare ports, and waits until it serves all slots. */
export async function startRedisCluster(masters = 3): Promise<StartedCluster | MissingServer> {
  const nodes: StartedServer[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map(node => node.stop()))
  }
  try {
    for (let index = 0; index < masters; index += 1) {
      // the usual port of the cluster's bus is 10,000 above and may be out of range
      const bus = await findFreePort()
      const node = await startRedisServer(['--cluster-enabled', 'yes', '--cluster-port', String(bus)])
      if (!isServer(node)) return node
      nodes.push(node)
      await command(node, ['CLUSTER', 'ADDSLOTSRANGE', ...slotsOf(index, masters)])
      await command(node, ['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)])
      const [first] = nodes
      if (first !== undefined && first !== node) {
        await command(node, ['CLUSTER', 'MEET', '127.0.0.1', String(first.port), await busPort(first)])
      }
    }
    for (const node of nodes) await waitUntil('The cluster', () => servesAllSlots(node, masters))
  } catch (error) {
    await stop()
    throw error
  }
  return { nodes, stop }
}

function slotsOf(index: number, masters: number): readonly string[] {
  const first = Math.floor((SLOTS * index) / masters)
  const last = Math.floor((SLOTS * (index + 1)) / masters) - 1
  return [String(first), String(last)]
}

async function busPort(node: StartedServer): Promise<string> {
  // <id> 127.0.0.1:6379@16379 myself,master ...
  return /@(\d+)/.exec(await command(node, ['CLUSTER', 'NODES']))?.[1] ?? ''
}

async function servesAllSlots(node: StartedServer, masters: number): Promise<boolean> {
  const info = await command(node, ['CLUSTER', 'INFO'])
  return (
    info.includes('cluster_state:ok') &&
    info.includes(`cluster_known_nodes:${masters}`) &&
    info.includes(`cluster_slots_ok:${SLOTS}`)
  )
}

async function isRedis(address: Address): Promise<boolean> {
  const answer = await exchange(address, Buffer.from('PING\r\n'), bytes => bytes.includes('\r\n'))
  // with a password it is a Redis, but not one that tests may use
  return answer?.toString('latin1').startsWith('+PONG') ?? false
}

async function command({ port }: StartedServer, words: readonly string[]): Promise<string> {
  const request = Buffer.from(
    `*${words.length}\r\n${words.map(word => `$${word.length}\r\n${word}\r\n`).join('')}`,
  )
  const answer = await exchange({ host: '127.0.0.1', port }, request, isWhole)
  const text = answer?.toString('latin1') ?? '-no answer'
  if (text.startsWith('-')) throw new Error(`Redis refused ${words.slice(0, 2).join(' ')}: ${text.trim()}`)
  return text
}

/** A simple answer is one line; a bulk answer tells its length first. */
function isWhole(answer: Buffer): boolean {
  const text = answer.toString('latin1')
  const end = text.indexOf('\r\n')
  if (end < 0) return false
  return !text.startsWith('$') || text.length >= end + 2 + Number(text.slice(1, end)) + 2
}

function toUrl({ host, port }: Address): string {
  return `redis://${host}:${port}`
}
