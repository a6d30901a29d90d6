import type { ConfigProblem } from '@authcore/core'

/** Names the members that do not exist: a misspelt demand would demand nothing. */
export function findUnknownMembers(
  value: object,
  known: readonly string[],
  path: string,
): readonly ConfigProblem[] {
  return Object.keys(value)
    .filter(name => !known.includes(name))
    .map(name => ({ path: `${path}.${name}`, message: `is not known; known are ${known.join(', ')}` }))
}
