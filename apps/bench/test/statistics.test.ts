import { describe, expect, test } from 'vitest'
import { median, pairedRatio, quantile, rotate, summarize } from '../src/harness/statistics.js'

describe('median and spread', () => {
  test('the median is the middle sample, or between the two in the middle', () => {
    expect(median([5, 1, 3])).toBe(3)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([7])).toBe(7)
  })

  test('one slow sample does not move it', () => {
    expect(median([10, 10, 11, 9000])).toBe(10.5)
  })

  test('quantiles lie between neighbours', () => {
    expect(quantile([0, 10], 0.25)).toBe(2.5)
    expect(quantile([0, 10, 20, 30, 40], 0.75)).toBe(30)
    expect(quantile([3, 1, 2], 0)).toBe(1)
    expect(quantile([3, 1, 2], 1)).toBe(3)
  })

  test('the spread is the interquartile range as a part of the median', () => {
    expect(summarize([90, 95, 100, 105, 110])).toEqual({ median: 100, spread: 0.1, samples: 5 })
    expect(summarize([0, 0, 0])).toEqual({ median: 0, spread: 0, samples: 3 })
  })

  test('without samples there is nothing to say', () => {
    expect(() => median([])).toThrow(RangeError)
    expect(() => summarize([])).toThrow(RangeError)
  })
})

describe('ratios', () => {
  test('are taken within each round, so a slow round slows both', () => {
    expect(pairedRatio([20, 200, 22], [10, 100, 11])).toBe(2)
  })

  test('only rounds that both have count', () => {
    expect(pairedRatio([20, 40], [10])).toBe(2)
    expect(() => pairedRatio([], [10])).toThrow(RangeError)
  })
})

test('the order of subjects rotates', () => {
  expect(rotate(['a', 'b', 'c'], 0)).toEqual(['a', 'b', 'c'])
  expect(rotate(['a', 'b', 'c'], 1)).toEqual(['b', 'c', 'a'])
  expect(rotate(['a', 'b', 'c'], 5)).toEqual(['c', 'a', 'b'])
  expect(rotate([], 3)).toEqual([])
})
