import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  findLinearization,
  type HistoryCall,
  type SequentialSpec,
} from '../../src/history/find-linearization.js'

type Input = { readonly write: number } | 'read' | 'increment'

/** One number that can be written, read and counted up. */
const REGISTER: SequentialSpec<number, Input, number> = {
  initial: 0,
  apply(state, input) {
    if (input === 'read') return { state, output: state }
    const next = input === 'increment' ? state + 1 : input.write
    return { state: next, output: next }
  },
}

function call(
  input: Input,
  output: number,
  calledAt: number,
  answeredAt: number,
): HistoryCall<Input, number> {
  return { input, output, calledAt, answeredAt }
}

function lost(input: Input, calledAt: number): HistoryCall<Input, number> {
  return { input, calledAt, answeredAt: Number.POSITIVE_INFINITY }
}

describe('findLinearization', () => {
  it.each<[string, HistoryCall<Input, number>[]]>([
    ['nothing', []],
    ['one after the other', [call({ write: 1 }, 1, 0, 1), call('read', 1, 2, 3)]],
    ['a read during a write, before it', [call({ write: 1 }, 1, 0, 3), call('read', 0, 1, 2)]],
    ['a read during a write, after it', [call({ write: 1 }, 1, 0, 3), call('read', 1, 1, 2)]],
    ['two counts at once', [call('increment', 2, 0, 3), call('increment', 1, 1, 2)]],
    ['a lost write that is seen', [lost({ write: 7 }, 0), call('read', 7, 1, 2)]],
    ['a lost write that is not', [lost({ write: 7 }, 0), call('read', 0, 1, 2)]],
    ['a lost write that comes late', [lost({ write: 7 }, 0), call('read', 0, 1, 2), call('read', 7, 3, 4)]],
  ])('finds an order for %s', (_, history) => {
    expect(findLinearization(history, REGISTER)).toBeDefined()
  })

  it.each<[string, HistoryCall<Input, number>[]]>([
    ['a read of what was never written', [call('read', 1, 0, 1)]],
    ['a read that is too old', [call({ write: 1 }, 1, 0, 1), call('read', 0, 2, 3)]],
    ['two counts with one answer', [call('increment', 1, 0, 3), call('increment', 1, 1, 2)]],
    [
      'a write that is seen and then not',
      [call({ write: 1 }, 1, 0, 9), call('read', 1, 1, 2), call('read', 0, 3, 4)],
    ],
    [
      'two readers who disagree about the order',
      [
        call({ write: 1 }, 1, 0, 9),
        call({ write: 2 }, 2, 0, 9),
        call('read', 1, 1, 3),
        call('read', 2, 4, 6),
        call('read', 2, 2, 3),
        call('read', 1, 5, 6),
      ],
    ],
    ['a lost write that is undone', [lost({ write: 7 }, 0), call('read', 7, 1, 2), call('read', 0, 3, 4)]],
  ])('finds none for %s', (_, history) => {
    expect(findLinearization(history, REGISTER)).toBeUndefined()
  })

  it('returns the order that it found', () => {
    const history = [call('increment', 2, 0, 3), call('increment', 1, 1, 2)]
    expect(findLinearization(history, REGISTER)).toEqual([history[1], history[0]])
  })

  it('finds an order for every history of an atomic register, and none when two counts are merged', () => {
    const spans = fc.array(fc.record({ before: fc.nat({ max: 3 }), after: fc.nat({ max: 3 }) }), {
      minLength: 2,
      maxLength: 12,
    })
    fc.assert(
      fc.property(spans, lengths => {
        // each count takes effect at its place; it was called up to 3 places before and answered up to 3 after
        const history = lengths.map(({ before, after }, place) =>
          call('increment', place + 1, place - before - 0.25, place + after + 0.25),
        )
        expect(findLinearization(history, REGISTER)).toBeDefined()
        const merged = history.map(entry => ({ ...entry, output: Math.max(1, (entry.output ?? 0) - 1) }))
        expect(findLinearization(merged, REGISTER)).toBeUndefined()
      }),
    )
  })

  it('looks at no set of calls twice', () => {
    // 12 calls at once have 479,001,600 orders
    const history = Array.from({ length: 12 }, () => call({ write: 1 }, 1, 0, 9))
    expect(findLinearization([...history, call('read', 2, 10, 11)], REGISTER)).toBeUndefined()
  })
})
