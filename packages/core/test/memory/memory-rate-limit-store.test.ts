import { describe, expect, it } from 'vitest'
import { MemoryRateLimitStore } from '../../src/memory/index.js'
import { START } from './fixtures.js'

describe('MemoryRateLimitStore', () => {
  it('refuses new keys when it is full, and goes on with those that it knows', async () => {
    const store = new MemoryRateLimitStore({ maxEntries: 1 })
    const command = { limit: 2, windowSeconds: 1, cost: 1, now: START }
    await store.take({ ...command, key: 'a' })
    await expect(store.take({ ...command, key: 'b' })).rejects.toThrow(/full.*maxEntries/)
    expect(await store.take({ ...command, key: 'a' })).toMatchObject({ allowed: true, remaining: 0 })
    expect(await store.take({ ...command, key: 'b', cost: 0 })).toMatchObject({ remaining: 2 })
    expect(await store.take({ ...command, key: 'b', now: START + 1000 })).toMatchObject({ remaining: 1 })
  })
})
