import { toEntry } from './entry.mjs'

/**
 * @typedef {import('./entry.mjs').Entry} Entry
 * @typedef {import('./run-hosts.mjs').HostRun} HostRun
 * @typedef {import('./run-hosts.mjs').SuiteOutput} SuiteOutput
 * @typedef {SuiteOutput['adapters'][number]} AdapterRun
 */

/**
 * What one runtime came to, beside what all are compared to.
 *
 * @param {HostRun} run
 * @param {SuiteOutput} reference
 * @returns {Entry[]}
 */
export function hostEntries({ host: { name }, issued, output }, reference) {
  if (output === undefined) return [toEntry(`${name}: runs`, 'it does not')]
  const hasAll = issued.every(each => 'accessToken' in each)
  // a token in an algorithm that a runtime lacks is refused by name, as issuing one is
  const refused = output.foreignVerdicts.filter(
    verdict => verdict !== 'accepted' && (hasAll || verdict !== 'token_key_unknown'),
  )
  const count = reference.verdicts.length
  const differing = count - countSameVerdicts(output, reference)
  return [
    toEntry(`${name}: runs`, ''),
    ...output.checks.map(({ name: check, error = '' }) => toEntry(`${name}: ${check}`, error)),
    toEntry(`${name}: the verdicts of the others on ${count} tokens`, differing ? `${differing} differ` : ''),
    toEntry(`${name}: accepts the tokens of the others`, refused.join(', ')),
    ...output.adapters.flatMap(run => adapterEntries(name, run, findAdapter(reference, run))),
  ]
}

/**
 * @param {string} name of the runtime
 * @param {AdapterRun} run
 * @param {AdapterRun | undefined} reference
 * @returns {Entry[]}
 */
function adapterEntries(name, run, reference) {
  const failed = run.rows.flatMap(({ name: row, error }) =>
    error === undefined ? [] : [`${row} (${error.slice(0, 500)})`],
  )
  const asked = run.rows.length
  return [
    toEntry(
      `${name}, ${run.adapter}: ${asked} requests get the answers of @authcore/http`,
      failed.join('; '),
    ),
    toEntry(
      `${name}, ${run.adapter}: the same bytes as in the others`,
      findDifferentAnswers(run, reference).join('; '),
    ),
  ]
}

/**
 * @param {SuiteOutput} output
 * @param {SuiteOutput} reference
 */
export function countSameVerdicts({ verdicts }, reference) {
  return verdicts.filter((verdict, index) => verdict === reference.verdicts[index]).length
}

/**
 * @param {SuiteOutput} reference
 * @param {AdapterRun} run
 */
export function findAdapter({ adapters }, run) {
  return adapters.find(({ adapter }) => adapter === run.adapter)
}

/**
 * @param {AdapterRun} run
 * @param {AdapterRun | undefined} reference
 * @returns {string[]} rows whose answers are not those of the reference; without those that were left out
 */
export function findDifferentAnswers({ answers, leftOut }, reference) {
  return Object.entries(reference?.answers ?? {}).flatMap(([row, answer]) =>
    row in leftOut || answers[row] === answer ? [] : [row],
  )
}
