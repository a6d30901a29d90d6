import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describeVerdict, formatFigure, type Goal, judgeGoals, parseGoals } from '../src/report/goals.js'
import { createGroup, createResults } from './support/results.js'

const RATIO: Goal = {
  id: 'one',
  text: 'Verify: times the floor',
  value: { kind: 'time-ratio', group: 'verify', subject: 'authcore', of: ['floor'] },
  atMost: 1.35,
}

const judge = (goal: Goal, results = createResults()) => judgeGoals([goal], results)[0]

describe('verdicts', () => {
  test('a time is compared with that of another in the same rounds', () => {
    expect(judge(RATIO)).toMatchObject({ outcome: 'reached', value: 1.25 })
    expect(judge({ ...RATIO, atMost: 1.2 })).toMatchObject({ outcome: 'missed', value: 1.25 })
  })

  test('the bound itself is reached', () => {
    expect(judge({ ...RATIO, atMost: 1.25 })).toMatchObject({ outcome: 'reached' })
  })

  test('a speed is compared with the fastest of the others', () => {
    const value = {
      kind: 'speed-ratio',
      group: 'verify',
      subject: 'authcore',
      of: ['slow', 'floor'],
    } as const
    const { atMost: _atMost, ...goal } = { ...RATIO, value }
    expect(judge({ ...goal, atLeast: 0.8 })).toMatchObject({ outcome: 'reached', value: 0.8 })
    expect(judge({ ...goal, atLeast: 1 })).toMatchObject({ outcome: 'missed' })
  })

  test('the clock of the group decides which times are compared', () => {
    const results = createResults({ groups: [createGroup({ clock: 'wall' })] })
    expect(judge(RATIO, results)).toMatchObject({ value: 2 })
  })

  test('a figure stands for itself', () => {
    const goal: Goal = { id: 'size', text: 'Size', value: { kind: 'figure', id: 'size' }, atMost: 12 }
    expect(judge(goal)).toMatchObject({ outcome: 'reached', value: 11.5 })
    expect(judge({ ...goal, value: { kind: 'figure', id: 'absent' } })).toEqual({
      goal: expect.anything(),
      outcome: 'not measured',
    })
  })

  test.each([
    { group: 'absent', subject: 'authcore', of: ['floor'] },
    { group: 'verify', subject: 'absent', of: ['floor'] },
    { group: 'verify', subject: 'authcore', of: ['floor', 'absent'] },
  ])('what is absent is neither reached nor missed: %o', value => {
    const goal: Goal = { ...RATIO, value: { kind: 'time-ratio', ...value } }
    expect(judge(goal)?.outcome).toBe('not measured')
  })

  test('NaN is no success', () => {
    const results = createResults({ figures: [{ id: 'size', title: '', value: Number.NaN, unit: '' }] })
    const goal: Goal = { id: 'size', text: 'Size', value: { kind: 'figure', id: 'size' }, atMost: 12 }
    expect(judge(goal, results)?.outcome).toBe('not measured')
  })
})

describe('lines', () => {
  test('tell outcome, what, figure and goal', () => {
    expect(describeVerdict({ goal: RATIO, outcome: 'missed', value: 1.357 })).toBe(
      'missed       Verify: times the floor: 1.36, goal at most 1.35',
    )
    const { atMost: _atMost, ...goal } = RATIO
    expect(describeVerdict({ goal: { ...goal, atLeast: 3 }, outcome: 'not measured' })).toBe(
      'not measured Verify: times the floor: goal at least 3',
    )
  })

  test.each([
    [0, '0'],
    [1.23456, '1.23'],
    [0.012345, '0.0123'],
    [12.3456, '12.3'],
    [123.456, '123'],
    [123_456, '123456'],
  ])('%s is written as %s', (value, text) => {
    expect(formatFigure(value)).toBe(text)
  })
})

describe('the file of goals', () => {
  test('is well-formed, and each id stands once', () => {
    const goals = parseGoals(JSON.parse(readFileSync(new URL('../goals.json', import.meta.url), 'utf8')))
    expect(new Set(goals.map(({ id }) => id)).size).toBe(goals.length)
  })

  test.each([
    [{}, 'array'],
    [[null], 'id and a text'],
    [[{ ...RATIO, id: 1 }], 'id and a text'],
    [[{ ...RATIO, atLeast: 1 }], 'one of atMost and atLeast'],
    [[{ id: 'a', text: 'a', value: RATIO.value }], 'one of atMost and atLeast'],
    [[{ ...RATIO, value: { kind: 'figure' } }], 'names no figure'],
    [[{ ...RATIO, value: { kind: 'time-ratio', of: [] } }], 'nobody to compare with'],
    [[{ ...RATIO, value: { kind: 'other' } }], 'no kind of value'],
  ])('%j is refused: %s', (value, message) => {
    expect(() => parseGoals(value)).toThrow(message)
  })
})
