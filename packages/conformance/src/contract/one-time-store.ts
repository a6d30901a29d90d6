import type { JsonObject, OneTimeStore } from '@authcore/core/ports'
import { expect, expectRefusals } from '../expect.js'
import {
  BROKEN_TEXTS,
  HOSTILE_JSON,
  HOSTILE_TEXTS,
  MINUTE,
  NOT_INSTANTS,
  NOT_STRINGS,
  PAST,
  SECOND,
  START,
  untyped,
} from '../fixtures.js'
import type { PortKit } from '../port-kit.js'

const END = START + MINUTE
const KEY = { namespace: 'state', key: 'k' } as const
const RESERVE = { ...KEY, holder: 'a', expiresAt: END, now: START } as const
const PUT = { ...KEY, value: { nonce: 'n', list: [1] }, expiresAt: END, now: START } as const
const TAKE = { ...KEY, holder: 'a', now: START } as const

/** The contract of a one-time store. */
export function describeOneTimeStore(kit: PortKit<OneTimeStore>): void {
  kit.describe('reserve', () => describeReserve(kit))
  kit.describe('put and take', () => describePutAndTake(kit))
  kit.describe('sweep', () => describeSweep(kit))
  kit.describe('hostile values', () => describeHostile(kit))
  kit.describe('races', () => describeRaces(kit))
}

function describeReserve({ it }: PortKit<OneTimeStore>): void {
  it('lets the same holder repeat; the first expiry stays', async store => {
    expect(await store.reserve(RESERVE)).toEqual({ outcome: 'reserved' })
    const again = { ...RESERVE, now: END - 1, expiresAt: END + MINUTE }
    expect(await store.reserve(again)).toEqual({ outcome: 'reserved' })
    expect(await store.reserve({ ...RESERVE, holder: 'b', now: END - 1 })).toEqual({ outcome: 'taken' })
    const next = { ...RESERVE, holder: 'b', now: END, expiresAt: END + MINUTE }
    expect(await store.reserve(next)).toEqual({ outcome: 'reserved' })
    expect(await store.reserve({ ...again, now: END })).toEqual({ outcome: 'taken' })
  })

  it('does not give away a key that holds a value, nor a value for a reservation', async store => {
    await store.put(PUT)
    expect(await store.reserve(RESERVE)).toEqual({ outcome: 'taken' })
    await store.take(TAKE)
    expect(await store.reserve(RESERVE)).toEqual({ outcome: 'taken' })
    const other = { ...RESERVE, key: 'other' }
    await store.reserve(other)
    expect(await store.put({ ...PUT, key: 'other' })).toEqual({ outcome: 'exists' })
    expect(await store.take({ ...TAKE, key: 'other' })).toEqual({ outcome: 'not_found' })
    expect(await store.reserve(other)).toEqual({ outcome: 'reserved' })
  })

  it('is not ended early by the clock of the database', async store => {
    await store.reserve({ ...RESERVE, now: PAST, expiresAt: PAST + MINUTE })
    expect(await store.reserve({ ...RESERVE, holder: 'b', now: PAST + 1, expiresAt: PAST + MINUTE })).toEqual(
      {
        outcome: 'taken',
      },
    )
  })
}

function describePutAndTake({ it }: PortKit<OneTimeStore>): void {
  it('hands the value to one holder, who may repeat', async store => {
    expect(await store.put(PUT)).toEqual({ outcome: 'stored' })
    for (let time = 0; time < 3; time += 1) {
      expect(await store.take(TAKE)).toEqual({ outcome: 'taken', value: PUT.value })
      expect(await store.take({ ...TAKE, holder: 'b' })).toEqual({ outcome: 'not_found' })
    }
  })

  it('leaves a key that exists untouched, taken or not', async store => {
    await store.put(PUT)
    const other = { ...PUT, value: { nonce: 'other' }, expiresAt: END + MINUTE }
    expect(await store.put(other)).toEqual({ outcome: 'exists' })
    expect(await store.take(TAKE)).toEqual({ outcome: 'taken', value: PUT.value })
    expect(await store.put(other)).toEqual({ outcome: 'exists' })
    expect(await store.take({ ...TAKE, now: END })).toEqual({ outcome: 'not_found' })
  })

  it('forgets value and tombstone at the millisecond of the expiry', async store => {
    await store.put(PUT)
    expect(await store.take({ ...TAKE, now: END - 1 })).toEqual({ outcome: 'taken', value: PUT.value })
    expect(await store.take({ ...TAKE, now: END })).toEqual({ outcome: 'not_found' })
    const next = { ...PUT, value: { nonce: 'next' }, now: END, expiresAt: END + MINUTE }
    expect(await store.put(next)).toEqual({ outcome: 'stored' })
    expect(await store.take({ ...TAKE, holder: 'b', now: END })).toEqual({
      outcome: 'taken',
      value: next.value,
    })
  })

  it('hands out nothing that has expired untaken', async store => {
    await store.put(PUT)
    expect(await store.take({ ...TAKE, now: END })).toEqual({ outcome: 'not_found' })
  })

  it('keeps nothing that has expired before it came', async store => {
    await store.put({ ...PUT, expiresAt: START })
    await store.reserve({ ...RESERVE, key: 'r', expiresAt: START })
    expect(await store.take(TAKE)).toEqual({ outcome: 'not_found' })
    expect(await store.put({ ...PUT, key: 'r' })).toEqual({ outcome: 'stored' })
  })

  it('does not know an unknown key', async store => {
    expect(await store.take(TAKE)).toEqual({ outcome: 'not_found' })
    expect(await store.put(PUT)).toEqual({ outcome: 'stored' })
  })

  it('knows nothing of other keys and namespaces', async store => {
    await store.put({ ...PUT, namespace: 'a', key: 'b:c' })
    for (const [namespace, key] of [
      ['a:b', 'c'],
      ['a', 'b'],
      ['', 'a:b:c'],
      ['b:c', 'a'],
      ['1:a', 'b:c'],
      ['a:b:c', ''],
      ['{a', 'b:c}'],
    ] as const) {
      expect(await store.take({ ...TAKE, namespace, key })).toEqual({ outcome: 'not_found' })
      expect(await store.put({ ...PUT, namespace, key })).toEqual({ outcome: 'stored' })
    }
  })

  it('stays apart from what a caller holds', async store => {
    const value = { list: [1] }
    await store.put({ ...PUT, value })
    value.list.push(2)
    expect(await store.take(TAKE)).toEqual({ outcome: 'taken', value: { list: [1] } })
  })

  it('is not ended early by the clock of the database', async store => {
    await store.put({ ...PUT, now: PAST, expiresAt: PAST + MINUTE })
    expect(await store.take({ ...TAKE, now: PAST + 1 })).toMatch({ outcome: 'taken' })
    expect(await store.take({ ...TAKE, holder: 'b', now: PAST + 2 })).toEqual({ outcome: 'not_found' })
    expect(await store.put({ ...PUT, now: PAST + 2, expiresAt: PAST + MINUTE })).toEqual({
      outcome: 'exists',
    })
  })
}

function describeSweep({ it, isSweeping }: PortKit<OneTimeStore>): void {
  const now = START + 20 * SECOND
  const insertOld = async (store: OneTimeStore): Promise<void> => {
    for (let count = 0; count < 5; count += 1) {
      await store.reserve({ ...RESERVE, key: `old-${count}`, expiresAt: START + 10 * SECOND + count })
    }
    await store.put(PUT)
    await store.take(TAKE)
  }

  if (isSweeping) {
    it('deletes expired entries in batches and nothing else', async store => {
      await insertOld(store)
      expect(await store.sweep({ now: START + 10 * SECOND - 1, limit: 10 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now, limit: 0 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now, limit: 2 })).toEqual({ removed: 2 })
      expect(await store.sweep({ now, limit: 10 })).toEqual({ removed: 3 })
      expect(await store.take({ ...TAKE, now })).toMatch({ outcome: 'taken' })
    })
  } else {
    it('leaves deleting to the database, and live entries alone', async store => {
      await insertOld(store)
      expect((await store.sweep({ now, limit: 2 })).removed).toBeAtMost(2)
      expect(await store.take({ ...TAKE, now })).toMatch({ outcome: 'taken' })
    })
  }
}

function describeHostile({ it }: PortKit<OneTimeStore>): void {
  it('are ordinary keys, namespaces and holders', async store => {
    for (const text of HOSTILE_TEXTS) {
      expect(await store.put({ ...PUT, namespace: text, key: text, value: { text } })).toEqual({
        outcome: 'stored',
      })
      expect(await store.reserve({ ...RESERVE, namespace: 'reserved', key: text, holder: text })).toEqual({
        outcome: 'reserved',
      })
    }
    for (const text of HOSTILE_TEXTS) {
      const take = { ...TAKE, namespace: text, key: text, holder: text }
      expect(await store.take(take)).toEqual({ outcome: 'taken', value: { text } })
      expect(await store.take({ ...take, holder: `${text}'` })).toEqual({ outcome: 'not_found' })
      const reserve = { ...RESERVE, namespace: 'reserved', key: text }
      expect(await store.reserve({ ...reserve, holder: `${text}'` })).toEqual({ outcome: 'taken' })
      expect(await store.reserve({ ...reserve, holder: text })).toEqual({ outcome: 'reserved' })
    }
  })

  it('are ordinary values', async store => {
    await store.put({ ...PUT, value: HOSTILE_JSON })
    await store.put({ ...PUT, key: 'empty', value: {} })
    expect(await store.take(TAKE)).toEqual({ outcome: 'taken', value: HOSTILE_JSON })
    expect(await store.take({ ...TAKE, key: 'empty' })).toEqual({ outcome: 'taken', value: {} })
  })

  it('are refused when they are no strings, before anything is touched', async store => {
    await store.put(PUT)
    for (const value of [...NOT_STRINGS, ...BROKEN_TEXTS]) {
      const text = untyped<string>(value)
      await expectRefusals([
        () => store.reserve({ ...RESERVE, key: text }),
        () => store.reserve({ ...RESERVE, namespace: text }),
        () => store.reserve({ ...RESERVE, key: 'new', holder: text }),
        () => store.put({ ...PUT, key: text }),
        () => store.put({ ...PUT, namespace: text }),
        () => store.take({ ...TAKE, key: text }),
        () => store.take({ ...TAKE, namespace: text }),
        () => store.take({ ...TAKE, holder: text }),
      ])
    }
    const values = [undefined, null, 'text', [1], new Date(0), { at: new Date(0) }, { n: Number.NaN }]
    await expectRefusals(
      values.map(value => () => store.put({ ...PUT, key: 'new', value: untyped<JsonObject>(value) })),
    )
    expect(await store.put({ ...PUT, key: 'new' })).toEqual({ outcome: 'stored' })
    expect(await store.take({ ...TAKE, holder: 'b' })).toMatch({ outcome: 'taken' })
  })

  it('are refused as instants and counts', async store => {
    for (const value of NOT_INSTANTS) {
      const now = untyped<number>(value)
      await expectRefusals([
        () => store.reserve({ ...RESERVE, now }),
        () => store.reserve({ ...RESERVE, expiresAt: now }),
        () => store.put({ ...PUT, now }),
        () => store.put({ ...PUT, expiresAt: now }),
        () => store.take({ ...TAKE, now }),
        () => store.sweep({ now, limit: 1 }),
        () => store.sweep({ now: START, limit: now }),
      ])
    }
    expect(await store.put(PUT)).toEqual({ outcome: 'stored' })
  })
}

function describeRaces({ it, settings }: PortKit<OneTimeStore>): void {
  for (const callers of settings.callers) {
    it(`of ${callers} reservations have one winner, who may repeat`, async (store, { race }) => {
      const outcomes = await race(callers, (way, caller) =>
        way.reserve({ ...RESERVE, holder: `holder-${caller}` }),
      )
      expect(outcomes.filter(({ outcome }) => outcome === 'reserved').length).toEqual(1)
      const winner = outcomes.findIndex(({ outcome }) => outcome === 'reserved')
      expect(await store.reserve({ ...RESERVE, holder: `holder-${winner}` })).toEqual({ outcome: 'reserved' })
    })

    it(`of ${callers} on one value have one that takes it`, async (store, { race }) => {
      await store.put(PUT)
      const outcomes = await race(callers, (way, caller) => way.take({ ...TAKE, holder: `holder-${caller}` }))
      expect(outcomes.filter(({ outcome }) => outcome === 'taken').length).toEqual(1)
      const winner = outcomes.findIndex(({ outcome }) => outcome === 'taken')
      expect(outcomes[winner]).toEqual({ outcome: 'taken', value: PUT.value })
      expect(await store.take({ ...TAKE, holder: `holder-${winner}` })).toEqual(outcomes[winner])
    })

    it(`of ${callers} on one key keep one value or one reservation`, async (store, { race }) => {
      const outcomes = await race(callers, async (way, caller) => {
        const { outcome } =
          caller % 2 === 0
            ? await way.put({ ...PUT, value: { caller } })
            : await way.reserve({ ...RESERVE, holder: `holder-${caller}` })
        return outcome
      })
      const winner = outcomes.findIndex(outcome => outcome === 'stored' || outcome === 'reserved')
      expect(outcomes.filter(outcome => outcome === 'stored' || outcome === 'reserved').length).toEqual(1)
      expect(await store.take(TAKE)).toEqual(
        winner % 2 === 0 ? { outcome: 'taken', value: { caller: winner } } : { outcome: 'not_found' },
      )
    })
  }
}
