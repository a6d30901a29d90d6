import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuthCore, type Stores } from '@authcore/core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createSweepCounter } from '../src/clean-up.js'
import { openEmbedded } from '../src/database/open-embedded.js'
import { openServer } from '../src/database/open-server.js'
import { startHousekeeping } from '../src/housekeeping.js'
import { createOffsetClock } from '../src/offset-clock.js'
import { createDataFolder, createEmptyFolder, type DataFolder } from './setup/data-folder.js'
import { describeWithPostgres } from './setup/test-places.js'
import { openTestState, type TestState, toState } from './setup/test-state.js'

const NOW = 1_800_000_000_000
const EXPIRED = 60
const BATCH_SIZE = 7

let state: TestState

beforeAll(async () => {
  state = await openTestState()
})
afterAll(() => state.close())
afterEach(() => state.empty())

describe('the embedded database', () => {
  let folder: DataFolder

  afterEach(() => folder.remove())

  it('is set up again when that was interrupted, and when the lock is of a process that is gone', async () => {
    folder = createEmptyFolder()
    mkdirSync(join(folder.path, 'postgres.unfinished'))
    writeFileSync(join(folder.path, 'postgres.unfinished/PG_VERSION'), '17')
    writeFileSync(join(folder.path, 'lock'), '2147483646')
    const { client, close } = await openEmbedded(folder.path)
    expect(await client.demoUser.count()).toBe(0)
    expect(await client.authcoreSession.count()).toBe(0)
    await close()
  })

  it('is refused while a process that is alive has it', async () => {
    folder = createDataFolder()
    // the parent of this process is alive as long as this one
    writeFileSync(join(folder.path, 'lock'), String(process.ppid))
    await expect(openEmbedded(folder.path)).rejects.toMatchObject({ name: 'StartError' })
  })
})

describe('the clock', () => {
  it('never starts before what was written by it, also after a crash', async () => {
    const { clockMemory } = state
    const clock = createOffsetClock({ systemClock: () => NOW })
    const housekeeping = await startHousekeeping({ ...QUIET, clock, clockMemory })
    await housekeeping.advanceClock(1500)
    expect(clock.now()).toBe(NOW + 1_500_000)
    expect(await clockMemory.readLatest()).toBeGreaterThan(clock.now())
    await housekeeping.stop()
    expect(await clockMemory.readLatest()).toBe(clock.now())

    const notBefore = await clockMemory.readLatest()
    const next = createOffsetClock({ notBefore, systemClock: () => NOW + 1000 })
    expect(next.now()).toBe(NOW + 1_500_000)
    const muchLater = createOffsetClock({ notBefore, systemClock: () => NOW + 9_000_000 })
    expect(muchLater.offsetSeconds).toBe(0)
  })
})

describe('housekeeping', () => {
  it('cleans up again and again, also after a failure, until it is stopped', async () => {
    const report = vi.fn()
    const sweep = vi.fn(async () => {
      if (sweep.mock.calls.length === 1) throw new Error('the store is away')
    })
    const clock = createOffsetClock({ systemClock: () => NOW })
    const { clockMemory } = state
    const housekeeping = await startHousekeeping({ sweep, report, clock, clockMemory, intervalMs: 5 })
    await vi.waitFor(() => expect(sweep.mock.calls.length).toBeGreaterThan(2))
    await housekeeping.stop()
    const { length } = sweep.mock.calls
    await clockMemory.readLatest()
    expect(sweep).toHaveBeenCalledTimes(length)
    expect(report).toHaveBeenCalledOnce()
  })
})

describe('two cleaners at once on PGlite', () => {
  it('delete every expired row once, in bounded batches, and nothing else', async () => {
    await expectSafeCleaners(state.stores, state.stores)
  })
})

await describeWithPostgres('two cleaners at once on PostgreSQL', openPlace => {
  it('delete every expired row once, in bounded batches, and nothing else', async () => {
    const place = await openPlace()
    // both start on a database without tables
    const databases = await Promise.all([openServer(place.url), openServer(place.url)])
    try {
      const [first, second] = databases
      await expectSafeCleaners(toState(first).stores, toState(second).stores)
    } finally {
      for (const { close } of databases) await close()
      await place.leave()
    }
  })
})

const QUIET = { sweep: async () => {}, report: () => {} }

async function expectSafeCleaners(first: Stores, second: Stores): Promise<void> {
  let now = NOW
  const cleaners = [first, second].map(own => {
    const { stores, count } = createSweepCounter(own)
    const auth = createAuthCore({ ...SETTINGS, stores, clock: () => now })
    return { auth, cleanUp: () => count(() => auth.sweep({ batchSize: BATCH_SIZE })) }
  })
  const { auth } = cleaner(cleaners)
  const key = { ownerId: 'owner-1', name: 'key' }
  for (let count = 0; count < EXPIRED; count += 1) await auth.apiKeys.issue({ ...key, expiresInSeconds: 60 })
  const kept = await auth.apiKeys.issue(key)
  const { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
  now += 60_000

  const reports = await Promise.all(cleaners.map(({ cleanUp }) => cleanUp()))
  const removed = reports.map(report => report.removed.apiKeys)
  // one may pass over what the other has under way, and stop there; what is left goes with the next round
  const rest = await cleaner(cleaners).cleanUp()
  expect(removed.reduce((sum, count) => sum + count, rest.removed.apiKeys)).toBe(EXPIRED)
  expect(Math.max(...reports.flatMap(({ batches }) => batches))).toBe(BATCH_SIZE)
  expect((await cleaner(cleaners).cleanUp()).removed.apiKeys).toBe(0)
  await expect(auth.apiKeys.verify(kept.apiKey)).resolves.toMatchObject({ subject: 'owner-1' })
  await expect(auth.sessions.refresh(refreshToken)).resolves.toBeDefined()
}

const SETTINGS = {
  issuer: 'https://demo.example',
  audience: 'https://demo.example',
  secrets: ['hJ0mZ1vXcQ8rT5uYwA3eKp7LdNs9BgFi2oCxVkMtSjE'],
}

function cleaner<Cleaner>(cleaners: readonly Cleaner[]): Cleaner {
  const [first] = cleaners
  if (first === undefined) throw new Error('there is no cleaner')
  return first
}
