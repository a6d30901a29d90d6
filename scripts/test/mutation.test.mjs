import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findTarget, SURVIVORS, TARGETS } from '../mutation/targets.mjs'
import { compareSurvivors, describeScores, scoreTargets } from '../mutation/verdict.mjs'
import { ROOT } from '../root.mjs'

const FILE = 'packages/core/src/jws/der.ts'

/**
 * @param {string} status
 * @param {Partial<import('../mutation/run-stryker.mjs').Mutant>} [members]
 */
function mutant(status, members = {}) {
  return { file: FILE, row: 7, line: 'a > b', mutator: 'Equality', replacement: 'a >= b', status, ...members }
}

test('a mutant counts in the row of its file', () => {
  assert.equal(findTarget(FILE)?.name, 'core/jws')
  assert.equal(findTarget('packages/http/src/cookies.ts')?.name, 'http')
  assert.equal(findTarget('packages/http/src/cookies.tsx'), undefined)
  assert.equal(findTarget('packages/core/src/jws.ts'), undefined)
})

test('every source that is mutated exists', () => {
  for (const source of TARGETS.flatMap(({ sources }) => sources)) {
    assert.ok(existsSync(join(ROOT, source)), source)
  }
})

test('what goes on for ever is killed, what no test reaches survives, what cannot run is not counted', () => {
  const statuses = ['Killed', 'Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored', 'CompileError']
  const scores = scoreTargets(statuses.map(status => mutant(status)))
  assert.deepEqual(scores, [
    { name: 'core/jws', mutants: 5, killed: 2, timedOut: 1, survived: 1, notCovered: 1, percent: 60 },
  ])
  assert.equal(
    describeScores(scores),
    [
      'folder    mutants  killed  timed out  survived  not covered   score',
      'core/jws        5       2          1         1            1  60.0 %',
    ].join('\n'),
  )
})

test('an explanation follows its source to another row, and not to another text', () => {
  const explained = [
    { reason: 'equal', mutants: [{ file: FILE, line: 'a > b', mutator: 'Equality', replacement: 'a >= b' }] },
  ]
  assert.deepEqual(compareSurvivors([mutant('Survived', { row: 99 })], explained), {
    unexplained: [],
    stale: [],
  })
  for (const members of [{ line: 'a > c' }, { replacement: 'a < b' }, { mutator: 'Other' }]) {
    const other = mutant('NoCoverage', members)
    const { unexplained, stale } = compareSurvivors([other], explained)
    assert.deepEqual(unexplained, [other])
    assert.deepEqual(stale, explained[0]?.mutants)
  }
})

test('an explanation of a mutant that is killed is stale, and of a row that was not run it is not', () => {
  const explanation = {
    reason: 'equal',
    mutants: [{ file: FILE, line: 'a > b', mutator: 'Equality', replacement: 'a >= b' }],
  }
  assert.deepEqual(compareSurvivors([mutant('Killed')], [explanation]).stale, explanation.mutants)
  const elsewhere = mutant('Killed', { file: 'packages/http/src/cookies.ts' })
  assert.deepEqual(compareSurvivors([elsewhere], [explanation]).stale, [])
})

test('every explanation has a reason and explains mutants of the table, each once', () => {
  /** @type {import('../mutation/verdict.mjs').Explanation[]} */
  const explanations = JSON.parse(readFileSync(SURVIVORS, 'utf8'))
  for (const { reason } of explanations) assert.ok(reason.length > 20, reason)
  const mutants = explanations.flatMap(explanation => explanation.mutants)
  for (const { file } of mutants) assert.ok(findTarget(file), file)
  assert.equal(new Set(mutants.map(key => JSON.stringify(key))).size, mutants.length)
})
