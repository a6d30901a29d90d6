import { StoreError } from '@authcore/core'
import type { RedisDriver } from './redis-driver.js'

/** How many replicas must have a write before it counts. */
export interface ReplicaOptions {
  /** A positive integer. */
  readonly count: number
  /** How long to wait for them; a positive integer. */
  readonly timeoutMilliseconds: number
}

// any write: what an answer rests on may have been written by another connection
const FENCE = "return redis.call('SET', KEYS[1], '1', 'PX', 60000)"

/**
 * Sends a write, and in the same turn and on the same connection waits until enough replicas have it and all that
 * was written before it.
 * @throws {StoreError} `store_unavailable` when they did not say so in time. The write stands on the primary: it may
 *   be repeated, as after any lost answer.
 */
export async function runReplicated(
  driver: RedisDriver,
  command: () => Promise<unknown>,
  fence: string,
  { count, timeoutMilliseconds }: ReplicaOptions,
): Promise<unknown> {
  const [before, reply, , acknowledged, after] = await Promise.all([
    driver.clientId(),
    command(),
    driver.eval(FENCE, [fence], []),
    driver.wait(count, timeoutMilliseconds),
    driver.clientId(),
  ])
  // WAIT on a connection that has written nothing answers at once, so a reconnect in between would pass for success
  if (before !== after)
    throw refusal('the connection was replaced between the write and the answer of the replicas')
  if (typeof acknowledged !== 'number' || acknowledged < count) {
    throw refusal(
      `${String(acknowledged)} of ${count} replicas acknowledged within ${timeoutMilliseconds} ms`,
    )
  }
  return reply
}

function refusal(reason: string): StoreError {
  return new StoreError('store_unavailable', { cause: new Error(`Write not replicated: ${reason}.`) })
}
