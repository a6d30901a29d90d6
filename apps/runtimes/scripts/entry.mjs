/** @typedef {{ name: string, outcome: 'passed' | 'failed' }} Entry one thing that was checked */

/**
 * Tells what a check came to; a problem is printed at once.
 *
 * @param {string} name
 * @param {string} problem empty when there is none
 * @returns {Entry}
 */
export function toEntry(name, problem) {
  if (problem !== '') console.error(`${name}: ${problem}`)
  return { name: `runtimes: ${name}`, outcome: problem === '' ? 'passed' : 'failed' }
}
