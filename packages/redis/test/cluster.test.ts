import type { StartedCluster } from '@authcore/conformance/node'
import { startRedisCluster } from '@authcore/conformance/node'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type NodeRedisClient, redisStores } from '../src/index.js'
import { createKeySpace } from '../src/records/key-space.js'
import { BREAKS, breaking } from './support/breaking-client.js'
import { CLIENT_KINDS, openClient, type TestClient } from './support/clients.js'
import { apiKeyRecord, rotation, START, sessionRecord } from './support/fixtures.js'
import { prepare } from './support/operations.js'
import { createPrefix } from './support/servers.js'

const NOW = START + 1000
const REVOKE_ALL = { subject: 'user-1', reason: 'revoked', now: NOW } as const
const ROTATE_KEY = {
  id: 'live_1',
  successor: { id: 'live_9', hash: 'hash-9', secretId: 'secret-1' },
  overlapExpiresAt: NOW + 60_000,
  now: NOW,
} as const

describe('Redis Cluster', () => {
  let cluster: StartedCluster
  let opened: TestClient
  let client: NodeRedisClient

  beforeAll(async () => {
    const started = await startRedisCluster(3)
    if ('missing' in started) throw new Error(started.missing)
    cluster = started
    const ports = cluster.nodes.map(node => node.port)
    opened = await openClient('node-redis', { ports, isCluster: true })
    if (!('evalSha' in opened.client)) throw new Error('Not node-redis.')
    client = opened.client
  }, 60_000)
  afterAll(async () => {
    await opened.close()
    await cluster.stop()
  })

  const open = (prefix: string, of: NodeRedisClient = client) =>
    redisStores(of, { prefix, cluster: true, onWarning: () => {} })

  it.each(BREAKS)('a session is whole after a repeat (%o)', async ({ at, isEffective }) => {
    const prefix = createPrefix()
    const { sessions } = open(prefix)
    await open(prefix, breaking(client, at, isEffective))
      .sessions.insert({ session: sessionRecord(), now: START })
      .catch(() => {})
    await sessions.insert({ session: sessionRecord(), now: START })
    expect(await sessions.list({ subject: 'user-1', now: NOW, limit: 9 })).toEqual([sessionRecord()])
    expect(await sessions.revokeAll(REVOKE_ALL)).toEqual({ ids: ['session-1'] })
  })

  it.each(BREAKS)(
    'no session exists that "sign out everywhere" does not see (%o)',
    async ({ at, isEffective }) => {
      const prefix = createPrefix()
      await open(prefix, breaking(client, at, isEffective))
        .sessions.insert({ session: sessionRecord(), now: START })
        .catch(() => {})
      const { sessions } = open(prefix)
      await sessions.revokeAll(REVOKE_ALL)
      const found = await sessions.find({ id: 'session-1', now: NOW })
      expect(found === undefined || found.revokedAt === NOW).toBe(true)
    },
  )

  it.each(BREAKS)('"sign out everywhere" is whole after a repeat (%o)', async ({ at, isEffective }) => {
    const prefix = createPrefix()
    const stores = open(prefix)
    await prepare(stores)
    await open(prefix, breaking(client, at, isEffective))
      .sessions.revokeAll(REVOKE_ALL)
      .catch(() => {})
    const { ids } = await stores.sessions.revokeAll({ ...REVOKE_ALL, now: NOW + 5 })
    expect([...ids].sort()).toEqual(['session-1', 'session-2', 'session-3'])
    expect(await stores.sessions.list({ subject: 'user-1', now: NOW, limit: 9 })).toEqual([])
  })

  it.each(BREAKS)(
    'a rotation of an API key has one successor after a repeat (%o)',
    async ({ at, isEffective }) => {
      const prefix = createPrefix()
      const { apiKeys } = open(prefix)
      await apiKeys.insert({ apiKey: apiKeyRecord({ remainingUses: 3 }), now: START })
      await open(prefix, breaking(client, at, isEffective))
        .apiKeys.rotate(ROTATE_KEY)
        .catch(() => {})
      const again = await apiKeys.rotate(ROTATE_KEY)
      expect(again).toMatchObject({
        outcome: 'rotated',
        predecessor: { id: 'live_1', remainingUses: 0, expiresAt: NOW + 60_000 },
        successor: { id: 'live_9', remainingUses: 3, lineageId: 'live_1' },
      })
      expect(await apiKeys.list({ ownerId: 'owner-1', now: NOW, limit: 9 })).toMatchObject([
        { id: 'live_9' },
        { id: 'live_1' },
      ])
    },
  )

  it.each(BREAKS)(
    'a rotation that was given up leaves at most one successor (%o)',
    async ({ at, isEffective }) => {
      const prefix = createPrefix()
      const { apiKeys } = open(prefix)
      await apiKeys.insert({ apiKey: apiKeyRecord({ remainingUses: 3 }), now: START })
      await open(prefix, breaking(client, at, isEffective))
        .apiKeys.rotate(ROTATE_KEY)
        .catch(() => {})
      const other = { ...ROTATE_KEY, successor: { ...ROTATE_KEY.successor, id: 'live_8' } }
      const { outcome } = await apiKeys.rotate(other)
      const listed = await apiKeys.list({ ownerId: 'owner-1', now: NOW, limit: 9 })
      const successors = listed.filter(({ id }) => id !== 'live_1')
      expect(successors.length).toBeLessThanOrEqual(1)
      expect(outcome).toBe(successors[0]?.id === 'live_8' ? 'rotated' : 'already_rotated')
    },
  )

  it.each(BREAKS)('a key never outlives its name in the list (%o)', async ({ at, isEffective }) => {
    const prefix = createPrefix()
    const { apiKeys } = open(prefix)
    await apiKeys.insert({ apiKey: apiKeyRecord({ expiresAt: NOW + 1 }), now: START })
    const patch = { expiresAt: NOW + 9_000_000 }
    await open(prefix, breaking(client, at, isEffective))
      .apiKeys.update({ id: 'live_1', patch, now: NOW })
      .catch(() => {})
    // another key of that owner takes names off the list that are past their time
    const later = NOW + 5_000_000
    await apiKeys.insert({ apiKey: apiKeyRecord({ id: 'live_2', createdAt: later }), now: later })
    const found = await apiKeys.find({ id: 'live_1', now: later })
    const listed = await apiKeys.list({ ownerId: 'owner-1', now: later, limit: 9 })
    expect(listed.some(({ id }) => id === 'live_1')).toBe(found !== undefined)
  })

  it('sessions that start while everything is revoked are ended by the next call at the latest', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { sessions } = open(createPrefix())
      const start = (id: string) => sessions.insert({ session: sessionRecord({ id }), now: START })
      await start('before')
      const [{ ids }] = await Promise.all([
        sessions.revokeAll(REVOKE_ALL),
        start('during-1'),
        start('during-2'),
      ])
      expect(ids).toContain('before')
      const listed = await sessions.list({ subject: 'user-1', now: NOW, limit: 9 })
      expect(listed.map(({ id }) => id)).toEqual(['during-1', 'during-2'].filter(id => !ids.includes(id)))
      expect((await sessions.revokeAll(REVOKE_ALL)).ids).toHaveLength(3)
    }
  })

  it('a repeat of a rotation that reads the old key before and the successor after another one agrees', async () => {
    const prefix = createPrefix()
    const { apiKeys } = open(prefix)
    await apiKeys.insert({ apiKey: apiKeyRecord(), now: START })
    // both nodes know the script by now, so each read is one command
    for (const id of ['live_1', 'live_9']) await apiKeys.find({ id, now: NOW })
    let readOfOldKey: Promise<unknown> | undefined
    let commands = 0
    const interleaved: NodeRedisClient = {
      ...client,
      eval: (text, options) => client.eval(text, options),
      evalSha: async (sha, options) => {
        commands += 1
        if (commands === 1) {
          readOfOldKey = client.evalSha(sha, options)
          return readOfOldKey
        }
        if (commands === 2) {
          await readOfOldKey
          await apiKeys.rotate(ROTATE_KEY)
        }
        return client.evalSha(sha, options)
      },
    }
    const outcome = await open(prefix, interleaved).apiKeys.rotate(ROTATE_KEY)
    expect(outcome).toMatchObject({ outcome: 'rotated', successor: { id: 'live_9' } })
    expect(await apiKeys.rotate(ROTATE_KEY)).toEqual(outcome)
  })

  it('a rotation of an API key follows a change of its expiry in between', async () => {
    const prefix = createPrefix()
    const { apiKeys } = open(prefix)
    await apiKeys.insert({ apiKey: apiKeyRecord({ expiresAt: NOW + 1000 }), now: START })
    let commands = 0
    const interrupted: NodeRedisClient = {
      ...client,
      eval: (text, options) => client.eval(text, options),
      evalSha: async (sha, options) => {
        commands += 1
        if (commands === 3) await apiKeys.update({ id: 'live_1', patch: { expiresAt: null }, now: NOW })
        return client.evalSha(sha, options)
      },
    }
    const outcome = await open(prefix, interrupted).apiKeys.rotate(ROTATE_KEY)
    expect(outcome).toMatchObject({ outcome: 'rotated', predecessor: { expiresAt: NOW + 60_000 } })
    expect(outcome).not.toHaveProperty('successor.expiresAt')
    // another key of that owner takes names off the list that are past their time
    const later = NOW + 5_000_000
    await apiKeys.insert({ apiKey: apiKeyRecord({ id: 'live_2', createdAt: later }), now: later })
    expect(await apiKeys.list({ ownerId: 'owner-1', now: later, limit: 9 })).toMatchObject([
      { id: 'live_2' },
      { id: 'live_9' },
    ])
  })

  it.each(CLIENT_KINDS)('goes on while slots move to another node (%s)', { timeout: 30_000 }, async kind => {
    const prefix = createPrefix()
    const ports = cluster.nodes.map(node => node.port)
    const moved = await openClient(kind, { ports, isCluster: true })
    const stores = redisStores(moved.client, { prefix, onWarning: () => {} })
    await prepare(stores)
    const marks = [
      { kind: 'session', id: 'session-1' },
      { kind: 'subject', id: 'user-1' },
    ] as const
    const nodes = ports.map(port => new Redis(port))
    const key = createKeySpace(prefix).session('session-1')
    const slot = Number(await nodes[0]?.cluster('KEYSLOT', key))
    const ids = await Promise.all(nodes.map(node => node.cluster('MYID')))
    const from = Math.floor((slot * 3) / 16_384)
    const to = (from + 1) % 3
    const [source, target, sourceId, targetId] = [nodes[from], nodes[to], ids[from], ids[to]]
    if (source === undefined || target === undefined) throw new Error('No such node.')

    await target.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(sourceId))
    await source.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(targetId))
    expect(await stores.revocations.find({ marks, now: NOW })).toEqual([undefined, undefined])
    expect(await stores.sessions.rotate(rotation(0))).toMatchObject({ outcome: 'rotated' })
    const keys = (await source.call('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[]
    await source.call('MIGRATE', '127.0.0.1', ports[to] ?? 0, '', 0, 1000, 'KEYS', ...keys)
    // the script is new to the other node as well
    expect(await stores.sessions.rotate(rotation(1))).toMatchObject({ outcome: 'rotated' })
    expect(await stores.sessions.revoke({ id: 'session-1', reason: 'revoked', now: NOW })).toEqual({
      found: true,
    })
    for (const node of [target, source, ...nodes]) {
      await node.call('CLUSTER', 'SETSLOT', slot, 'NODE', String(targetId))
    }
    expect(await stores.revocations.find({ marks, now: NOW })).toEqual([NOW, undefined])
    expect(await stores.sessions.find({ id: 'session-1', now: NOW })).toMatchObject({
      generation: 2,
      revokedAt: NOW,
    })

    await source.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(targetId))
    await target.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(sourceId))
    const back = (await target.call('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[]
    await target.call('MIGRATE', '127.0.0.1', ports[from] ?? 0, '', 0, 1000, 'KEYS', ...back)
    for (const node of [source, target, ...nodes]) {
      await node.call('CLUSTER', 'SETSLOT', slot, 'NODE', String(sourceId))
    }
    for (const node of nodes) node.disconnect()
    await moved.close()
  })
})
