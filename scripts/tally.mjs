/**
 * What was run, test by test and check by check.
 *
 * @typedef {'passed' | 'failed' | 'skipped'} Outcome
 * @typedef {{ name: string, outcome: Outcome }} Entry
 */

/**
 * @param {string} name
 * @param {boolean} isGood
 * @returns {Entry}
 */
export function checked(name, isGood) {
  return { name, outcome: isGood ? 'passed' : 'failed' }
}

/**
 * The names of what was skipped or failed, then `N passed, N failed` (and `, N skipped`) alone on the last line.
 *
 * @param {readonly Entry[]} entries
 * @returns {string}
 */
export function describeTally(entries) {
  const failed = namesOf(entries, 'failed')
  const skipped = namesOf(entries, 'skipped')
  const passed = entries.length - failed.length - skipped.length
  const total = `${passed} passed, ${failed.length} failed`
  return [
    ...listed('Skipped', skipped),
    ...listed('Failed', failed),
    skipped.length > 0 ? `${total}, ${skipped.length} skipped` : total,
  ].join('\n')
}

/**
 * @param {readonly Entry[]} entries
 * @param {Outcome} outcome
 */
function namesOf(entries, outcome) {
  return entries.filter(entry => entry.outcome === outcome).map(({ name }) => name)
}

/**
 * @param {string} title
 * @param {string[]} names
 */
function listed(title, names) {
  return names.length > 0 ? [`${title}:`, ...names.map(name => `  ${name}`), ''] : []
}
