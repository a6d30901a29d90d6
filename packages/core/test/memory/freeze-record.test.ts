import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { freezeRecord } from '../../src/memory/freeze-record.js'
import { untyped } from './fixtures.js'

function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(isDeepFrozen)
}

describe('freezeRecord', () => {
  it('copies any JSON object and freezes it at every depth', () => {
    const property = fc.property(fc.dictionary(fc.string(), fc.jsonValue()), original => {
      const record = { original }
      const text = JSON.stringify(record)
      const copy = freezeRecord<typeof record>(record)
      expect(JSON.stringify(copy)).toBe(text)
      expect(isDeepFrozen(copy)).toBe(true)
      expect(copy.original).not.toBe(original)
      expect(Object.isFrozen(original)).toBe(false)
    })
    fc.assert(property)
  })

  it('leaves out what is undefined', () => {
    const record = freezeRecord<{ a?: number; b: number }>({ a: undefined, b: 1 })
    expect(Object.keys(record)).toEqual(['b'])
  })

  it('reads each member once', () => {
    let reads = 0
    const record = {
      get id() {
        reads += 1
        return reads === 1 ? 'first' : { $ne: 'first' }
      },
    }
    expect(freezeRecord<object>(record)).toEqual({ id: 'first' })
  })

  it('takes objects without a prototype', () => {
    const bare = Object.assign(Object.create(null), { a: 1 })
    expect(freezeRecord<{ a: number }>(bare)).toEqual({ a: 1 })
  })

  const cycle: Record<string, unknown> = {}
  Object.assign(cycle, { self: cycle })
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['text', 'text'],
    ['an array', []],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['a function', () => {}],
    ['bytes', new Uint8Array(1)],
    ['a bigint inside', { a: 1n }],
    ['a symbol inside', { a: Symbol('s') }],
    ['NaN inside', { a: Number.NaN }],
    ['a hole in an array', { a: new Array(1) }],
    ['a cycle', cycle],
  ])('refuses %s', (_, value) => {
    expect(() => freezeRecord(untyped<object>(value))).toThrow(TypeError)
  })
})
