import type { StartedServer } from '@authcore/conformance/node'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { createClient as createClient4 } from 'redis-4'
import { createClient as createClient5 } from 'redis-5'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RedisClient, redisStores } from '../src/index.js'
import { rotation, START, sessionRecord } from './support/fixtures.js'
import { startServer } from './support/servers.js'

const CLIENTS = ['node-redis', 'node-redis 5', 'node-redis 4', 'ioredis'] as const

async function open(kind: (typeof CLIENTS)[number], port: number) {
  if (kind === 'ioredis') {
    const client = new Redis(port)
    return { client, close: () => client.disconnect() }
  }
  const url = `redis://127.0.0.1:${port}`
  if (kind === 'node-redis 4') {
    const client = await createClient4({ url }).connect()
    return { client, close: () => client.disconnect() }
  }
  if (kind === 'node-redis 5') {
    const client = await createClient5({ url }).connect()
    return { client, close: () => client.destroy() }
  }
  const client = await createClient({ url }).connect()
  return { client, close: () => client.destroy() }
}

describe('strict mode', () => {
  let primary: StartedServer
  let replica: StartedServer
  let admin: Redis
  // a busy machine may take its time to acknowledge; a refusal comes only after all of it
  const replicas = { count: 1, timeoutMilliseconds: 1500 }

  beforeAll(async () => {
    // without it, a replica that comes back is sent the data only after five seconds
    primary = await startServer(['--repl-diskless-sync-delay', '0'])
    replica = await startServer(['--replicaof', '127.0.0.1', String(primary.port)])
    admin = new Redis(primary.port)
    await connected()
  }, 60_000)
  afterAll(async () => {
    admin.disconnect()
    await replica.stop()
    await primary.stop()
  })

  async function connected(): Promise<void> {
    while (!/slave0:.*state=online/.test(await admin.info('replication'))) {
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
  function strictStores(client: RedisClient, prefix: string) {
    return redisStores(client, { prefix, replicas, onWarning: () => {} })
  }

  for (const kind of CLIENTS) {
    it(`has a write on the replica before it answers (${kind})`, async () => {
      const { client, close } = await open(kind, primary.port)
      const { sessions } = strictStores(client, `strict:${kind.replace(' ', '-')}`)
      const reader = new Redis(replica.port)
      await sessions.insert({ session: sessionRecord(), now: START })
      expect(await sessions.rotate(rotation(0))).toMatchObject({ outcome: 'rotated' })
      const { sessions: copied } = redisStores(reader, { prefix: `strict:${kind.replace(' ', '-')}` })
      expect(await copied.find({ id: 'session-1', now: START })).toMatchObject({ generation: 1 })
      reader.disconnect()
      await close()
    })

    it(`asks on the connection of the write, after it (${kind})`, async () => {
      const { client, close } = await open(kind, primary.port)
      const { sessions } = strictStores(client, `order:${kind.replace(' ', '-')}`)
      // the first call also reads the eviction policy and teaches the server the script
      await sessions.insert({ session: sessionRecord(), now: START })
      const seen: { readonly words: readonly string[]; readonly from: string }[] = []
      // lazy, because only the connection that watches is needed: what another sends at its start would be seen too
      const monitor = await new Redis(primary.port, { lazyConnect: true }).monitor()
      monitor.on('monitor', (_time: string, words: string[], from: string) => seen.push({ words, from }))
      await sessions.insert({ session: sessionRecord({ id: 'other' }), now: START })
      await admin.ping('end')
      while (!seen.some(({ words }) => words.includes('end')))
        await new Promise(resolve => setTimeout(resolve, 5))
      monitor.disconnect()
      const commands = seen.filter(
        ({ words, from }) => from !== 'lua' && words[0] !== 'ping' && words[0] !== 'PING',
      )
      expect(commands.map(({ words }) => words[0]?.toLowerCase())).toEqual([
        'client',
        'evalsha',
        'eval',
        'wait',
        'client',
      ])
      expect(new Set(commands.map(({ from }) => from)).size).toBe(1)
      await close()
    })
  }

  it('refuses what the replica does not acknowledge, and may be repeated when it is back', {
    timeout: 30_000,
  }, async () => {
    const { client, close } = await open('node-redis', primary.port)
    const stores = strictStores(client, 'strict:lost')
    await stores.sessions.insert({ session: sessionRecord(), now: START })
    await replica.kill()
    const refused = { code: 'store_unavailable', cause: { message: /0 of 1 replicas/ } }
    const refusals = [
      stores.sessions.rotate(rotation(0)),
      stores.revocations.revoke({
        entries: [{ kind: 'token', id: 't', revokedAt: START, expiresAt: START + 9000 }],
        now: START,
      }),
    ]
    for (const refusal of await Promise.allSettled(refusals)) {
      expect(refusal).toMatchObject({ status: 'rejected', reason: { code: refused.code } })
      expect(String(refusal.status === 'rejected' && refusal.reason.cause)).toMatch(refused.cause.message)
    }
    // the predecessor's repeat rests on a write that no replica has: it is refused as well
    await expect(stores.sessions.rotate(rotation(0))).rejects.toMatchObject({ code: 'store_unavailable' })
    // what changes nothing waits for nobody
    expect(await stores.sessions.find({ id: 'session-1', now: START })).toBeDefined()
    await replica.restart()
    await connected()
    expect(await stores.sessions.rotate(rotation(0))).toMatchObject({
      outcome: 'replayed',
      sealedSuccessor: 'sealed-1',
    })
    await close()
  })

  it('refuses when the replica hangs', async () => {
    const { client, close } = await open('ioredis', primary.port)
    const { sessions } = strictStores(client, 'strict:hang')
    await sessions.insert({ session: sessionRecord(), now: START })
    const hung = new Redis(replica.port)
    const processId = Number(/process_id:(\d+)/.exec(await hung.info('server'))?.[1])
    hung.disconnect()
    process.kill(processId, 'SIGSTOP')
    try {
      await expect(sessions.rotate(rotation(0))).rejects.toMatchObject({ code: 'store_unavailable' })
    } finally {
      process.kill(processId, 'SIGCONT')
    }
    await close()
  })

  it('refuses an answer that came over another connection than the write', async () => {
    const client = await createClient({ url: primary.url }).connect()
    let asked = 0
    const replaced = {
      evalSha: client.evalSha.bind(client),
      eval: client.eval.bind(client),
      wait: client.wait.bind(client),
      info: client.info.bind(client),
      clientId: async () => {
        asked += 1
        return asked
      },
    }
    const { sessions } = strictStores(replaced, 'strict:replaced')
    await expect(sessions.insert({ session: sessionRecord(), now: START })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    client.destroy()
  })
})
