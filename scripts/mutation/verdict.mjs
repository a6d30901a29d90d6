import { findTarget, TARGETS } from './targets.mjs'

/**
 * @typedef {import('./run-stryker.mjs').Mutant} Mutant
 *
 * @typedef {object} Score one row of the table
 * @property {string} name of the target
 * @property {number} mutants
 * @property {number} killed by a failing test
 * @property {number} timedOut stopped because they went on for ever, which counts as killed
 * @property {number} survived
 * @property {number} notCovered no test reached them, which counts as survived
 * @property {number} percent of the mutants that were noticed
 *
 * @typedef {Pick<Mutant, 'file' | 'line' | 'mutator' | 'replacement'>} SurvivorKey
 *
 * @typedef {object} Explanation why no test can notice these mutants, or need not
 * @property {string} reason
 * @property {readonly SurvivorKey[]} mutants
 */

/** The percentage below which the command fails. */
export const FLOOR = 85

/**
 * @param {readonly Mutant[]} mutants
 * @returns {Score[]} in the order of the targets
 */
export function scoreTargets(mutants) {
  return TARGETS.flatMap(target => {
    const own = mutants.filter(({ file }) => findTarget(file) === target)
    /** @param {string} name */
    const count = name => own.filter(({ status }) => status === name).length
    const [killed, timedOut] = [count('Killed'), count('Timeout')]
    const [survived, notCovered] = [count('Survived'), count('NoCoverage')]
    const counted = killed + timedOut + survived + notCovered
    const percent = (100 * (killed + timedOut)) / counted
    return counted === 0
      ? []
      : [{ name: target.name, mutants: counted, killed, timedOut, survived, notCovered, percent }]
  })
}

/**
 * @param {readonly Mutant[]} mutants of whole targets
 * @param {readonly Explanation[]} explanations
 * @returns {{ unexplained: Mutant[], stale: SurvivorKey[] }} survivors without a reason, reasons without a survivor
 */
export function compareSurvivors(mutants, explanations) {
  const survivors = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
  const targets = new Set(mutants.map(({ file }) => findTarget(file)))
  const explained = explanations.flatMap(explanation => explanation.mutants)
  const explainedKeys = new Set(explained.map(toKey))
  const survivingKeys = new Set(survivors.map(toKey))
  return {
    unexplained: survivors.filter(mutant => !explainedKeys.has(toKey(mutant))),
    stale: explained.filter(key => targets.has(findTarget(key.file)) && !survivingKeys.has(toKey(key))),
  }
}

/**
 * The text of a mutant says which it is: row numbers move with every edit.
 *
 * @param {SurvivorKey} mutant
 */
function toKey({ file, line, mutator, replacement }) {
  return JSON.stringify([file, line, mutator, replacement])
}

/**
 * @param {readonly Score[]} scores
 * @returns {string}
 */
export function describeScores(scores) {
  const head = ['folder', 'mutants', 'killed', 'timed out', 'survived', 'not covered', 'score']
  const rows = scores.map(({ name, mutants, killed, timedOut, survived, notCovered, percent }) => [
    name,
    ...[mutants, killed, timedOut, survived, notCovered].map(String),
    `${percent.toFixed(1)} %`,
  ])
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map(row => row[column]?.length ?? 0)))
  return [head, ...rows]
    .map(row => row.map((text, column) => pad(text, column, widths)).join('  '))
    .join('\n')
}

/**
 * @param {string} text
 * @param {number} column names stand on the left, numbers on the right
 * @param {readonly number[]} widths
 */
function pad(text, column, widths) {
  const width = widths[column] ?? 0
  return column === 0 ? text.padEnd(width) : text.padStart(width)
}
