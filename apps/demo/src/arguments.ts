import { resolve } from 'node:path'
import { FRAMEWORKS, type Framework, isFramework } from './frameworks/frameworks.js'
import type { StateOptions } from './state/open-state.js'

/** What the command line and the environment ask for. */
export interface DemoArguments {
  /** Ends after the walk. */
  readonly exit: boolean
  /** What serves the API. */
  readonly framework: Framework
  /** 0 to 65535; 0 lets the system choose. */
  readonly port: number
  readonly state: StateOptions
}

/** How the program is called. */
export const USAGE = `Usage: npm run demo [-- [--framework <name>] [--exit]]

  --framework <name>  serve with ${FRAMEWORKS.join(', ')}; express unless told
  --exit              end after the walk: 0 if every step answered as it should, 1 otherwise
  --help              show this

Environment:
  PORT             where to listen on 127.0.0.1, 3000 unless told; a free one if it is taken
  DATA_FOLDER      holds the embedded database and the root secret; apps/demo/.data unless told
  DATABASE_URL     a PostgreSQL instead of the embedded database
  REDIS_URL        a Redis for revocations, one-time values and rate limits
  REDIS_PREFIX     begins every key in it; authcore-demo unless told
  AUTHCORE_SECRET  the root secret, instead of the one in the folder
  NO_COLOR         no colours`

const DEFAULT_PORT = 3000
const DEFAULT_REDIS_PREFIX = 'authcore-demo'

/** Variables by their names. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the arguments.
 * @param args without the program
 * @param defaultFolder absolute path of the data folder unless told
 * @throws RangeError that says what is wrong
 */
export function parseArguments(
  args: readonly string[],
  environment: Environment,
  defaultFolder: string,
): DemoArguments {
  return {
    ...parseOptions(args),
    port: parsePort(environment.PORT),
    state: readStateOptions(environment, defaultFolder),
  }
}

function parseOptions(args: readonly string[]): Pick<DemoArguments, 'exit' | 'framework'> {
  let exit = false
  let framework: Framework = 'express'
  const rest = args.flatMap(argument => splitAssignment(argument))
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === '--exit') exit = true
    else if (argument === '--framework') framework = parseFramework(rest.shift())
    else throw new RangeError(`${argument} is not an argument of the demo.`)
  }
  return { exit, framework }
}

/** `--framework=koa` is `--framework koa`. */
function splitAssignment(argument: string): readonly string[] {
  const [, name, value] = /^(--framework)=(.*)$/s.exec(argument) ?? []
  return name === undefined || value === undefined ? [argument] : [name, value]
}

function parseFramework(name: string | undefined): Framework {
  if (name !== undefined && isFramework(name)) return name
  const given =
    name === undefined ? '--framework needs a name' : `There is no framework ${JSON.stringify(name)}`
  throw new RangeError(`${given}: there are ${FRAMEWORKS.join(', ')}.`)
}

/** An empty variable counts as none. */
function readStateOptions(environment: Environment, defaultFolder: string): StateOptions {
  const { DATA_FOLDER, DATABASE_URL, REDIS_URL, REDIS_PREFIX, AUTHCORE_SECRET } = environment
  return {
    folder: DATA_FOLDER ? resolve(DATA_FOLDER) : defaultFolder,
    redisPrefix: REDIS_PREFIX || DEFAULT_REDIS_PREFIX,
    ...(DATABASE_URL && { databaseUrl: DATABASE_URL }),
    ...(REDIS_URL && { redisUrl: REDIS_URL }),
    ...(AUTHCORE_SECRET && { secret: AUTHCORE_SECRET }),
  }
}

function parsePort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw new RangeError('PORT must be a number from 0 to 65535.')
  return port
}
