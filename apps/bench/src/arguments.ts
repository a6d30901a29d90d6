/** What a run is asked for. */
export interface Arguments {
  /** Less rounds and no large stores: under two minutes. */
  readonly quick: boolean
  /** A missed goal makes the exit code. */
  readonly check: boolean
  /** Compares the methods with each other instead. */
  readonly methods: boolean
  /** Only groups whose id begins with one of these. */
  readonly only: readonly string[]
}

/** How the program is called. */
export const USAGE = `npm run bench -- [--quick] [--check] [--methods] [--only=<group>,...]

  --quick    every benchmark shortly, under two minutes
  --check    exit with 1 when a goal is missed
  --methods  compare the methods of authentication with each other instead
  --only     only the groups whose names begin so; results are printed, not written`

/**
 * Reads the arguments of the program.
 * @throws RangeError for one that is not known, or a list without a name
 */
export function parseArguments(given: readonly string[]): Arguments {
  const names = new Set<string>()
  const only: string[] = []
  for (const argument of given) {
    if (argument.startsWith('--only=')) only.push(...parseNames(argument.slice('--only='.length)))
    else if (['--quick', '--check', '--methods'].includes(argument)) names.add(argument)
    // what a package manager passes on between its own arguments and ours
    else if (argument !== '--') throw new RangeError(`${argument} is not an argument of the benchmarks.`)
  }
  return { quick: names.has('--quick'), check: names.has('--check'), methods: names.has('--methods'), only }
}

function parseNames(list: string): readonly string[] {
  const names = list.split(',').map(name => name.trim())
  if (names.some(name => name === '')) throw new RangeError('--only needs the names of groups.')
  return names
}
