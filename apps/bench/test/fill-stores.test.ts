import { findPostgresServer, findRedisServer, isServer, leaveOut } from '@authcore/conformance/node'
import { memoryStores } from '@authcore/core/memory'
import type { Stores } from '@authcore/core/ports'
import { afterAll, describe, expect, it } from 'vitest'
import { createMemoryCopier, createPostgresCopier, createRedisCopier } from '../src/setup/copiers.js'
import { type OpenDatabase, openDatabase } from '../src/setup/databases.js'
import { type Copier, fillStores } from '../src/setup/fill-stores.js'
import { createAuth, createPopulation, issueKeys, startSessions } from '../src/setup/population.js'

const ISSUED = 4
const COPIES = 2
const population = createPopulation(ISSUED * (COPIES + 1), ISSUED)

/** All of them come from the first of a batch. */
const copyNumbers = Array.from({ length: ISSUED * COPIES }, (_, number) => number)

async function expectPeopled(stores: Stores, copier: Copier): Promise<void> {
  const told: string[] = []
  await fillStores(stores, copier, population, text => told.push(text))
  expect(told).toEqual(['12 of 12 keys', '12 of 12 sessions', '12 of 12 revocations', 'settling'])
  const auth = await createAuth(population, stores)
  await expectKeys(auth.apiKeys, stores)
  await expectSessions(auth, stores)
}

async function expectKeys(
  apiKeys: Awaited<ReturnType<typeof createAuth>>['apiKeys'],
  stores: Stores,
): Promise<void> {
  const now = Date.now()
  let original: object = {}
  for await (const { text, record } of issueKeys(population)) {
    expect(await apiKeys.verify(text)).toMatchObject({ subject: record.ownerId })
    if (record.ownerId === 'owner-0') original = record
  }
  for (const number of copyNumbers) {
    const ownerId = `owner-0-${number}`
    const [copy, ...others] = await stores.apiKeys.list({ ownerId, now, limit: 10 })
    expect(others).toEqual([])
    expect(copy).toEqual({ ...original, ownerId, id: copy?.id, lineageId: copy?.id })
    expect(copy?.id).toHaveLength('live_'.length + 22)
    expect(await stores.apiKeys.find({ id: copy?.id ?? '', now })).toEqual(copy)
  }
}

async function expectSessions(
  { sessions, accessTokens }: Awaited<ReturnType<typeof createAuth>>,
  stores: Stores,
): Promise<void> {
  const now = Date.now()
  let original: object = {}
  for await (const { text, record } of startSessions(population)) {
    if (record.subject === 'user-0') original = record
    const { refreshToken } = await sessions.refresh(text)
    const { accessToken, session } = await sessions.refresh(refreshToken)
    expect(session.id).toBe(record.id)
    await sessions.revoke(session.id)
    await expect(accessTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
  }
  for (const number of copyNumbers) {
    const subject = `user-0-${number}`
    const [copy, ...others] = await stores.sessions.list({ subject, now, limit: 10 })
    expect(others).toEqual([])
    expect(copy).toEqual({ ...original, subject, id: copy?.id })
    expect(copy?.id).toHaveLength(22)
    const { ids } = await stores.sessions.revokeAll({ subject, reason: 'subject_revoked', now })
    expect(ids).toEqual([copy?.id])
  }
}

/** Also that the database is found again, and empty afterwards. */
async function expectPeopledServer(
  kind: 'redis' | 'postgresql',
  url: string,
  createCopier: (database: OpenDatabase) => Copier,
): Promise<void> {
  const database = await openDatabase(kind, { url })
  try {
    await expectPeopled(database.stores, createCopier(database))
    const again = await openDatabase(kind, { url, known: database.prefix })
    const found = await again.stores.apiKeys.list({ ownerId: 'owner-1', now: Date.now(), limit: 10 })
    expect(found).toHaveLength(1)
    await again.close()
    expect(await database.stores.apiKeys.list({ ownerId: 'owner-1', now: Date.now(), limit: 10 })).toEqual(
      found,
    )
  } finally {
    await database.close()
  }
}

it('what fills a store in memory is found by the store', async () => {
  const stores = memoryStores()
  await expectPeopled(stores, createMemoryCopier(stores))
})

it('a population is the same each time, and no other one is', async () => {
  const texts = async (of: typeof population): Promise<readonly string[]> => {
    const found: string[] = []
    for await (const { text } of issueKeys(of)) found.push(text)
    for await (const { text } of startSessions(of)) found.push(text)
    return found
  }
  expect(await texts(population)).toEqual(await texts(population))
  expect(await texts(createPopulation(2, 2))).not.toEqual(await texts(createPopulation(2, 2)))
})

const redis = await findRedisServer()
if (isServer(redis)) {
  describe('Redis', () => {
    afterAll(() => redis.stop())
    it('what fills a store is found by the store', () =>
      expectPeopledServer('redis', redis.url, createRedisCopier))
  })
} else leaveOut({ runner: { describe, it, afterAll }, name: 'Redis', reason: redis.missing })

const postgres = await findPostgresServer()
if (isServer(postgres)) {
  describe('PostgreSQL', () => {
    afterAll(() => postgres.stop())
    it('what fills a store is found by the store', () =>
      expectPeopledServer('postgresql', postgres.url, createPostgresCopier))
  })
} else leaveOut({ runner: { describe, it, afterAll }, name: 'PostgreSQL', reason: postgres.missing })
