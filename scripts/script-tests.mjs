import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './root.mjs'
import { run } from './run.mjs'
import { checked } from './tally.mjs'

/**
 * Runs the tests of these scripts.
 *
 * @returns {Promise<import('./tally.mjs').Entry[]>}
 */
export async function runScriptTests() {
  const directory = mkdtempSync(join(tmpdir(), 'authcore-tests-'))
  const report = join(directory, 'tests.jsonl')
  try {
    const code = await run(process.execPath, [
      '--test',
      '--test-reporter=dot',
      '--test-reporter-destination=stdout',
      `--test-reporter=${join(ROOT, 'scripts/node-test-reporter.mjs')}`,
      `--test-reporter-destination=${report}`,
      'scripts/test/',
    ])
    const lines = readFileSync(report, 'utf8').split('\n').filter(Boolean)
    const tests = lines
      .map(line => JSON.parse(line))
      .map(entry => ({ ...entry, name: `scripts: ${entry.name}` }))
    return [checked('scripts: test run', code === 0 && tests.length > 0), ...tests]
  } finally {
    rmSync(directory, { recursive: true })
  }
}
