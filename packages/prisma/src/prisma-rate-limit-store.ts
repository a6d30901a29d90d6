import type { RateLimitCommand, RateLimitOutcome, RateLimitStore } from '@authcore/core/ports'
import { checkKey, expected, instant, integer, text, toCount, toInstant } from './parameters.js'
import type { PrismaClientSubset } from './prisma-client.js'
import { damaged, type Row, readWord } from './row.js'
import { MAX_ATTEMPTS, runStatement } from './run-statement.js'
import { type Sql, sql } from './sql.js'
import { sweepExpired } from './sweep-expired.js'

/**
 * A limit in ticks of `1 / ticksPerMs` milliseconds. With as many ticks in a millisecond as the limit has units, one
 * unit lasts a whole number of ticks (the window in milliseconds), so nothing is ever rounded away.
 */
interface Attempt {
  readonly ticksPerMs: bigint
  readonly ticksPerUnit: bigint
  readonly units: bigint
  readonly nowTick: bigint
}

/** Counts attempts in PostgreSQL. */
export class PrismaRateLimitStore implements RateLimitStore {
  readonly #client: PrismaClientSubset

  constructor(client: PrismaClientSubset) {
    this.#client = client
  }

  async take(command: RateLimitCommand): Promise<RateLimitOutcome> {
    const attempt = toAttempt(command)
    checkKey({ key: command.key })
    const statement = attempt.units === 0n ? toReadStatement(command) : toTakeStatement(command)
    for (let time = 0; time < MAX_ATTEMPTS; time += 1) {
      const rows = await runStatement(this.#client, statement, { isRepeatable: attempt.units === 0n })
      const written = rows.find(row => readWord(row, 'part', ['held', 'written']) === 'written')
      if (written !== undefined) return toOutcome(attempt, readTick(written), true)
      const [held] = rows
      if (held !== undefined) return toOutcome(attempt, readTick(held), false)
      if (attempt.units === 0n) return toOutcome(attempt, attempt.nowTick, false)
      // refused by a meter that began while this statement ran, so only a new one can see it
    }
    throw new Error('The rate limit was written and swept too often at once.')
  }

  async reset({ key, now }: { readonly key: string; readonly now: number }): Promise<void> {
    toInstant(now, 'now')
    const statement = sql`DELETE FROM authcore_rate_limit WHERE key = ${text(key, 'key')} RETURNING 1 AS removed`
    await runStatement(this.#client, statement, { isRepeatable: true })
  }

  async sweep(command: {
    readonly now: number
    readonly limit: number
  }): Promise<{ readonly removed: number }> {
    return sweepExpired(this.#client, sql`authcore_rate_limit`, command)
  }
}

function toReadStatement({ key, limit, now }: RateLimitCommand): Sql {
  return sql`
    SELECT 'held' AS part, ${toTickBefore(limit, now)}::text AS tick
    FROM authcore_rate_limit AS meter WHERE key = ${text(key, 'key')}`
}

/**
 * Reads the meter when its lock is held and writes only what passes. A key that is new, or that somebody else makes at
 * this moment, is judged where the two meet, in `ON CONFLICT`.
 */
function toTakeStatement({ key, limit, windowSeconds, cost, now }: RateLimitCommand): Sql {
  const ticksPerMs = sql`${integer(limit)}::numeric`
  const nowTick = sql`${instant(now, 'now')} * ${ticksPerMs}`
  const ticksPerUnit = sql`${integer(toMilliseconds(windowSeconds))}::numeric`
  const price = sql`${integer(cost)} * ${ticksPerUnit}`
  const passes = sql`- ${nowTick} + ${price} <= ${ticksPerUnit} * ${ticksPerMs}`
  return sql`
    WITH held AS (
      SELECT ${toTickBefore(limit, now)} AS tick FROM authcore_rate_limit AS meter
      WHERE key = ${text(key, 'key')} FOR UPDATE
    ), written AS (
      INSERT INTO authcore_rate_limit AS meter (key, untouched_at_tick, ticks_per_ms, expires_at)
      SELECT ${text(key, 'key')}, tick + ${price}, ${integer(limit)}, ${divideUp(sql`(tick + ${price})`, ticksPerMs)}
      FROM (SELECT COALESCE((SELECT tick FROM held), ${nowTick}) AS tick) AS before
      WHERE tick ${passes}
      ON CONFLICT (key) DO UPDATE SET
        untouched_at_tick = ${toTickBefore(limit, now)} + ${price},
        ticks_per_ms = excluded.ticks_per_ms,
        expires_at = ${divideUp(sql`(${toTickBefore(limit, now)} + ${price})`, ticksPerMs)}
      WHERE ${toTickBefore(limit, now)} ${passes}
      RETURNING untouched_at_tick - ${price} AS tick
    )
    SELECT 'written' AS part, tick::text AS tick FROM written
    UNION ALL SELECT 'held' AS part, tick::text AS tick FROM held`
}

/** When the limit of `meter` is untouched again, in the ticks of this limit, rounded up, so never laxer; not before now. */
function toTickBefore(limit: number, now: number): Sql {
  const ticksPerMs = sql`${integer(limit)}::numeric`
  const tick = divideUp(sql`(meter.untouched_at_tick * ${ticksPerMs})`, sql`meter.ticks_per_ms`)
  return sql`GREATEST(${instant(now, 'now')} * ${ticksPerMs}, ${tick})`
}

function divideUp(dividend: Sql, divisor: Sql): Sql {
  return sql`(div(${dividend}, ${divisor}) + CASE WHEN mod(${dividend}, ${divisor}) > 0 THEN 1 ELSE 0 END)`
}

function toAttempt({ limit, windowSeconds, cost, now }: RateLimitCommand): Attempt {
  const units = toCount(cost, 'cost')
  if (toCount(limit, 'limit') === 0) throw expected('limit', 'a positive integer')
  if (cost > limit) throw new TypeError('cost must not exceed limit: such an attempt could never pass.')
  const ticksPerMs = BigInt(limit)
  return {
    ticksPerMs,
    ticksPerUnit: BigInt(toMilliseconds(windowSeconds)),
    units: BigInt(units),
    nowTick: BigInt(toInstant(now, 'now')) * ticksPerMs,
  }
}

function toMilliseconds(windowSeconds: number): number {
  const milliseconds = typeof windowSeconds === 'number' ? Math.round(windowSeconds * 1000) : Number.NaN
  if (Number.isSafeInteger(milliseconds) && milliseconds > 0) return milliseconds
  throw new TypeError('windowSeconds must be a positive number of at least a millisecond.')
}

function toOutcome(
  { ticksPerMs, ticksPerUnit, units, nowTick }: Attempt,
  before: bigint,
  isWritten: boolean,
): RateLimitOutcome {
  const ticksPerWindow = ticksPerUnit * ticksPerMs
  const missing = before + units * ticksPerUnit - nowTick - ticksPerWindow
  const allowed = isWritten || (units === 0n && missing <= 0n)
  const used = before + (allowed ? units * ticksPerUnit : 0n) - nowTick
  return {
    allowed,
    remaining: Number(latest(0n, (ticksPerWindow - used) / ticksPerUnit)),
    retryAfterMs: allowed ? 0 : Number(divideUpBigint(missing, ticksPerMs)),
    resetAfterMs: Number(divideUpBigint(used, ticksPerMs)),
  }
}

function readTick(row: Row): bigint {
  const { tick } = row
  return typeof tick === 'string' && /^-?\d+$/.test(tick) ? BigInt(tick) : damaged('untouched_at_tick')
}

function latest(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}

function divideUpBigint(dividend: bigint, divisor: bigint): bigint {
  return dividend / divisor + (dividend % divisor > 0n ? 1n : 0n)
}
