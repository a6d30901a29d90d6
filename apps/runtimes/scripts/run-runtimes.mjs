import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from './bundle.mjs'
import { createCorpus } from './corpus.mjs'
import { toEntry } from './entry.mjs'
import { exampleChecks } from './examples.mjs'
import { hostEntries } from './host-entries.mjs'
import { createHosts } from './hosts.mjs'
import { install } from './install.mjs'
import { requireChecks, typeChecks } from './node-checks.mjs'
import { ROOT } from './places.mjs'
import { printHosts, printSizes } from './print-tables.mjs'
import { runHosts } from './run-hosts.mjs'
import { measureSizes } from './sizes.mjs'

/** @typedef {import('./entry.mjs').Entry} Entry */

const VECTORS = ['rfc7515', 'rfc7520', 'rfc7797', 'rfc8037']
const SEED = 20_300_101

/** What others are compared to when nothing runs. */
const NOTHING = { checks: [], adapters: [], verdicts: [], foreignVerdicts: [] }

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
  const runs = await runHosts(createHosts(bundles), { corpus, vectors })
  const reference = runs.find(({ output }) => output !== undefined)?.output ?? NOTHING
  printHosts(runs, reference)

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
