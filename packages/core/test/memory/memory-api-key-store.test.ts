import { describe, expect, it } from 'vitest'
import { MemoryApiKeyStore } from '../../src/memory/index.js'
import { apiKeyRecord, lastingApiKeyRecord, START, untyped } from './fixtures.js'

describe('MemoryApiKeyStore: bounds', () => {
  it('refuses a rotation as a whole when it is full', async () => {
    const store = new MemoryApiKeyStore({ maxEntries: 2 })
    await store.insert({ apiKey: lastingApiKeyRecord(), now: START })
    await store.insert({ apiKey: apiKeyRecord({ id: 'live_9', expiresAt: START + 100 }), now: START })
    const command = {
      id: 'live_1',
      successor: { id: 'live_2', hash: 'h', secretId: 's' },
      overlapExpiresAt: START + 1000,
    }
    await expect(store.rotate({ ...command, now: START + 99 })).rejects.toThrow(/full.*maxEntries/)
    expect(await store.find({ id: 'live_1', now: START })).toEqual(lastingApiKeyRecord())
    expect(await store.rotate({ ...command, now: START + 100 })).toMatchObject({ outcome: 'rotated' })
  })
})

describe('MemoryApiKeyStore: records', () => {
  it('are frozen at every depth, after every kind of write', async () => {
    const store = new MemoryApiKeyStore()
    await store.insert({ apiKey: apiKeyRecord({ remainingUses: 2 }), now: START })
    await store.consumeUse({ id: 'live_1', now: START })
    await store.touch({ uses: [{ id: 'live_1', lastUsedAt: START }], now: START })
    const updated = await store.update({ id: 'live_1', patch: { scope: ['a'] }, now: START })
    expect(updated).toSatisfy(Object.isFrozen)
    const found = await store.find({ id: 'live_1', now: START })
    expect(found).toSatisfy(Object.isFrozen)
    expect(() => untyped<string[]>(found?.scope).push('admin')).toThrow(TypeError)
    expect(() => Object.assign(untyped<object>(found?.metadata), { x: 1 })).toThrow(TypeError)
  })
})
