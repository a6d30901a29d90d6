// Changes the sources piece by piece and counts the changes that no unit test notices.
//
//   npm run test:mutation                          everything
//   npm run test:mutation -- core/jws http         some rows of the table
//   npm run test:mutation -- --incremental http    verdicts of the run before, where source and tests are unchanged
//
// Exit code 1 when a score is below the floor, or when `survivors.json` and the survivors do not agree.
import { readFileSync } from 'node:fs'
import { argv } from 'node:process'
import { runStryker } from './mutation/run-stryker.mjs'
import { SURVIVORS, TARGETS } from './mutation/targets.mjs'
import { compareSurvivors, describeScores, FLOOR, scoreTargets } from './mutation/verdict.mjs'
import { turbo } from './turbo.mjs'

const { targets, incremental } = parseArguments(argv.slice(2))
process.exitCode = (await testMutants()) ? 0 : 1

/** @returns {Promise<boolean>} */
async function testMutants() {
  // the tests of one package use the others as they were built
  if ((await turbo(['build', '--output-logs=errors-only'])) !== 0) return false
  const mutants = []
  for (const target of targets) mutants.push(...(await runStryker(target, { incremental })))
  return report(mutants)
}

/**
 * @param {readonly import('./mutation/run-stryker.mjs').Mutant[]} mutants
 * @returns {boolean} whether all is well
 */
function report(mutants) {
  const scores = scoreTargets(mutants)
  const { unexplained, stale } = compareSurvivors(mutants, JSON.parse(readFileSync(SURVIVORS, 'utf8')))
  console.log(`\n${describeScores(scores)}`)
  if (unexplained.length > 0) console.log('\nSurvivors without an explanation:')
  for (const { file, row, line, mutator, replacement } of unexplained) {
    console.log(`  ${file}:${row} ${mutator}\n    ${line}\n    ${replacement}`)
  }
  if (stale.length > 0) console.log('\nExplanations of what has not survived:')
  for (const key of stale) console.log(`  ${JSON.stringify(key)}`)
  const low = scores.filter(({ percent }) => percent < FLOOR)
  for (const { name } of low) console.log(`\n${name} is below ${FLOOR} %.`)
  return scores.length > 0 && low.length + unexplained.length + stale.length === 0
}

/** @param {readonly string[]} args */
function parseArguments(args) {
  const chosen = args.filter(arg => arg !== '--incremental')
  const known = TARGETS.map(({ name }) => name)
  const unknown = chosen.filter(name => !known.includes(name))
  if (unknown.length > 0) {
    console.error(`Unknown: ${unknown.join(', ')}. There are: ${known.join(', ')}, and --incremental.`)
    process.exit(1)
  }
  return {
    targets: TARGETS.filter(({ name }) => chosen.length === 0 || chosen.includes(name)),
    incremental: args.includes('--incremental'),
  }
}
