import type { RateLimitCommand, RateLimitOutcome, RateLimitStore } from '@authcore/core/ports'
import { assertCounts, assertInstants, assertStrings } from '@authcore/core/ports'
import type { RedisConnection } from '../client/redis-connection.js'
import { damaged, parseNumber, toTexts } from '../records/stored-fields.js'
import { RESET_RATE_LIMIT, TAKE_RATE_LIMIT } from '../scripts/rate-limit-scripts.js'

/** Counts attempts in Redis: one text for each key. */
export class RedisRateLimitStore implements RateLimitStore {
  readonly #redis: RedisConnection

  /** @param redis what {@link connectRedis} returns */
  constructor(redis: RedisConnection) {
    this.#redis = redis
  }

  async take({ key, limit, windowSeconds, cost, now }: RateLimitCommand): Promise<RateLimitOutcome> {
    assertStrings({ key })
    assertInstants({ now })
    assertLimit(limit, cost)
    const at = Math.floor(now)
    const windowMs = toMilliseconds(windowSeconds, at)
    // one unit lasts windowMs / limit milliseconds: as whole ones and a rest of parts by the limit
    const costParts = BigInt(cost) * BigInt(windowMs)
    const args = [
      at,
      this.#redis.expiryMargin,
      limit,
      windowMs,
      costParts / BigInt(limit),
      costParts % BigInt(limit),
    ]
    const reply = toTexts(
      await this.#redis.run(TAKE_RATE_LIMIT, [this.#redis.keys.rateLimit(key)], args.map(String)),
    )
    return toOutcome(reply, BigInt(limit), BigInt(windowMs))
  }

  async reset({ key, now }: { readonly key: string; readonly now: number }): Promise<void> {
    assertStrings({ key })
    assertInstants({ now })
    await this.#redis.run(RESET_RATE_LIMIT, [this.#redis.keys.rateLimit(key)], [])
  }

  /** Redis deletes by itself what has expired. */
  async sweep({ now, limit }: { readonly now: number; readonly limit: number }): Promise<{
    readonly removed: number
  }> {
    assertInstants({ now })
    assertCounts({ limit })
    return { removed: 0 }
  }
}

/** The answer in whole units and milliseconds, from what is used now and what would be with this attempt. */
function toOutcome(reply: readonly string[], limit: bigint, windowMs: bigint): RateLimitOutcome {
  const [allowed, ...parts] = reply
  const [usedWhole, usedPart, wantedWhole, wantedPart] = parts.map(part =>
    BigInt(parseNumber(part, 'a meter')),
  )
  if (
    usedWhole === undefined ||
    usedPart === undefined ||
    wantedWhole === undefined ||
    wantedPart === undefined
  ) {
    throw damaged('a meter')
  }
  const isAllowed = allowed === '1'
  const unused = (windowMs - usedWhole) * limit - usedPart
  return {
    allowed: isAllowed,
    remaining: unused < 0n ? 0 : Number(unused / windowMs),
    retryAfterMs: isAllowed ? 0 : Number(wantedWhole - windowMs + roundUp(wantedPart)),
    resetAfterMs: Number(usedWhole + roundUp(usedPart)),
  }
}

function roundUp(part: bigint): bigint {
  return part > 0n ? 1n : 0n
}

function assertLimit(limit: number, cost: number): void {
  assertCounts({ limit, cost })
  if (limit === 0) throw new TypeError('limit must be a positive integer.')
  if (cost > limit) throw new TypeError('cost must not exceed limit: such an attempt could never pass.')
}

function toMilliseconds(windowSeconds: number, now: number): number {
  const milliseconds = Math.round(windowSeconds * 1000)
  // whatever the script adds up must be a number that Lua counts exactly
  const isCountable = Number.isSafeInteger(milliseconds) && Number.isSafeInteger(now + 2 * milliseconds)
  if (typeof windowSeconds === 'number' && isCountable && milliseconds > 0) return milliseconds
  throw new TypeError('windowSeconds must be a positive number of at least a millisecond and not of ages.')
}
