import { createFaultProxy, type FaultProxy, type StartedServer } from '@authcore/conformance/node'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { redisStores } from '../src/index.js'
import { CLIENT_KINDS, type ClientKind, openClient, type TestClient } from './support/clients.js'
import { rotation, START, sessionRecord } from './support/fixtures.js'
import { OPERATIONS, prepare } from './support/operations.js'
import { createPrefix, startServer } from './support/servers.js'

const LIST = { subject: 'user-1', now: START + 1000, limit: 100 }
const REVOKE_ALL = { subject: 'user-1', reason: 'revoked', now: START + 1000 } as const

/** A client that gives up instead of waiting for a server that is gone. */
async function openImpatient(kind: ClientKind, port: number): Promise<TestClient> {
  if (kind === 'ioredis') {
    const client = new Redis(port, { maxRetriesPerRequest: 1, retryStrategy: () => 20 })
    client.on('error', () => {})
    return { client, close: async () => client.disconnect() }
  }
  const client = createClient({
    url: `redis://127.0.0.1:${port}`,
    socket: { reconnectStrategy: () => 20 },
  })
  client.on('error', () => {})
  await client.connect()
  return { client, close: async () => client.destroy() }
}

describe.each(CLIENT_KINDS)('faults with %s', kind => {
  let server: StartedServer
  let proxy: FaultProxy
  let admin: Redis
  let opened: TestClient
  let stores: ReturnType<typeof redisStores>

  beforeAll(async () => {
    server = await startServer()
    proxy = await createFaultProxy({ target: { host: '127.0.0.1', port: server.port }, server })
    admin = new Redis(server.port)
    admin.on('error', () => {})
  }, 60_000)
  afterAll(async () => {
    admin.disconnect()
    await proxy.close()
    await server.stop()
  })
  beforeEach(async () => {
    opened = await openImpatient(kind, proxy.port)
    const open = () =>
      redisStores(opened.client, { prefix: createPrefix(), onWarning: () => {}, timeoutMilliseconds: 300 })
    // a script that the server does not know is sent twice: what is lost then may be the answer that it is unknown
    const warm = open()
    await prepare(warm)
    for (const call of Object.values(OPERATIONS)) await call(warm)
    stores = open()
    await prepare(stores)
  })
  afterEach(() => opened.close())

  /** Calls until the client is connected again. */
  async function eventually<Result>(call: () => Promise<Result>): Promise<Result> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      try {
        return await call()
      } catch {
        await new Promise(resolve => setTimeout(resolve, 20))
      }
    }
    return call()
  }

  it('every operation works on a server that has forgotten all scripts', async () => {
    for (const call of Object.values(OPERATIONS)) {
      await admin.script('FLUSH')
      await call(stores)
    }
    expect(await stores.sessions.list(LIST)).toEqual([])
  })

  it('a lost answer to a rotation is made good by a repeat', async () => {
    await proxy.faults.inject('lose_answer')
    await expect(stores.sessions.rotate(rotation(0))).rejects.toThrow()
    await proxy.faults.heal()
    const again = await eventually(() =>
      stores.sessions.rotate(rotation(0, { successorHash: 'x', sealedSuccessor: 'x' })),
    )
    expect(again).toMatchObject({
      outcome: 'replayed',
      sealedSuccessor: 'sealed-1',
      session: { generation: 1 },
    })
    expect(await stores.sessions.rotate(rotation(1))).toMatchObject({ outcome: 'rotated' })
  })

  it('a lost answer to a revocation is made good by a repeat', async () => {
    await proxy.faults.inject('lose_answer')
    await expect(stores.sessions.revokeAll(REVOKE_ALL)).rejects.toThrow()
    await proxy.faults.heal()
    const { ids } = await eventually(() => stores.sessions.revokeAll({ ...REVOKE_ALL, now: START + 2000 }))
    expect([...ids].sort()).toEqual(['session-1', 'session-2', 'session-3'])
    expect(await stores.sessions.find({ id: 'session-1', now: START + 2000 })).toMatchObject({
      revokedAt: START + 1000,
    })
  })

  it('a command that never arrived has no effect', async () => {
    await proxy.faults.inject('reset')
    await expect(stores.sessions.rotate(rotation(0))).rejects.toThrow()
    await proxy.faults.heal()
    expect(await eventually(() => stores.sessions.find({ id: 'session-1', now: START }))).toMatchObject({
      generation: 0,
    })
    expect(await stores.sessions.rotate(rotation(0))).toMatchObject({ outcome: 'rotated' })
  })

  it('a server that hangs is an error, never an answer', async () => {
    const processId = Number(/process_id:(\d+)/.exec(await admin.info('server'))?.[1])
    process.kill(processId, 'SIGSTOP')
    try {
      const calls = [
        stores.revocations.find({ marks: [{ kind: 'session', id: 'session-1' }], now: START }),
        stores.sessions.rotate(rotation(0)),
      ]
      for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected')
    } finally {
      process.kill(processId, 'SIGCONT')
    }
    // it may have arrived late: then the repeat is answered with what it made
    const { outcome } = await eventually(() => stores.sessions.rotate(rotation(0)))
    expect(['rotated', 'replayed']).toContain(outcome)
  })

  it('a server that pauses is waited for', async () => {
    await admin.client('PAUSE', 100)
    expect(await stores.sessions.rotate(rotation(0))).toMatchObject({ outcome: 'rotated' })
  })

  it('connections that are killed among many callers leave one successor and raise no alarm', async () => {
    for (let round = 0; round < 10; round += 1) {
      const session = sessionRecord({ id: `killed-${round}`, subject: 'killed' })
      await eventually(() => stores.sessions.insert({ session, now: START }))
      const callers = Array.from({ length: 40 }, (_, caller) =>
        stores.sessions.rotate(
          rotation(0, {
            id: session.id,
            successorHash: `hash-of-${caller}`,
            sealedSuccessor: `sealed-${caller}`,
          }),
        ),
      )
      const kill = admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
      const settled = await Promise.allSettled(callers)
      await kill
      const outcomes = settled.flatMap(result =>
        result.status === 'fulfilled' ? [result.value.outcome] : [],
      )
      expect(outcomes.filter(outcome => outcome !== 'rotated' && outcome !== 'replayed')).toEqual([])
      expect(outcomes.filter(outcome => outcome === 'rotated').length).toBeLessThanOrEqual(1)
      const found = await eventually(() => stores.sessions.find({ id: session.id, now: START }))
      expect(found?.generation).toBeLessThanOrEqual(1)
      expect(found).not.toHaveProperty('revokedAt')
    }
  })

  it('what was answered survives the end of the server process', async () => {
    await stores.sessions.rotate(rotation(0))
    await stores.sessions.revoke({ id: 'session-2', reason: 'revoked', now: START + 1000 })
    await server.kill()
    await expect(stores.sessions.find({ id: 'session-2', now: START + 1000 })).rejects.toThrow()
    await server.restart()
    const marks = [{ kind: 'session', id: 'session-2' }] as const
    expect(await eventually(() => stores.revocations.find({ marks, now: START + 1000 }))).toEqual([
      START + 1000,
    ])
    expect(await stores.sessions.rotate(rotation(0))).toMatchObject({ outcome: 'replayed' })
    expect(await stores.sessions.rotate(rotation(0, { now: START + 11_000 }))).toMatchObject({
      outcome: 'reused',
    })
    expect(
      await stores.revocations.find({ marks: [{ kind: 'session', id: 'session-1' }], now: START + 11_000 }),
    ).toEqual([START + 11_000])
  })
})

it('clients that resend on their own do no harm', async () => {
  const server = await startServer()
  const { client, close } = await openClient('ioredis', { ports: [server.port], isCluster: false })
  const admin = new Redis(server.port)
  const stores = redisStores(client, { prefix: createPrefix(), onWarning: () => {} })
  await prepare(stores)
  const callers = Array.from({ length: 50 }, () => stores.sessions.rotate(rotation(0)))
  await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  for (const { outcome } of await Promise.all(callers)) expect(['rotated', 'replayed']).toContain(outcome)
  admin.disconnect()
  await close()
  await server.stop()
}, 30_000)
