import { describe, expect, it } from 'vitest'
import { MemoryOneTimeStore } from '../../src/memory/index.js'
import { START, untyped } from './fixtures.js'

describe('MemoryOneTimeStore', () => {
  it('refuses when it is full, and forgets no tombstone', async () => {
    const store = new MemoryOneTimeStore({ maxEntries: 2 })
    const key = { namespace: 'n', holder: 'a', expiresAt: START + 100, now: START }
    await store.reserve({ ...key, key: 'a' })
    await store.put({ ...key, key: 'b', value: { x: 1 } })
    await store.take({ ...key, key: 'b' })
    await expect(store.reserve({ ...key, key: 'c' })).rejects.toThrow(/full.*maxEntries/)
    await expect(store.put({ ...key, key: 'c', value: {} })).rejects.toThrow(/full.*maxEntries/)
    expect(await store.take({ ...key, key: 'b', holder: 'b' })).toEqual({ outcome: 'not_found' })
    const later = { ...key, expiresAt: START + 200, now: START + 100 }
    expect(await store.reserve({ ...later, key: 'c' })).toEqual({ outcome: 'reserved' })
  })

  it('returns a frozen value', async () => {
    const store = new MemoryOneTimeStore()
    const key = { namespace: 'n', key: 'k', now: START }
    await store.put({ ...key, value: { list: [1] }, expiresAt: START + 1 })
    const taken = untyped<{ value: { list: number[] } }>(await store.take({ ...key, holder: 'a' }))
    expect(() => taken.value.list.push(2)).toThrow(TypeError)
  })
})
