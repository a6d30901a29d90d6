// Installs, builds and checks everything. The last line is `N passed, N failed`, with `, N skipped` if any.
import { join } from 'node:path'
import { install } from './install.mjs'
import { runPackageTasks } from './package-tasks.mjs'
import { ROOT } from './root.mjs'
import { run } from './run.mjs'
import { runScriptTests } from './script-tests.mjs'
import { readStoreReports } from './store-reports.mjs'
import { checked, describeTally } from './tally.mjs'

/** Checked with its own settings, which know the DOM. */
const RUNTIMES = new URL('../apps/runtimes/scripts/run-runtimes.mjs', import.meta.url).href

// a log file is read without colours
if (!process.stdout.isTTY) process.env.NO_COLOR ??= '1'

const entries = await testEverything()
for (const report of readStoreReports()) console.log(`\n${report}`)
console.log(`\n${describeTally(entries)}`)
process.exitCode = entries.some(({ outcome }) => outcome === 'failed') ? 1 : 0

/** @returns {Promise<import('./tally.mjs').Entry[]>} */
async function testEverything() {
  announce('Install')
  if ((await install()) !== 0) return [checked('install', false)]
  return [
    await command('Lint: format and rules', 'node_modules/.bin/biome', [
      'ci',
      '--error-on-warnings',
      `--colors=${process.stdout.isTTY ? 'force' : 'off'}`,
      '.',
    ]),
    await command('Lint: boundaries', process.execPath, ['scripts/lint-boundaries.mjs']),
    await command('Types of scripts and settings', 'node_modules/.bin/tsc', ['-p', 'tsconfig.json']),
    ...(await step('Tests of the scripts', runScriptTests)),
    ...(await step('Build, types and tests of the packages', runPackageTasks)),
    ...(await step('Examples in the documentation', checkExamples)),
    ...(await step('Trace from requirements to tests', checkTraceTable)),
    ...(await step('What is published', checkPublished)),
    ...(process.env.CI ? await step('Every runtime', testRuntimes) : []),
  ]
}

/** @returns {Promise<import('./tally.mjs').Entry[]>} */
async function checkExamples() {
  const { checkDocs } = await import('./docs/check-docs.mjs')
  return checkDocs()
}

/** @returns {Promise<import('./tally.mjs').Entry[]>} */
async function checkTraceTable() {
  const { checkTrace } = await import('./trace/check-trace.mjs')
  return checkTrace()
}

/** @returns {Promise<import('./tally.mjs').Entry[]>} */
async function checkPublished() {
  // loaded late: it needs what was installed above
  const { checkPackages } = await import('./package-checks/check-packages.mjs')
  return checkPackages()
}

/** @returns {Promise<import('./tally.mjs').Entry[]>} */
async function testRuntimes() {
  const { runRuntimes } = await import(RUNTIMES)
  return runRuntimes()
}

/**
 * @param {string} name
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<import('./tally.mjs').Entry>}
 */
async function command(name, program, args) {
  announce(name)
  const path = program === process.execPath ? program : join(ROOT, program)
  return checked(name, (await run(path, args)) === 0)
}

/**
 * @param {string} name
 * @param {() => Promise<import('./tally.mjs').Entry[]>} work
 */
async function step(name, work) {
  announce(name)
  return work()
}

/** @param {string} name */
function announce(name) {
  console.log(`\n== ${name}`)
}
