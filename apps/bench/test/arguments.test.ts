import { expect, test } from 'vitest'
import { parseArguments, USAGE } from '../src/arguments.js'

test('without arguments everything is measured', () => {
  expect(parseArguments([])).toEqual({ quick: false, check: false, methods: false, only: [] })
})

test('arguments may be combined, and those of package managers pass', () => {
  expect(parseArguments(['--', '--quick', '--check', '--methods'])).toEqual({
    quick: true,
    check: true,
    methods: true,
    only: [],
  })
})

test('groups are chosen by the beginning of their names', () => {
  expect(parseArguments(['--only=verify, issue', '--only=api-key']).only).toEqual([
    'verify',
    'issue',
    'api-key',
  ])
})

test.each(['--fast', 'quick', '--only', '--only=', '--only=a,,b', ''])('%j is refused', argument => {
  expect(() => parseArguments([argument])).toThrow(RangeError)
})

test('the text about its use names every argument', () => {
  for (const name of ['--quick', '--check', '--methods', '--only']) expect(USAGE).toContain(name)
})
