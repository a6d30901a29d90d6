import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeConformance } from '../../src/index.js'
import { type StoreWorkers, startStoreWorkers } from '../../src/node/index.js'

const MODULE = new URL('memory-worker.mjs', import.meta.url)
let workers: StoreWorkers

beforeAll(async () => {
  workers = await startStoreWorkers({ module: MODULE, count: 2 })
})
afterAll(() => workers.stop())

describe('startStoreWorkers', () => {
  it('gives the stores of each process', async () => {
    const { stores, close } = await workers.open({ some: 'database' })
    const take = { key: 'k', limit: 1, windowSeconds: 60, cost: 1, now: 0 }
    const outcomes = await Promise.all(stores.map(({ rateLimits }) => rateLimits.take(take)))
    // each process has its own memory here
    expect(outcomes).toMatchObject([{ allowed: true }, { allowed: true }])
    await close()
    await expect(stores[0]?.rateLimits.take(take)).rejects.toThrow(/brought no rateLimits/)
  })

  it('brings errors back with their class and code', async () => {
    await expect(workers.open('fail')).rejects.toMatchObject({ message: 'no database', code: 'ECONNREFUSED' })
    const { stores, close } = await workers.open(undefined)
    await expect(stores[0]?.sessions.find({ id: 'a', now: Number.NaN })).rejects.toThrow(TypeError)
    await close()
  })

  it('does not wait for a process that has ended', async () => {
    const mortal = await startStoreWorkers({ module: MODULE.pathname, count: 1 })
    await expect(mortal.open('exit')).rejects.toThrow(/code 7/)
    await expect(mortal.open(undefined)).rejects.toThrow(/ended/)
    await mortal.stop()
  })
})

storeConformance({
  runner: { describe, it, afterAll },
  name: 'memory of another process',
  createStores: async () => {
    const opened = await workers.open(undefined)
    return { stores: opened.stores[0] ?? {}, close: opened.close }
  },
  capabilities: { sharedSessionRevocation: true, sweeps: true },
  runs: 5,
  histories: 5,
  print: () => {},
})
