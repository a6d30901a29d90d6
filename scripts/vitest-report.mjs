import { existsSync, readFileSync } from 'node:fs'

/**
 * Reads the JSON report of one run of vitest.
 *
 * @param {string} path
 * @param {string} packageName
 * @returns {import('./tally.mjs').Entry[]}
 */
export function readVitestReport(path, packageName) {
  if (!existsSync(path)) return [{ name: `${packageName}: no test report`, outcome: 'failed' }]
  /** @type {{ testResults: { assertionResults: { fullName: string, status: string }[] }[] }} */
  const report = JSON.parse(readFileSync(path, 'utf8'))
  return report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({
      name: `${packageName}: ${fullName}`,
      outcome: outcomeOf(status),
    })),
  )
}

/**
 * @param {string} status
 * @returns {import('./tally.mjs').Outcome}
 */
function outcomeOf(status) {
  if (status === 'passed' || status === 'failed') return status
  // a status that is not known counts against the run
  return ['skipped', 'pending', 'todo', 'disabled'].includes(status) ? 'skipped' : 'failed'
}
