import { expect as assert, describe, it } from 'vitest'
import { ConformanceError, expect, expectFailure, expectRefusals } from '../src/expect.js'

describe('expect', () => {
  it.each<[unknown, unknown]>([
    [1, 1],
    [Number.NaN, Number.NaN],
    [undefined, undefined],
    [
      { a: 1, b: [{ c: null }] },
      { b: [{ c: null }], a: 1 },
    ],
    [JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1}')],
    [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ])('%j equals %j', (one, other) => {
    expect(one).toEqual(other)
    expect(one).toMatch(other)
  })

  it.each<[unknown, unknown]>([
    [1, 2],
    [1, '1'],
    [null, undefined],
    [null, {}],
    [[], {}],
    [[1, 2], [1]],
    [{ a: undefined }, {}],
    [{}, { a: undefined }],
    [{ a: 1 }, { b: 1 }],
    [{ a: { b: 1 } }, { a: { b: 2 } }],
    [{ a: 1 }, JSON.parse('{"__proto__":1}')],
  ])('%j does not equal %j', (one, other) => {
    assert(() => expect(one).toEqual(other)).toThrow(ConformanceError)
  })

  it('matches what has more members, and no list that has more', () => {
    expect({ a: 1, b: { c: 2, d: 3 } }).toMatch({ b: { c: 2 } })
    expect([{ a: 1, b: 2 }]).toMatch([{ a: 1 }])
    for (const expected of [[], [{ a: 1 }, { a: 1 }], { 0: { a: 2 } }, [{ c: 1 }]]) {
      assert(() => expect([{ a: 1, b: 2 }]).toMatch(expected)).toThrow(ConformanceError)
    }
    assert(() => expect(undefined).toMatch({ a: 1 })).toThrow(ConformanceError)
    assert(() => expect({ a: 1 }).toMatch([1])).toThrow(ConformanceError)
  })

  it('tells absence, membership and size', () => {
    expect(undefined).toBeAbsent()
    expect(0).toBePresent()
    expect('a').toBeOneOf(['a', 'b'])
    expect(2).toBeAtMost(2)
    for (const wrong of [
      () => expect(null).toBeAbsent(),
      () => expect(null).toBePresent(),
      () => expect(undefined).toBePresent(),
      () => expect('c').toBeOneOf(['a', 'b']),
      () => expect(3).toBeAtMost(2),
      () => expect('1').toBeAtMost(2),
      () => expect(Number.NaN).toBeAtMost(2),
    ]) {
      assert(wrong).toThrow(ConformanceError)
    }
  })

  it('shows both sides, for readers and for runners', () => {
    const error = (() => {
      try {
        expect({ big: 1n, text: 'x'.repeat(3000) }).toEqual(new TypeError('no'))
      } catch (caught) {
        return caught as ConformanceError
      }
      return undefined
    })()
    assert(error?.message).toMatch(/expected: TypeError: no\n {2}actual: {3}\{"big":"1n"/)
    assert(error?.message.length).toBeLessThan(2200)
    assert(error).toMatchObject({ name: 'ConformanceError', actual: { big: 1n } })
  })
})

describe('expectRefusals', () => {
  it('takes a TypeError, thrown or rejected, of this realm or another', async () => {
    const foreign = Object.assign(new Error('x'), { name: 'TypeError' })
    await expectRefusals([
      () => {
        throw new TypeError('x')
      },
      () => Promise.reject(new TypeError('x')),
      () => Promise.reject(foreign),
    ])
  })

  it.each([
    ['an answer', () => Promise.resolve(1)],
    ['another error', () => Promise.reject(new RangeError('x'))],
    ['what is no error', () => Promise.reject('TypeError')],
  ])('takes no %s', async (_, call) => {
    await assert(expectRefusals([() => Promise.reject(new TypeError('x')), call])).rejects.toThrow(
      /Call 2 of 2 must be refused/,
    )
  })
})

describe('expectFailure', () => {
  it('takes any error and no answer', async () => {
    await expectFailure(() => Promise.reject(undefined))
    await assert(expectFailure(() => Promise.resolve(1))).rejects.toThrow(ConformanceError)
  })
})
