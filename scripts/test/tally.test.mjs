import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { checked, describeTally } from '../tally.mjs'
import { readVitestReport } from '../vitest-report.mjs'

test('the last line has nothing but the numbers', () => {
  assert.equal(describeTally([checked('a', true), checked('b', true)]), '2 passed, 0 failed')
})

test('what failed or was skipped is named before the last line', () => {
  const lines = describeTally([
    checked('a', true),
    checked('b', false),
    { name: 'c', outcome: 'skipped' },
  ]).split('\n')
  assert.deepEqual(lines, ['Skipped:', '  c', '', 'Failed:', '  b', '', '1 passed, 1 failed, 1 skipped'])
})

/** @param {string} content */
function report(content) {
  const directory = mkdtempSync(join(tmpdir(), 'authcore-report-'))
  try {
    writeFileSync(join(directory, 'vitest.json'), content)
    return readVitestReport(join(directory, 'vitest.json'), 'x')
  } finally {
    rmSync(directory, { recursive: true })
  }
}

test('every status of a test report is counted', () => {
  const statuses = ['passed', 'failed', 'skipped', 'pending', 'todo', 'unheard-of']
  const assertionResults = statuses.map(status => ({ fullName: status, status }))
  assert.deepEqual(
    report(JSON.stringify({ testResults: [{ assertionResults }] })).map(({ outcome }) => outcome),
    ['passed', 'failed', 'skipped', 'skipped', 'skipped', 'failed'],
  )
})

test('a report that is missing is a failure', () => {
  assert.deepEqual(readVitestReport('/nowhere/vitest.json', 'x'), [
    { name: 'x: no test report', outcome: 'failed' },
  ])
})
