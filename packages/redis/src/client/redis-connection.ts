import { ConfigError, StoreError } from '@authcore/core'
import { createKeySpace, type KeySpace } from '../records/key-space.js'
import { type RedisWarningSink, startEvictionCheck } from './check-redis.js'
import type { RedisClient } from './redis-client.js'
import { type RedisDriver, toRedisDriver } from './redis-driver.js'
import type { RedisScript } from './redis-script.js'
import { type ReplicaOptions, runReplicated } from './run-replicated.js'
import { withinTime } from './within-time.js'

/** How the stores use Redis. */
export interface RedisStoreOptions {
  /** The beginning of every key: letters, digits and `_ . : -`, at most 100; default `authcore`. */
  readonly prefix?: string
  /**
   * For how long a record stays in Redis after it expired by the clock of the caller, in seconds, 0 to 86,400;
   * default 300. It must be more than the clocks of all callers and of the server can drift apart meanwhile.
   */
  readonly expiryMarginSeconds?: number
  /**
   * How long a command may take, 1 to 60,000; default 5,000. After that the store counts as unavailable, whatever the
   * client would do; the command may still arrive, and may be repeated.
   */
  readonly timeoutMilliseconds?: number
  /** Strict mode: a write that fewer replicas acknowledge in time is refused. Not for clusters. */
  readonly replicas?: ReplicaOptions
  /** Whether keys of one command must share a slot; by default told by what the client can do. */
  readonly cluster?: boolean
  /** Told when Redis is set up so that it forgets; default: a warning of the process. */
  readonly onWarning?: RedisWarningSink
}

/** Runs scripts on the server; what the stores share. */
export interface RedisConnection {
  readonly keys: KeySpace
  readonly isCluster: boolean
  /** Milliseconds that every expiry in Redis comes later than the one in the record. */
  readonly expiryMargin: string
  /**
   * Runs one script: one round trip, and a second one the first time that a server sees it.
   * @throws {StoreError} `store_record_invalid` when the script met a damaged record
   * @throws whatever the client throws, unchanged
   */
  run(script: RedisScript, keys: readonly string[], args: readonly string[]): Promise<unknown>
}

// the first is what the scripts say; the second is said when another kind of value stands under a key
const DAMAGED = /AUTHCORE_RECORD_INVALID|WRONGTYPE/

/**
 * Connects stores to a client.
 * @throws {ConfigError} `config_invalid` with every option that is out of range
 */
export function connectRedis(client: RedisClient, options: RedisStoreOptions = {}): RedisConnection {
  const { prefix = 'authcore', expiryMarginSeconds = 300, timeoutMilliseconds = 5000 } = options
  const { replicas, cluster } = options
  const driver = toRedisDriver(client, cluster)
  validateOptions({ prefix, expiryMarginSeconds, timeoutMilliseconds, replicas }, driver)
  const patience = timeoutMilliseconds + (replicas?.timeoutMilliseconds ?? 0)
  const keys = createKeySpace(prefix)
  let hasStarted = false

  return Object.freeze({
    keys,
    isCluster: driver.isCluster,
    expiryMargin: String(Math.round(expiryMarginSeconds * 1000)),
    async run(script: RedisScript, scriptKeys: readonly string[], args: readonly string[]): Promise<unknown> {
      if (!hasStarted) {
        hasStarted = true
        startEvictionCheck(driver, options.onWarning)
      }
      const send = (way: 'evalsha' | 'eval') => {
        const command = () => driver[way](way === 'eval' ? script.text : script.sha, scriptKeys, args)
        if (replicas === undefined || !script.isWrite) return command()
        return runReplicated(driver, command, keys.fence, replicas)
      }
      try {
        return await withinTime(runKnownOrUnknown(send), patience)
      } catch (error) {
        if (DAMAGED.test(toMessage(error))) throw new StoreError('store_record_invalid', { cause: error })
        throw error
      }
    },
  })
}

/** A server that was restarted, flushed or promoted does not know the script: then nothing has run yet. */
async function runKnownOrUnknown(send: (way: 'evalsha' | 'eval') => Promise<unknown>): Promise<unknown> {
  try {
    return await send('evalsha')
  } catch (error) {
    if (!toMessage(error).startsWith('NOSCRIPT')) throw error
    return send('eval')
  }
}

function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : ''
}

function validateOptions(
  {
    prefix,
    expiryMarginSeconds,
    timeoutMilliseconds,
    replicas,
  }: Required<Pick<RedisStoreOptions, 'prefix' | 'expiryMarginSeconds' | 'timeoutMilliseconds'>> & {
    readonly replicas: ReplicaOptions | undefined
  },
  driver: RedisDriver,
): void {
  const isWithin = (value: unknown, least: number, most: number) =>
    typeof value === 'number' && value >= least && value <= most
  const isMilliseconds = (value: unknown) => Number.isSafeInteger(value) && isWithin(value, 1, 60_000)
  const problems = [
    // a brace in the prefix would choose the slot of every key
    !(typeof prefix === 'string' && /^[\w.:-]{1,100}$/.test(prefix)) && {
      path: 'prefix',
      message: 'must be 1 to 100 letters, digits and characters of _ . : -',
    },
    !isWithin(expiryMarginSeconds, 0, 86_400) && {
      path: 'expiryMarginSeconds',
      message: 'must be a number of 0 to 86,400',
    },
    !isMilliseconds(timeoutMilliseconds) && {
      path: 'timeoutMilliseconds',
      message: 'must be an integer of 1 to 60,000',
    },
    replicas !== undefined &&
      !(Number.isSafeInteger(replicas.count) && isWithin(replicas.count, 1, 100)) && {
        path: 'replicas.count',
        message: 'must be an integer of 1 to 100',
      },
    replicas !== undefined &&
      !(
        Number.isSafeInteger(replicas.timeoutMilliseconds) &&
        isWithin(replicas.timeoutMilliseconds, 1, 60_000)
      ) && {
        path: 'replicas.timeoutMilliseconds',
        // 0 would mean for ever
        message: 'must be an integer of 1 to 60,000',
      },
    replicas !== undefined &&
      driver.isCluster && {
        path: 'replicas',
        message: 'needs a connection to one primary: clients for a cluster do not let WAIT follow a write',
      },
    replicas !== undefined &&
      driver.isReordering && {
        path: 'replicas',
        message: 'needs a client that sends commands in their order: without enableAutoPipelining',
      },
  ].filter(problem => problem !== false)
  if (problems.length > 0) throw new ConfigError('config_invalid', problems)
}
