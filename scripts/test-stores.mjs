// Runs the contract of the stores on every back end. The reports come last, then `N passed, N failed`.
//
// A back end registers by its package having a script `test:stores`, which runs its suites and writes
// `reports/stores.json` (vitest) and `reports/stores/<name>.txt` (the kit).
import { join } from 'node:path'
import { install } from './install.mjs'
import { readStoreReports, removeStoreReports } from './store-reports.mjs'
import { checked, describeTally } from './tally.mjs'
import { turbo } from './turbo.mjs'
import { readVitestReport } from './vitest-report.mjs'
import { workspacePackages } from './workspace-packages.mjs'

// a log file is read without colours
if (!process.stdout.isTTY) process.env.NO_COLOR ??= '1'

const entries = await testStores()
for (const report of readStoreReports()) console.log(`\n${report}`)
console.log(`\n${describeTally(entries)}`)
process.exitCode = entries.some(({ outcome }) => outcome === 'failed') ? 1 : 0

/** @returns {Promise<import('./tally.mjs').Entry[]>} */
async function testStores() {
  if ((await install()) !== 0) return [checked('install', false)]
  removeStoreReports()
  const options = ['--continue=dependencies-successful', '--log-order=grouped', '--output-logs=new-only']
  const code = await turbo(['test:stores', ...options])
  const tests = workspacePackages()
    .filter(({ scripts }) => scripts.includes('test:stores'))
    .flatMap(({ directory, name }) => readVitestReport(join(directory, 'reports/stores.json'), name))
  const isExplained = code === 0 || tests.some(({ outcome }) => outcome === 'failed')
  return [...tests, ...(isExplained && tests.length > 0 ? [] : [checked('test:stores', false)])]
}
