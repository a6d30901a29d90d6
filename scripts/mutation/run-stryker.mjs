import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { Stryker } from '@stryker-mutator/core'
import { ROOT } from '../root.mjs'

/**
 * A changed piece of source, and whether a test noticed.
 *
 * @typedef {object} Mutant
 * @property {string} file relative to the repository
 * @property {number} row of the change, from 1
 * @property {string} line the source at that row, unchanged
 * @property {string} mutator kind of change
 * @property {string} replacement what stood there instead
 * @property {string} status `Killed`, `Timeout`, `Survived`, `NoCoverage` and others
 */

/**
 * Mutates the sources of one target and runs its tests against each mutant.
 *
 * @param {import('./targets.mjs').Target} target
 * @param {{ incremental: boolean }} options whether verdicts of the run before hold where source and tests are the same;
 *   new tests do not count for what is evaluated while a module loads
 * @returns {Promise<Mutant[]>}
 */
export async function runStryker({ name, sources }, { incremental }) {
  process.env['AUTHCORE_MUTATION_TARGET'] = name
  const report = `reports/mutation/${name.replace('/', '-')}`
  // read before the run, in which somebody may go on editing
  const linesOf = readSources(sources)
  const results = await new Stryker({
    mutate: sources.map(source => (source.endsWith('/') ? `${source}*.ts` : source)),
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'scripts/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    concurrency: 2,
    // a mutant that loops is stopped late rather than a slow machine taken for a kill
    timeoutMS: 20_000,
    incremental: true,
    force: !incremental,
    incrementalFile: `${report}.json`,
    ignorePatterns: ['apps', 'coverage', 'dist', 'reports', '*.md'],
    reporters: ['html', process.stdout.isTTY ? 'progress' : 'progress-append-only'],
    htmlReporter: { fileName: `${report}.html` },
    allowConsoleColors: process.stdout.isTTY,
    logLevel: /** @type {import('@stryker-mutator/api/core').LogLevel} */ ('warn'),
    warnings: false,
    thresholds: { high: 100, low: 85, break: null },
  }).runMutationTest()
  return results.map(({ fileName, location, mutatorName, replacement, status }) => {
    const file = relative(ROOT, fileName).replaceAll(sep, '/')
    return {
      file,
      row: location.start.line,
      line: linesOf.get(file)?.[location.start.line - 1]?.trim() ?? '',
      mutator: mutatorName,
      replacement: replacement.replace(/\s+/g, ' '),
      status,
    }
  })
}

/**
 * @param {readonly string[]} sources files and folders
 * @returns {ReadonlyMap<string, readonly string[]>} the lines of each file
 */
function readSources(sources) {
  const files = sources.flatMap(source =>
    source.endsWith('/') ? readdirSync(join(ROOT, source)).map(name => `${source}${name}`) : [source],
  )
  return new Map(files.map(file => [file, readFileSync(join(ROOT, file), 'utf8').split('\n')]))
}
