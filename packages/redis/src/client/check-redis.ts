import type { RedisClient } from './redis-client.js'
import { type RedisDriver, toRedisDriver } from './redis-driver.js'

/** Something about the server that an operator should know. */
export type RedisWarning =
  /** A server that may evict keys forgets revocations, and then accepts what was revoked. */
  | { readonly type: 'redis.eviction_policy_unsafe'; readonly policy: string; readonly message: string }
  /** The server did not tell its eviction policy. */
  | { readonly type: 'redis.check_failed'; readonly cause: unknown; readonly message: string }

/** Receives warnings. One that throws changes nothing. */
export type RedisWarningSink = (warning: RedisWarning) => unknown

/**
 * Asks every primary that the client knows for its eviction policy.
 * @returns one warning for each that is not `noeviction`; none when all is well
 * @throws whatever the client throws
 */
export async function checkRedis(client: RedisClient): Promise<readonly RedisWarning[]> {
  return checkEviction(toRedisDriver(client))
}

/** Checks without making anybody wait, and reports also that it could not. */
export function startEvictionCheck(driver: RedisDriver, onWarning: RedisWarningSink = warnProcess): void {
  checkEviction(driver)
    .catch((cause: unknown): readonly RedisWarning[] => [
      { type: 'redis.check_failed', cause, message: 'The eviction policy of Redis could not be read.' },
    ])
    .then(warnings => {
      for (const warning of warnings) onWarning(warning)
    })
    // a sink is for watching; its failure must not end the process
    .catch(() => {})
}

async function checkEviction(driver: RedisDriver): Promise<readonly RedisWarning[]> {
  const answers = await driver.info('memory')
  // INFO and not CONFIG: hosted servers allow no CONFIG
  const policies = answers.map(answer => /^maxmemory_policy:(\S+)/m.exec(String(answer))?.[1] ?? 'unknown')
  return policies
    .filter(policy => policy !== 'noeviction')
    .map(policy => ({
      type: 'redis.eviction_policy_unsafe',
      policy,
      message: `The eviction policy of Redis is ${policy}: under memory pressure it forgets revocations and sessions. Set maxmemory-policy to noeviction.`,
    }))
}

function warnProcess({ message, type }: RedisWarning): void {
  process.emitWarning(message, { type: 'AuthCoreRedisWarning', code: type })
}
