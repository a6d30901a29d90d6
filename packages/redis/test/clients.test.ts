import type { StartedCluster } from '@authcore/conformance/node'
import { startRedisCluster } from '@authcore/conformance/node'
import { ConfigError } from '@authcore/core'
import { Cluster, Redis } from 'ioredis'
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis-5'
import { createClient, createClientPool, createCluster } from 'redis'
import { createClient as createClient4, createCluster as createCluster4 } from 'redis-4'
import { createClient as createClient5, createCluster as createCluster5 } from 'redis-5'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  checkRedis,
  type RedisClient,
  type RedisStoreOptions,
  type RedisWarning,
  redisStores,
} from '../src/index.js'
import { apiKeyRecord, rotation, START, sessionRecord } from './support/fixtures.js'
import { OPERATIONS, prepare } from './support/operations.js'
import { createPrefix, findPlace, startServer, type TestPlace } from './support/servers.js'

interface Opened {
  readonly client: RedisClient
  readonly close: () => unknown
}

const SERVER: Readonly<Record<string, (port: number) => Promise<Opened>>> = {
  'node-redis 6': async port => {
    const client = await createClient({ url: `redis://127.0.0.1:${port}` }).connect()
    return { client, close: () => client.destroy() }
  },
  'node-redis 6 with RESP 2': async port => {
    const client = await createClient({ url: `redis://127.0.0.1:${port}`, RESP: 2 }).connect()
    return { client, close: () => client.destroy() }
  },
  'a pool of node-redis 6': async port => {
    const client = createClientPool({ url: `redis://127.0.0.1:${port}` })
    await client.connect()
    return { client, close: () => client.destroy() }
  },
  'node-redis 5': async port => {
    const client = await createClient5({ url: `redis://127.0.0.1:${port}` }).connect()
    return { client, close: () => client.destroy() }
  },
  'node-redis 4': async port => {
    const client = await createClient4({ url: `redis://127.0.0.1:${port}` }).connect()
    return { client, close: () => client.disconnect() }
  },
  'ioredis 6': async port => {
    const client = new Redis(port)
    return { client, close: () => client.disconnect() }
  },
  'ioredis 6 with auto-pipelining': async port => {
    const client = new Redis(port, { enableAutoPipelining: true })
    return { client, close: () => client.disconnect() }
  },
  'ioredis 5': async port => {
    const client = new Redis5(port)
    return { client, close: () => client.disconnect() }
  },
}

const CLUSTER: Readonly<Record<string, (ports: readonly number[]) => Promise<Opened>>> = {
  'node-redis 6': async ports => {
    const client = createCluster({ rootNodes: ports.map(port => ({ url: `redis://127.0.0.1:${port}` })) })
    await client.connect()
    return { client, close: () => client.destroy() }
  },
  'node-redis 5': async ports => {
    const client = createCluster5({ rootNodes: ports.map(port => ({ url: `redis://127.0.0.1:${port}` })) })
    await client.connect()
    return { client, close: () => client.destroy() }
  },
  'node-redis 4': async ports => {
    const client = createCluster4({ rootNodes: ports.map(port => ({ url: `redis://127.0.0.1:${port}` })) })
    // its clients of single nodes outlive a disconnect
    client.on('error', () => {})
    await client.connect()
    return { client, close: () => client.quit() }
  },
  'ioredis 6': async ports => {
    const client = new Cluster(ports.map(port => ({ host: '127.0.0.1', port })))
    return { client, close: () => client.disconnect() }
  },
  'ioredis 5': async ports => {
    const client = new Cluster5(ports.map(port => ({ host: '127.0.0.1', port })))
    return { client, close: () => client.disconnect() }
  },
}

/** Runs every operation once. */
async function tryAll(client: RedisClient, prefix: string): Promise<void> {
  const stores = redisStores(client, { prefix })
  await prepare(stores)
  expect(await stores.sessions.list({ subject: 'user-1', now: START, limit: 9 })).toHaveLength(3)
  for (const call of Object.values(OPERATIONS)) await call(stores)
  expect(await stores.sessions.list({ subject: 'user-1', now: START + 1000, limit: 9 })).toEqual([])
  expect(await stores.apiKeys.list({ ownerId: 'owner-1', now: START + 1000, limit: 9 })).toHaveLength(5)
}

describe('clients', () => {
  let place: TestPlace
  let cluster: StartedCluster

  beforeAll(async () => {
    const [found, started] = await Promise.all([findPlace(), startRedisCluster(3)])
    if ('missing' in found) throw new Error(found.missing)
    if ('missing' in started) throw new Error(started.missing)
    place = found
    cluster = started
  }, 60_000)
  afterAll(async () => {
    await place.leave()
    await cluster.stop()
  })

  it.each(Object.entries(SERVER))('%s, one server', async (name, open) => {
    const { client, close } = await open(place.ports[0] ?? 0)
    await tryAll(client, `${place.prefix}:${name.replaceAll(' ', '-')}`)
    expect(await checkRedis(client)).toEqual([])
    await close()
  })

  it.each(Object.entries(CLUSTER))('%s, a cluster', async (_, open) => {
    const { client, close } = await open(cluster.nodes.map(node => node.port))
    await tryAll(client, createPrefix())
    expect(await checkRedis(client)).toEqual([])
    await close()
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['an address', 'redis://127.0.0.1'],
    ['an object', {}],
    ['half a client', { evalSha: () => {} }],
  ])('%s is refused', (_, client) => {
    // what a caller that TypeScript did not check may pass
    expect(() => redisStores(client as RedisClient)).toThrow(ConfigError)
  })

  it.each<[string, unknown]>([
    ['prefix', { prefix: '' }],
    ['prefix', { prefix: 'a{b}' }],
    ['prefix', { prefix: 'a b' }],
    ['prefix', { prefix: 'x'.repeat(101) }],
    ['prefix', { prefix: { toString: () => 'a' } }],
    ['expiryMarginSeconds', { expiryMarginSeconds: -1 }],
    ['expiryMarginSeconds', { expiryMarginSeconds: Number.NaN }],
    ['expiryMarginSeconds', { expiryMarginSeconds: '5' }],
    ['timeoutMilliseconds', { timeoutMilliseconds: 0 }],
    ['timeoutMilliseconds', { timeoutMilliseconds: 1.5 }],
    ['replicas.count', { replicas: { count: 0, timeoutMilliseconds: 100 } }],
    ['replicas.timeoutMilliseconds', { replicas: { count: 1, timeoutMilliseconds: 0 } }],
    ['replicas', { replicas: { count: 1, timeoutMilliseconds: 100 }, cluster: true }],
  ])('the option %s is checked: %j', (path, options) => {
    const client = { evalSha: async () => {}, eval: async () => {} }
    const create = () => redisStores(client, options as RedisStoreOptions)
    expect(create).toThrow(ConfigError)
    expect(create).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ path })] }))
  })

  it('strict mode refuses a client that may send commands in another order', () => {
    const client = new Redis({ lazyConnect: true, enableAutoPipelining: true })
    const replicas = { count: 1, timeoutMilliseconds: 100 }
    expect(() => redisStores(client, { replicas })).toThrow(ConfigError)
  })
})

describe('the eviction policy', () => {
  it('is reported with the first command, once, unless it is noeviction', { timeout: 30_000 }, async () => {
    const server = await startServer(['--maxmemory', '3mb', '--maxmemory-policy', 'allkeys-lru'])
    const client = new Redis(server.port)
    const warnings: RedisWarning[] = []
    const { sessions } = redisStores(client, { onWarning: warning => warnings.push(warning) })
    expect(warnings).toEqual([])
    await sessions.find({ id: 'a', now: START })
    await sessions.find({ id: 'a', now: START })
    const expected = { type: 'redis.eviction_policy_unsafe', policy: 'allkeys-lru' }
    await vi.waitFor(() => expect(warnings).toMatchObject([expected]))
    expect(await checkRedis(client)).toMatchObject([expected])
    client.disconnect()
    await server.stop()
  })

  it('matters: a denylist that may be evicted forgets', { timeout: 60_000 }, async () => {
    const server = await startServer(['--maxmemory', '3mb', '--maxmemory-policy', 'allkeys-lru'])
    const client = new Redis(server.port)
    const { revocations, oneTime } = redisStores(client, { onWarning: () => {} })
    const entries = Array.from({ length: 200 }, (_, number) => ({
      kind: 'token' as const,
      id: `token-${number}`,
      revokedAt: START,
      expiresAt: START + 900_000,
    }))
    await revocations.revoke({ entries, now: START })
    const value = { filler: 'x'.repeat(10_000) }
    const fillers = Array.from({ length: 600 }, (_, number) =>
      oneTime.put({ namespace: 'n', key: String(number), value, expiresAt: START + 900_000, now: START }),
    )
    await Promise.all(fillers)
    const found = await revocations.find({ marks: entries, now: START })
    expect(found.filter(revokedAt => revokedAt === undefined).length).toBeGreaterThan(0)
    client.disconnect()
    await server.stop()
  })

  it('is a warning of the process by default', async () => {
    const emitted = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const client = {
      evalSha: async () => [],
      eval: async () => [],
      info: async () => '# Memory\r\nmaxmemory_policy:volatile-ttl\r\n',
    }
    await redisStores(client).sessions.find({ id: 'a', now: START })
    await vi.waitFor(() => expect(emitted).toHaveBeenCalledOnce())
    expect(emitted.mock.calls[0]?.[0]).toMatch(/volatile-ttl.*noeviction/s)
  })

  it('that cannot be read is reported too, and no sink can do harm', async () => {
    const warnings: RedisWarning[] = []
    const client = { evalsha: async () => [], eval: async () => [] }
    const stores = redisStores(client, {
      onWarning: warning => {
        warnings.push(warning)
        throw new Error('a bad sink')
      },
    })
    await stores.sessions.find({ id: 'a', now: START })
    await vi.waitFor(() => expect(warnings).toMatchObject([{ type: 'redis.check_failed' }]))
  })
})

it('malformed commands are refused before anything is sent', async () => {
  const send = vi.fn(async () => [])
  const { sessions, apiKeys, revocations, oneTime, rateLimits, signingKeys } = redisStores({
    evalSha: send,
    eval: send,
  })
  // an operator where a text belongs, as parsed JSON of a caller may hold it
  const id = { $ne: '' } as unknown as string
  const now = START
  const calls = [
    sessions.find({ id, now }),
    sessions.insert({ session: sessionRecord({ subject: id }), now }),
    sessions.rotate(rotation(0, { presentedHash: id })),
    sessions.revoke({ id: 'a', reason: 'revoked', subject: id, now }),
    sessions.revoke({ id: 'a', reason: 'bored' as 'revoked', now }),
    sessions.revokeAll({ subject: id, reason: 'revoked', now }),
    sessions.list({ subject: id, now, limit: 1 }),
    sessions.sweep({ now: Number.NaN, limit: 1 }),
    apiKeys.find({ id, now }),
    apiKeys.insert({ apiKey: apiKeyRecord({ ownerId: id }), now }),
    apiKeys.update({ id: 'a', patch: { name: id }, now }),
    apiKeys.touch({ uses: [{ id, lastUsedAt: now }], now }),
    revocations.find({ marks: [{ kind: 'token', id }], now }),
    revocations.find({ marks: [{ kind: '__proto__' as 'token', id: 'a' }], now }),
    oneTime.take({ namespace: 'n', key: id, holder: 'h', now }),
    oneTime.put({ namespace: 'n', key: 'k', value: { at: new Date(0) } as never, expiresAt: now + 1, now }),
    rateLimits.take({ key: id, limit: 1, windowSeconds: 1, cost: 1, now }),
    signingKeys.replace({ expectedVersion: 0, keys: [{}] as never, now }),
  ]
  for (const result of await Promise.allSettled(calls)) {
    expect(result).toEqual({ status: 'rejected', reason: expect.any(TypeError) })
  }
  expect(send).not.toHaveBeenCalled()
})

describe('answers that no script gives', () => {
  it.each([undefined, 7, 'x', [], ['x'], [7], [['x']], ['rotated'], ['rotated', 'x'], ['consumed']])(
    '%j is an error or nothing, never a credential',
    async reply => {
      const client = { evalSha: async () => reply, eval: async () => reply, info: async () => '' }
      const stores = redisStores(client, { onWarning: () => {} })
      for (const [name, call] of Object.entries(OPERATIONS)) {
        const answer = await call(stores).catch((error: unknown) => error)
        if (answer instanceof Error) {
          expect(answer).toMatchObject({ code: 'store_record_invalid' })
          continue
        }
        // what has no answer to read, and what is read as nothing
        expect(
          [undefined, { found: false }, { ids: reply }, { ids: [] }, [], { removed: 0 }],
          name,
        ).toContainEqual(answer)
      }
    },
  )
})
