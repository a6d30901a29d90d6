import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type IndexedRecord, NewestFirstIndex } from '../../src/memory/newest-first-index.js'

function newestFirst(one: IndexedRecord, other: IndexedRecord): number {
  return other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1)
}

describe('NewestFirstIndex', () => {
  it.each([
    ['ascending', (count: number) => count],
    ['descending', (count: number) => -count],
    ['scattered', (count: number) => (count * 7919) % 3001],
    ['equal', () => 0],
  ])('keeps the order of thousands that come in %s order', (_, toInstant) => {
    const index = new NewestFirstIndex()
    const records = Array.from({ length: 3000 }, (_, count) => ({
      id: `id-${(count * 31) % 3000}`,
      createdAt: toInstant(count),
    }))
    for (const record of records) index.add('group', record)
    expect([...index.ids('group')]).toEqual(records.toSorted(newestFirst).map(({ id }) => id))
    const kept = records.filter((record, count) => {
      if (count % 3 !== 0) index.delete('group', record)
      return count % 3 === 0
    })
    expect([...index.ids('group')]).toEqual(kept.toSorted(newestFirst).map(({ id }) => id))
    for (const record of kept) index.delete('group', record)
    expect([...index.ids('group')]).toEqual([])
  })

  it('passes over what it does not hold', () => {
    const index = new NewestFirstIndex()
    index.delete('group', { id: 'a', createdAt: 1 })
    index.add('group', { id: 'a', createdAt: 1 })
    index.delete('group', { id: 'b', createdAt: 1 })
    index.delete('group', { id: 'a', createdAt: 2 })
    index.delete('__proto__', { id: 'a', createdAt: 1 })
    expect([...index.ids('group')]).toEqual(['a'])
    expect([...index.ids('__proto__')]).toEqual([])
  })

  it('does what sorting does', () => {
    const step = fc.record({
      add: fc.boolean(),
      id: fc.nat({ max: 20 }).map(String),
      group: fc.constantFrom('a', 'b'),
    })
    const property = fc.property(
      fc.array(step, { maxLength: 100 }),
      fc.nat({ max: 6 }),
      (steps, instants) => {
        const index = new NewestFirstIndex()
        const plain = { a: new Map<string, IndexedRecord>(), b: new Map<string, IndexedRecord>() }
        for (const { add, id, group } of steps) {
          const record = { id, createdAt: Number(id) % (instants + 1) }
          if (add === plain[group].has(id)) continue
          if (add) index.add(group, record)
          else index.delete(group, record)
          if (add) plain[group].set(id, record)
          else plain[group].delete(id)
        }
        for (const group of ['a', 'b'] as const) {
          const expected = [...plain[group].values()].sort(newestFirst).map(({ id }) => id)
          expect([...index.ids(group)]).toEqual(expected)
        }
      },
    )
    fc.assert(property)
  })
})
