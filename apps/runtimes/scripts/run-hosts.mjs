import { leaveOutCookies } from './leave-out-cookies.mjs'

/**
 * @typedef {import('./hosts.mjs').Host} Host
 * @typedef {import('../src/issued-token.ts').Issued} Issued
 * @typedef {Awaited<ReturnType<Host['runSuite']>>} SuiteOutput
 *
 * @typedef {object} HostRun
 * @property {Host} host
 * @property {readonly Issued[]} issued
 * @property {SuiteOutput | undefined} output absent when it does not run
 * @property {number} seconds
 */

/**
 * Lets every runtime issue tokens, and then run the suite with the tokens of all; one after the other.
 *
 * @param {readonly Host[]} hosts
 * @param {Pick<Parameters<Host['runSuite']>[0], 'corpus' | 'vectors'>} input
 * @returns {Promise<HostRun[]>}
 */
export async function runHosts(hosts, input) {
  /** @type {Map<Host, readonly Issued[]>} */
  const issued = new Map()
  for (const host of hosts) issued.set(host, (await attempt(host, () => host.issueTokens())) ?? [])
  const foreign = [...issued.values()].flatMap(tokensOf)
  /** @type {HostRun[]} */
  const runs = []
  for (const host of hosts) {
    const startedAt = performance.now()
    const output = await attempt(host, () => host.runSuite({ ...input, backend: host.backend, foreign }))
    const seconds = (performance.now() - startedAt) / 1000
    const reference = runs.find(run => run.output !== undefined)?.output ?? output
    const judged = output && reference && leaveOutCookies(output, reference)
    runs.push({ host, issued: issued.get(host) ?? [], output: judged, seconds })
  }
  return runs
}

/**
 * @template Result
 * @param {Host} host
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result | undefined>}
 */
async function attempt({ name }, work) {
  try {
    return await work()
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : error}`)
    return undefined
  }
}

/**
 * @param {readonly Issued[]} issued
 * @returns the tokens among them
 */
export function tokensOf(issued) {
  return issued.flatMap(each => ('accessToken' in each ? [each] : []))
}
