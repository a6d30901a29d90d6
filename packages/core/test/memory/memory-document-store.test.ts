import { afterEach, describe, expect, it } from 'vitest'
import { MemoryDocumentStore } from '../../src/memory/index.js'
import type { PutDocumentCommand } from '../../src/ports/index.js'
import { START, untyped } from './fixtures.js'

const KEY = { namespace: 'factor', id: 'd1' } as const

function put(fields: Partial<PutDocumentCommand> = {}): PutDocumentCommand {
  return {
    ...KEY,
    tags: ['subject:u1'],
    value: { list: [1] },
    expectedVersion: 0,
    writeId: 'w1',
    now: START,
    ...fields,
  }
}

describe('MemoryDocumentStore', () => {
  afterEach(() => {
    for (const name of ['tag', 'expectedVersion', 'expiresAt']) Reflect.deleteProperty(Object.prototype, name)
  })

  it('refuses a new document when it is full, and still replaces and removes', async () => {
    const store = new MemoryDocumentStore({ maxEntries: 1 })
    await store.put(put())
    await expect(store.put(put({ id: 'd2' }))).rejects.toThrow(/full.*maxEntries/)
    expect(await store.put(put({ expectedVersion: 1, writeId: 'w2' }))).toEqual({
      outcome: 'stored',
      version: 2,
    })
    expect(await store.remove({ ...KEY, now: START })).toEqual({ outcome: 'removed' })
    expect(await store.put(put({ id: 'd2' }))).toMatchObject({ outcome: 'stored' })
  })

  it('is full of what lives alone', async () => {
    const store = new MemoryDocumentStore({ maxEntries: 1 })
    await store.put(put({ expiresAt: START + 1000 }))
    const now = START + 1000
    expect(await store.put(put({ id: 'd2', now, writeId: 'w2' }))).toMatchObject({ outcome: 'stored' })
    expect(await store.list({ namespace: 'factor', tag: 'subject:u1', now, limit: 9 })).toMatchObject([
      { id: 'd2' },
    ])
  })

  it('returns frozen records', async () => {
    const store = new MemoryDocumentStore()
    await store.put(put())
    const document = untyped<{ tags: string[]; value: { list: number[] } }>(
      await store.find({ ...KEY, now: START }),
    )
    expect(() => document.tags.push('x')).toThrow(TypeError)
    expect(() => document.value.list.push(2)).toThrow(TypeError)
    expect(Object.isFrozen(document)).toBe(true)
  })

  it('takes no limit of a command from a polluted prototype', async () => {
    const store = new MemoryDocumentStore()
    Object.assign(Object.prototype, { tag: 'other', expectedVersion: 7, expiresAt: START + 1 })
    await store.put(put())
    expect(await store.find({ ...KEY, now: START + 2 })).toMatchObject({ version: 1 })
    expect(await store.remove({ ...KEY, now: START + 2 })).toEqual({ outcome: 'removed' })
  })
})
