import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from './bundle.mjs'
import { createCorpus } from './corpus.mjs'
import { exampleChecks } from './examples.mjs'
import { createHosts } from './hosts.mjs'
import { install } from './install.mjs'
import { requireChecks, typeChecks } from './node-checks.mjs'
import { ROOT } from './places.mjs'
import { measureSizes } from './sizes.mjs'

/**
 * @typedef {{ name: string, outcome: 'passed' | 'failed' }} Entry
 * @typedef {import('./hosts.mjs').Host} Host
 * @typedef {import('../src/suite.ts').SuiteOutput} SuiteOutput
 * @typedef {{ host: Host, output: SuiteOutput | undefined }} HostRun
 */

const VECTORS = ['rfc7515', 'rfc7520', 'rfc7797', 'rfc8037']
const SEED = 20_300_101

/**
 * Installs what is needed, runs everything and prints tables.
 *
 * @returns {Promise<Entry[]>} one for each thing that was checked
 */
export async function runRuntimes() {
  await install()
  const bundles = await bundle()
  const corpus = await createCorpus(SEED)
  const vectors = VECTORS.map(name =>
    JSON.parse(readFileSync(join(ROOT, `packages/core/test/vectors/${name}.json`), 'utf8')),
  )
  const hosts = createHosts(bundles)
  const first = await runHosts(hosts, { corpus, vectors, foreign: [] })
  const foreign = first.flatMap(({ output }) => tokensOf(output))
  const runs = await runHosts(hosts, { corpus, vectors, foreign })
  const reference = runs.find(({ output }) => output !== undefined)?.output?.verdicts ?? []
  printTable(runs, reference, foreign.length)

  const sizes = await measureSizes()
  printSizes(sizes)
  return [
    ...runs.flatMap(run => hostEntries(run, reference)),
    ...(await runAll([...requireChecks(), ...typeChecks(), ...(await exampleChecks(bundles))])),
    ...sizes.map(({ name, forbidden }) =>
      toEntry(`bundle "${name}" holds nothing that it does not need`, forbidden.join(', ')),
    ),
  ]
}

/**
 * @param {readonly Host[]} hosts
 * @param {import('../src/suite.ts').SuiteInput} input
 * @returns {Promise<HostRun[]>}
 */
async function runHosts(hosts, input) {
  /** @type {HostRun[]} */
  const runs = []
  for (const host of hosts) {
    try {
      runs.push({ host, output: await host.run(input) })
    } catch (error) {
      console.error(`${host.name}: ${error instanceof Error ? error.message : error}`)
      runs.push({ host, output: undefined })
    }
  }
  return runs
}

/** @param {SuiteOutput | undefined} output */
function tokensOf(output) {
  return (output?.issued ?? []).flatMap(issued => ('accessToken' in issued ? [issued] : []))
}

/**
 * @param {HostRun} run
 * @param {readonly string[]} reference
 * @returns {Entry[]}
 */
function hostEntries({ host: { name }, output }, reference) {
  if (output === undefined) return [toEntry(`${name}: runs`, 'it does not')]
  const differing = output.verdicts.filter((verdict, index) => verdict !== reference[index]).length
  const refused = output.foreignVerdicts.filter(
    verdict => verdict !== 'accepted' && !isMissing(output, verdict),
  )
  return [
    toEntry(`${name}: runs`, ''),
    ...output.checks.map(({ name: check, error = '' }) => toEntry(`${name}: ${check}`, error)),
    toEntry(
      `${name}: the verdicts of the others on ${reference.length} tokens`,
      differing ? `${differing} differ` : '',
    ),
    toEntry(`${name}: accepts the tokens of the others`, refused.join(', ')),
  ]
}

/**
 * A token in an algorithm that a runtime lacks is refused by name, as issuing one is.
 *
 * @param {SuiteOutput} output
 * @param {string} verdict
 */
function isMissing(output, verdict) {
  return verdict === 'token_key_unknown' && output.issued.some(issued => 'missing' in issued)
}

/**
 * @param {readonly { name: string, run: () => Promise<void> }[]} checks
 * @returns {Promise<Entry[]>}
 */
async function runAll(checks) {
  /** @type {Entry[]} */
  const entries = []
  for (const { name, run } of checks) {
    try {
      await run()
      entries.push(toEntry(name, ''))
    } catch (error) {
      entries.push(toEntry(name, error instanceof Error ? error.message : String(error)))
    }
  }
  return entries
}

/**
 * @param {string} name
 * @param {string} problem empty when there is none
 * @returns {Entry}
 */
function toEntry(name, problem) {
  if (problem !== '') console.error(`${name}: ${problem}`)
  return { name: `runtimes: ${name}`, outcome: problem === '' ? 'passed' : 'failed' }
}

/**
 * @param {readonly HostRun[]} runs
 * @param {readonly string[]} reference
 * @param {number} foreign
 */
function printTable(runs, reference, foreign) {
  const rows = runs.map(({ host: { name, backend }, output }) => {
    if (output === undefined) return [name, backend, 'does not run', '', '', '']
    const held = output.checks.filter(({ error }) => error === undefined).length
    const same = output.verdicts.filter((verdict, index) => verdict === reference[index]).length
    return [
      name,
      backend,
      `${held} of ${output.checks.length}`,
      `${tokensOf(output).length} of ${output.issued.length}`,
      `${output.foreignVerdicts.filter(verdict => verdict === 'accepted').length} of ${foreign}`,
      `${same} of ${reference.length}`,
    ]
  })
  const head = ['runtime', 'crypto', 'checks', 'algorithms', "others' tokens", 'same verdicts']
  const good = reference.filter(verdict => verdict === 'accepted').length
  console.log(`\n${layOut([head, ...rows])}\n\nOf the ${reference.length} tokens ${good} are good.\n`)
}

/** @param {readonly import('./sizes.mjs').Size[]} sizes */
function printSizes(sizes) {
  const rows = sizes.map(({ name, minified, compressed, withoutJose }) => [
    name,
    ...[minified, compressed, withoutJose].map(bytes => `${(bytes / 1000).toFixed(1)} kB`),
  ])
  console.log(`${layOut([['import', 'minified', 'gzip', 'gzip without jose'], ...rows])}\n`)
}

/** @param {readonly (readonly string[])[]} rows */
function layOut(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)))
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
