import { describe, expect, it } from 'vitest'
import { MemorySigningKeyStore } from '../../src/memory/index.js'
import { START, signingKeyRecord } from './fixtures.js'

describe('MemorySigningKeyStore', () => {
  it('is bounded', async () => {
    const store = new MemorySigningKeyStore({ maxEntries: 1 })
    const keys = [signingKeyRecord(), signingKeyRecord({ kid: 'key-2' })]
    await expect(store.replace({ expectedVersion: 0, keys, now: START })).rejects.toThrow(/maxEntries/)
    expect(await store.read({ now: START })).toEqual({ version: 0, keys: [] })
  })

  it('returns a frozen ring', async () => {
    const store = new MemorySigningKeyStore()
    await store.replace({ expectedVersion: 0, keys: [signingKeyRecord()], now: START })
    const ring = await store.read({ now: START })
    expect([ring, ring.keys, ring.keys[0], ring.keys[0]?.publicJwk].every(Object.isFrozen)).toBe(true)
  })
})
