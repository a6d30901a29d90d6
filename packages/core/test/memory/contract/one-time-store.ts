import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/json.js'
import type { OneTimeStore } from '../../../src/ports/one-time-store.js'
import { expectRefusals, HOSTILE_IDS, NOT_STRINGS, START, type StoreFactory, untyped } from './fixtures.js'

const KEY = { namespace: 'state', key: 'k' } as const
const RESERVE = { ...KEY, holder: 'a', expiresAt: START + 1000, now: START } as const
const PUT = { ...KEY, value: { nonce: 'n', list: [1] }, expiresAt: START + 1000, now: START } as const
const TAKE = { ...KEY, holder: 'a', now: START } as const

/** The contract of a one-time store. */
export function describeOneTimeStore(name: string, createStore: StoreFactory<OneTimeStore>): void {
  describe(`${name}: reserve`, () => {
    it('is first come, first served', async () => {
      const store = await createStore()
      const holders = Array.from({ length: 20 }, (_, count) => `holder-${count}`)
      const outcomes = await Promise.all(holders.map(holder => store.reserve({ ...RESERVE, holder })))
      expect(outcomes.filter(({ outcome }) => outcome === 'reserved')).toHaveLength(1)
    })

    it('lets the same holder repeat; the first expiry stays', async () => {
      const store = await createStore()
      await store.reserve(RESERVE)
      const again = { ...RESERVE, now: START + 999, expiresAt: START + 9000 }
      expect(await store.reserve(again)).toEqual({ outcome: 'reserved' })
      expect(await store.reserve({ ...RESERVE, holder: 'b', now: START + 999 })).toEqual({ outcome: 'taken' })
      const next = { ...RESERVE, holder: 'b', now: START + 1000, expiresAt: START + 2000 }
      expect(await store.reserve(next)).toEqual({ outcome: 'reserved' })
      expect(await store.reserve({ ...again, now: START + 1000 })).toEqual({ outcome: 'taken' })
    })

    it('does not give away a key that holds a value, nor a value for a reservation', async () => {
      const store = await createStore()
      await store.put(PUT)
      expect(await store.reserve(RESERVE)).toEqual({ outcome: 'taken' })
      await store.take(TAKE)
      expect(await store.reserve(RESERVE)).toEqual({ outcome: 'taken' })
      const other = { ...RESERVE, key: 'other' }
      await store.reserve(other)
      expect(await store.put({ ...PUT, key: 'other' })).toEqual({ outcome: 'exists' })
      expect(await store.take({ ...TAKE, key: 'other' })).toEqual({ outcome: 'not_found' })
    })
  })

  describe(`${name}: put and take`, () => {
    it('hands the value to one holder, who may repeat', async () => {
      const store = await createStore()
      expect(await store.put(PUT)).toEqual({ outcome: 'stored' })
      for (let time = 0; time < 3; time += 1) {
        expect(await store.take(TAKE)).toEqual({ outcome: 'taken', value: PUT.value })
        expect(await store.take({ ...TAKE, holder: 'b' })).toEqual({ outcome: 'not_found' })
      }
    })

    it('has one winner among many', async () => {
      const store = await createStore()
      await store.put(PUT)
      const holders = Array.from({ length: 20 }, (_, count) => `holder-${count}`)
      const outcomes = await Promise.all(holders.map(holder => store.take({ ...TAKE, holder })))
      expect(outcomes.filter(({ outcome }) => outcome === 'taken')).toHaveLength(1)
    })

    it('leaves a key that exists untouched, taken or not', async () => {
      const store = await createStore()
      await store.put(PUT)
      const other = { ...PUT, value: { nonce: 'other' }, expiresAt: START + 9000 }
      expect(await store.put(other)).toEqual({ outcome: 'exists' })
      expect(await store.take(TAKE)).toEqual({ outcome: 'taken', value: PUT.value })
      expect(await store.put(other)).toEqual({ outcome: 'exists' })
      expect(await store.take({ ...TAKE, now: START + 1000 })).toEqual({ outcome: 'not_found' })
    })

    it('forgets value and tombstone at the millisecond of the expiry', async () => {
      const store = await createStore()
      await store.put(PUT)
      expect(await store.take({ ...TAKE, now: START + 999 })).toMatchObject({ outcome: 'taken' })
      expect(await store.take({ ...TAKE, now: START + 1000 })).toEqual({ outcome: 'not_found' })
      const next = { ...PUT, now: START + 1000, expiresAt: START + 2000 }
      expect(await store.put(next)).toEqual({ outcome: 'stored' })
      expect(await store.take({ ...TAKE, holder: 'b', now: START + 1000 })).toMatchObject({
        outcome: 'taken',
      })
    })

    it('keeps nothing that has expired before it came', async () => {
      const store = await createStore()
      await store.put({ ...PUT, expiresAt: START })
      await store.reserve({ ...RESERVE, key: 'r', expiresAt: START })
      expect(await store.take(TAKE)).toEqual({ outcome: 'not_found' })
      expect(await store.put({ ...PUT, key: 'r' })).toEqual({ outcome: 'stored' })
    })

    it('knows nothing of other keys and namespaces', async () => {
      const store = await createStore()
      await store.put({ ...PUT, namespace: 'a', key: 'b:c' })
      for (const [namespace, key] of [
        ['a:b', 'c'],
        ['a', 'b'],
        ['', 'a:b:c'],
        ['b:c', 'a'],
        ['1:a', 'b:c'],
      ] as const) {
        expect(await store.take({ ...TAKE, namespace, key })).toEqual({ outcome: 'not_found' })
        expect(await store.put({ ...PUT, namespace, key })).toEqual({ outcome: 'stored' })
      }
    })

    it('stays apart from what a caller holds', async () => {
      const store = await createStore()
      const value = { list: [1] }
      await store.put({ ...PUT, value })
      value.list.push(2)
      expect(await store.take(TAKE)).toEqual({ outcome: 'taken', value: { list: [1] } })
    })
  })

  describe(`${name}: sweep`, () => {
    it('deletes expired entries in batches and nothing else', async () => {
      const store = await createStore()
      for (let count = 0; count < 5; count += 1) {
        await store.reserve({ ...RESERVE, key: `old-${count}`, expiresAt: START + 100 + count })
      }
      await store.put(PUT)
      expect(await store.sweep({ now: START + 99, limit: 10 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now: START + 200, limit: 2 })).toEqual({ removed: 2 })
      expect(await store.sweep({ now: START + 200, limit: 10 })).toEqual({ removed: 3 })
      expect(await store.take({ ...TAKE, now: START + 200 })).toMatchObject({ outcome: 'taken' })
    })
  })

  describe(`${name}: hostile values`, () => {
    it('are ordinary as keys, namespaces and holders', async () => {
      const store = await createStore()
      for (const text of HOSTILE_IDS) {
        expect(await store.put({ ...PUT, namespace: text, key: text })).toEqual({ outcome: 'stored' })
        const reserve = { ...RESERVE, namespace: 'reserved', key: text, holder: text }
        expect(await store.reserve(reserve)).toEqual({ outcome: 'reserved' })
      }
      for (const text of HOSTILE_IDS) {
        const take = { ...TAKE, namespace: text, key: text, holder: text }
        expect(await store.take(take)).toMatchObject({ outcome: 'taken' })
      }
    })

    it('are refused when they are no strings, before anything is touched', async () => {
      const store = await createStore()
      await store.put(PUT)
      for (const value of NOT_STRINGS) {
        const text = untyped<string>(value)
        await expectRefusals([
          store.reserve({ ...RESERVE, key: text }),
          store.reserve({ ...RESERVE, namespace: text }),
          store.reserve({ ...RESERVE, key: 'new', holder: text }),
          store.put({ ...PUT, key: text }),
          store.take({ ...TAKE, key: text }),
          store.take({ ...TAKE, holder: text }),
        ])
      }
      for (const value of [
        undefined,
        null,
        'text',
        [1],
        new Date(0),
        { at: new Date(0) },
        { n: Number.NaN },
      ]) {
        const command = { ...PUT, key: 'new', value: untyped<JsonObject>(value) }
        await expect(store.put(command)).rejects.toThrow(TypeError)
      }
      expect(await store.put({ ...PUT, key: 'new' })).toEqual({ outcome: 'stored' })
      expect(await store.take({ ...TAKE, holder: 'b' })).toMatchObject({ outcome: 'taken' })
    })
  })
}
