import { assertCounts, assertInstants, assertStrings } from '../ports/assert-arguments.js'
import type { RateLimitCommand, RateLimitOutcome, RateLimitStore } from '../ports/rate-limit-store.js'
import { ExpiringMap } from './expiring-map.js'
import { type MemoryStoreOptions, parseMaxEntries } from './max-entries.js'

/**
 * When the limit of a key is untouched again (GCRA's theoretical arrival time), in ticks of `1 / ticksPerMs`
 * milliseconds. With as many ticks in a millisecond as the limit has units, one unit lasts a whole number of ticks
 * (the window in milliseconds), so nothing is ever rounded away.
 */
interface Meter {
  readonly untouchedAtTick: bigint
  readonly ticksPerMs: bigint
}

/** Counts attempts in the memory of one process. */
export class MemoryRateLimitStore implements RateLimitStore {
  readonly #meters: ExpiringMap<Meter>

  /** @throws {ConfigError} `config_invalid` when `maxEntries` is not a positive integer */
  constructor(options: MemoryStoreOptions = {}) {
    this.#meters = new ExpiringMap({ maxEntries: parseMaxEntries(options) })
  }

  async take({ key, limit, windowSeconds, cost, now }: RateLimitCommand): Promise<RateLimitOutcome> {
    assertStrings({ key })
    assertInstants({ now })
    assertLimit(limit, cost)
    const ticksPerMs = BigInt(limit)
    const ticksPerUnit = BigInt(toMilliseconds(windowSeconds))
    const ticksPerWindow = ticksPerUnit * ticksPerMs
    const nowTick = BigInt(Math.floor(now)) * ticksPerMs

    const before = latest(nowTick, toTick(this.#meters.find(key, now), ticksPerMs) ?? nowTick)
    const after = before + BigInt(cost) * ticksPerUnit
    const missing = after - nowTick - ticksPerWindow
    const allowed = missing <= 0n
    if (allowed && cost > 0) this.#write(key, { untouchedAtTick: after, ticksPerMs }, now)

    const used = (allowed ? after : before) - nowTick
    return {
      allowed,
      remaining: Number(latest(0n, (ticksPerWindow - used) / ticksPerUnit)),
      retryAfterMs: allowed ? 0 : Number(divideUp(missing, ticksPerMs)),
      resetAfterMs: Number(divideUp(used, ticksPerMs)),
    }
  }

  async reset({ key, now }: { readonly key: string; readonly now: number }): Promise<void> {
    assertStrings({ key })
    assertInstants({ now })
    this.#meters.delete(key)
  }

  async sweep({
    now,
    limit,
  }: {
    readonly now: number
    readonly limit: number
  }): Promise<{ readonly removed: number }> {
    assertInstants({ now })
    assertCounts({ limit })
    return { removed: this.#meters.sweep(now, limit) }
  }

  #write(key: string, meter: Meter, now: number): void {
    const expiresAt = Number(divideUp(meter.untouchedAtTick, meter.ticksPerMs))
    this.#meters.set(key, meter, expiresAt, now)
  }
}

function assertLimit(limit: number, cost: number): void {
  assertCounts({ limit, cost })
  if (limit === 0) throw new TypeError('limit must be a positive integer.')
  if (cost > limit) throw new TypeError('cost must not exceed limit: such an attempt could never pass.')
}

function toMilliseconds(windowSeconds: number): number {
  const milliseconds = Math.round(windowSeconds * 1000)
  if (typeof windowSeconds === 'number' && Number.isSafeInteger(milliseconds) && milliseconds > 0) {
    return milliseconds
  }
  throw new TypeError('windowSeconds must be a positive number of at least a millisecond.')
}

/** The meter in other ticks, for a key whose limit was changed; rounded up, so never laxer than before. */
function toTick(meter: Meter | undefined, ticksPerMs: bigint): bigint | undefined {
  return meter && divideUp(meter.untouchedAtTick * ticksPerMs, meter.ticksPerMs)
}

function latest(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return dividend / divisor + (dividend % divisor > 0n ? 1n : 0n)
}
