/** What the command line and the environment ask for. */
export interface DemoArguments {
  /** Ends after the walk. */
  readonly exit: boolean
  /** 0 to 65535; 0 lets the system choose. */
  readonly port: number
}

/** How the program is called. */
export const USAGE = `Usage: npm run demo [-- --exit]

  --exit   end after the walk: 0 if every step answered as it should, 1 otherwise
  --help   show this

Environment:
  PORT     where to listen on 127.0.0.1, 3000 unless told; a free one if it is taken
  NO_COLOR no colours`

const DEFAULT_PORT = 3000

/**
 * Reads the arguments.
 * @param args without the program
 * @throws RangeError that says what is wrong
 */
export function parseArguments(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): DemoArguments {
  const unknown = args.find(argument => argument !== '--exit')
  if (unknown !== undefined) throw new RangeError(`${unknown} is not an argument of the demo.`)
  return { exit: args.includes('--exit'), port: parsePort(environment.PORT) }
}

function parsePort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw new RangeError('PORT must be a number from 0 to 65535.')
  return port
}
