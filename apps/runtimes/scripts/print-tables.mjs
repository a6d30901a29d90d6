import { countSameVerdicts, findAdapter, findDifferentAnswers } from './host-entries.mjs'
import { tokensOf } from './run-hosts.mjs'

/**
 * @typedef {import('./run-hosts.mjs').HostRun} HostRun
 * @typedef {import('./run-hosts.mjs').SuiteOutput} SuiteOutput
 */

/**
 * One line for each runtime, and below it what could not be asked there.
 *
 * @param {readonly HostRun[]} runs
 * @param {SuiteOutput} reference
 */
export function printHosts(runs, reference) {
  const tokens = runs.flatMap(({ issued }) => tokensOf(issued)).length
  const rows = runs.map(run => describeHost(run, reference, tokens))
  const good = reference.verdicts.filter(verdict => verdict === 'accepted').length
  console.log(`\n${layOut([HEAD, ...rows])}\n\nOf the ${reference.verdicts.length} tokens ${good} are good.`)
  for (const line of describeLeftOut(runs)) console.log(line)
  console.log()
}

const HEAD = [
  'runtime',
  'code',
  'checks',
  'algorithms',
  "others' tokens",
  'same verdicts',
  'requests',
  'same answers',
  'time',
]

/**
 * @param {HostRun} run
 * @param {SuiteOutput} reference
 * @param {number} tokens of all runtimes
 */
function describeHost({ host: { name, backend }, issued, output, seconds }, reference, tokens) {
  if (output === undefined) return [name, backend, 'does not run', ...HEAD.slice(3).map(() => '')]
  const { checks, foreignVerdicts, adapters } = output
  const rows = adapters.flatMap(run => run.rows)
  const different = adapters.flatMap(run => findDifferentAnswers(run, findAdapter(reference, run)))
  return [
    name,
    backend,
    `${countHeld(checks)} of ${checks.length}`,
    `${tokensOf(issued).length} of ${issued.length}`,
    `${foreignVerdicts.filter(verdict => verdict === 'accepted').length} of ${tokens}`,
    `${countSameVerdicts(output, reference)} of ${reference.verdicts.length}`,
    `${countHeld(rows)} of ${rows.length}`,
    `${rows.length - different.length} of ${rows.length}`,
    `${seconds.toFixed(0)} s`,
  ]
}

/** @param {readonly { error?: string }[]} results */
function countHeld(results) {
  return results.filter(({ error }) => error === undefined).length
}

/**
 * What was not asked where, and why.
 *
 * @param {readonly HostRun[]} runs
 */
function describeLeftOut(runs) {
  /** @type {Map<string, Set<string>>} */
  const places = new Map()
  for (const { host, output } of runs) {
    for (const { adapter, leftOut } of output?.adapters ?? []) {
      for (const [reason, count] of countReasons(Object.values(leftOut))) {
        const text = `(${adapter}, ${count}): ${reason}`
        places.set(text, (places.get(text) ?? new Set()).add(host.name))
      }
    }
  }
  return [...places].map(
    ([text, hosts]) =>
      `Left out in ${hosts.size === runs.length ? 'every runtime' : [...hosts].join(', ')} ${text}.`,
  )
}

/** @param {readonly string[]} reasons */
function countReasons(reasons) {
  /** @type {Map<string, number>} */
  const counts = new Map()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return counts
}

/** @param {readonly import('./sizes.mjs').Size[]} sizes */
export function printSizes(sizes) {
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
