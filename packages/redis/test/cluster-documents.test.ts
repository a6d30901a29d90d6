import type { StartedCluster } from '@authcore/conformance/node'
import { startRedisCluster } from '@authcore/conformance/node'
import { Cluster } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type NodeRedisClient, redisStores } from '../src/index.js'
import { createKeySpace } from '../src/records/key-space.js'
import { BREAKS, breaking } from './support/breaking-client.js'
import { openClient, type TestClient } from './support/clients.js'
import { putCommand, START } from './support/fixtures.js'
import { prepare } from './support/operations.js'
import { createPrefix } from './support/servers.js'

const NOW = START + 1000

describe('documents in Redis Cluster', () => {
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

  const DOCUMENT = { namespace: 'factor', id: 'document-1', now: NOW }
  const TAGGED = { namespace: 'factor', tag: 'subject:u1', now: NOW }
  const REPLACE = putCommand({
    expectedVersion: 1,
    writeId: 'write-2',
    tags: ['subject:u1', 'new'],
    now: NOW,
  })

  it.each(BREAKS)('a document is whole after a repeat of its creation (%o)', async ({ at, isEffective }) => {
    const prefix = createPrefix()
    const { documents } = open(prefix)
    await open(prefix, breaking(client, at, isEffective))
      .documents.put(putCommand())
      .catch(() => {})
    expect(await documents.put(putCommand())).toEqual({ outcome: 'stored', version: 1 })
    expect(await documents.list({ ...TAGGED, limit: 9 })).toMatchObject([{ id: 'document-1', version: 1 }])
    expect(await documents.removeAll(TAGGED)).toEqual({ removed: 1 })
    expect(await documents.find(DOCUMENT)).toBeUndefined()
  })

  it.each(BREAKS)(
    'a document is whole after a repeat of its replacement (%o)',
    async ({ at, isEffective }) => {
      const prefix = createPrefix()
      const { documents } = open(prefix)
      await documents.put(putCommand())
      await open(prefix, breaking(client, at, isEffective))
        .documents.put(REPLACE)
        .catch(() => {})
      expect(await documents.put(REPLACE)).toEqual({ outcome: 'stored', version: 2 })
      for (const tag of REPLACE.tags) {
        expect(await documents.list({ ...TAGGED, tag, limit: 9 })).toMatchObject([{ version: 2 }])
      }
      expect(await documents.removeAll({ ...TAGGED, tag: 'new' })).toEqual({ removed: 1 })
    },
  )

  it.each(BREAKS)(
    'no document exists that the deletion of its tag does not see (%o)',
    async ({ at, isEffective }) => {
      const prefix = createPrefix()
      const broken = open(prefix, breaking(client, at, isEffective)).documents
      await broken.put(putCommand()).catch(() => {})
      const { documents } = open(prefix)
      await documents.removeAll(TAGGED)
      expect(await documents.find(DOCUMENT)).toBeUndefined()
    },
  )

  it.each(BREAKS)('a deletion of all is whole after a repeat (%o)', async ({ at, isEffective }) => {
    const prefix = createPrefix()
    const stores = open(prefix)
    await prepare(stores)
    await open(prefix, breaking(client, at, isEffective))
      .documents.removeAll(TAGGED)
      .catch(() => {})
    await stores.documents.removeAll(TAGGED)
    expect(await stores.documents.list({ ...TAGGED, limit: 9 })).toEqual([])
    for (const number of [1, 2, 3]) {
      expect(await stores.documents.find({ ...DOCUMENT, id: `document-${number}` })).toBeUndefined()
    }
  })

  it('leaves no name behind of a document that was written often and then removed', async () => {
    const prefix = createPrefix()
    const { documents } = open(prefix)
    for (let version = 0; version < 9; version += 1) {
      const tags = version % 2 === 0 ? ['subject:u1', 'even'] : ['subject:u1']
      const write = { expectedVersion: version, writeId: `write-${version}`, tags, now: NOW }
      expect(await documents.put(putCommand(write))).toMatchObject({ outcome: 'stored' })
      expect(await documents.put(putCommand(write))).toMatchObject({ outcome: 'stored' })
      expect(await documents.put(putCommand({ ...write, writeId: 'other' }))).toMatchObject({
        outcome: 'conflict',
      })
    }
    const cards = () => countNames(prefix, ['subject:u1', 'even'])
    expect(await cards()).toEqual([1, 1])
    await documents.remove(DOCUMENT)
    expect(await cards()).toEqual([0, 0])
  })

  it('a write that the client sent twice is named as it stands', async () => {
    const prefix = createPrefix()
    const { documents } = open(prefix)
    // as a client does that reconnects before the answer has come; every command of these may be repeated
    const insistent: NodeRedisClient = {
      ...client,
      eval: (text, options) => client.eval(text, options),
      evalSha: async (sha, options) => {
        await client.evalSha(sha, options)
        return client.evalSha(sha, options)
      },
    }
    const twice = open(prefix, insistent).documents
    expect(await twice.put(putCommand())).toEqual({ outcome: 'stored', version: 1 })
    expect(await documents.list({ ...TAGGED, limit: 9 })).toMatchObject([{ version: 1 }])
    expect(await twice.put(REPLACE)).toEqual({ outcome: 'stored', version: 2 })
    expect(await documents.list({ ...TAGGED, tag: 'new', limit: 9 })).toMatchObject([{ version: 2 }])
    expect(await documents.removeAll(TAGGED)).toEqual({ removed: 1 })
  })

  it('a replacement of a document that was made anew in between follows the new one', async () => {
    const prefix = createPrefix()
    const { documents } = open(prefix)
    await documents.put(putCommand())
    let commands = 0
    const interrupted: NodeRedisClient = {
      ...client,
      eval: (text, options) => client.eval(text, options),
      evalSha: async (sha, options) => {
        commands += 1
        if (commands === 2) {
          await documents.remove(DOCUMENT)
          await documents.put(putCommand({ writeId: 'anew', tags: ['anew'], now: NOW + 1 }))
        }
        return client.evalSha(sha, options)
      },
    }
    // both nodes know the scripts by now, so each is one command
    await documents.find(DOCUMENT)
    expect(await open(prefix, interrupted).documents.put(REPLACE)).toEqual({ outcome: 'stored', version: 2 })
    expect(await documents.list({ ...TAGGED, limit: 9 })).toMatchObject([{ version: 2, createdAt: NOW + 1 }])
    expect(await countNames(prefix, ['anew', 'new', 'subject:u1'])).toEqual([0, 1, 1])
  })

  /** How many names the indexes of tags hold. */
  async function countNames(prefix: string, tags: readonly string[]): Promise<readonly number[]> {
    const keys = createKeySpace(prefix)
    const node = new Cluster(cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })))
    const counts = await Promise.all(tags.map(tag => node.zcard(keys.tagged('factor', tag).created)))
    node.disconnect()
    return counts
  }
})
