/**
 * @typedef {import('./run-hosts.mjs').SuiteOutput} SuiteOutput
 * @typedef {SuiteOutput['adapters'][number]} AdapterRun
 */

const REASON = 'a Response here carries no set-cookie'

/**
 * Leaves out the requests whose answers have cookies elsewhere, where a `Response` of the runtime carries none.
 *
 * @param {SuiteOutput} output
 * @param {SuiteOutput} reference
 * @returns {SuiteOutput}
 */
export function leaveOutCookies(output, reference) {
  return {
    ...output,
    adapters: output.adapters.map(run => leaveOut(run, findRowsWithCookies(run, reference))),
  }
}

/**
 * @param {AdapterRun} run
 * @param {ReadonlySet<string>} lost
 * @returns {AdapterRun}
 */
function leaveOut(run, lost) {
  const gone = run.rows.filter(({ name }) => lost.has(name)).map(({ name }) => [name, REASON])
  return {
    ...run,
    rows: run.rows.filter(({ name }) => !lost.has(name)),
    leftOut: { ...run.leftOut, ...Object.fromEntries(gone) },
  }
}

/**
 * @param {AdapterRun} run
 * @param {SuiteOutput} reference
 */
function findRowsWithCookies({ adapter, answersCarryCookies }, reference) {
  const answers = reference.adapters.find(other => other.adapter === adapter)?.answers ?? {}
  const rows = answersCarryCookies
    ? []
    : Object.entries(answers).filter(([, text]) => /^set-cookie:/m.test(text))
  return new Set(rows.map(([row]) => row))
}
