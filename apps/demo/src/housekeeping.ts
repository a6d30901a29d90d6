import type { OffsetClock } from './offset-clock.js'
import type { ClockMemory } from './state/clock-memory.js'

/** What is done now and then. */
export interface HousekeepingOptions {
  /** Deletes what has expired. */
  readonly sweep: () => Promise<unknown>
  readonly clock: OffsetClock
  readonly clockMemory: ClockMemory
  /** Gets what goes wrong; the next round tries again. */
  readonly report: (error: unknown) => void
  /** A minute unless told. */
  readonly intervalMs?: number
}

/** Housekeeping that goes on until it is stopped. */
export interface Housekeeping {
  /** Puts the clock forward. What is written by it must never lie ahead of the next start, even after a crash. */
  advanceClock(seconds: number): Promise<void>
  /** Waits for a round that is under way. */
  stop(): Promise<void>
}

const MINUTE_MS = 60_000

/**
 * Deletes expired rows and remembers the clock, once a minute: AuthCore starts no timers, so the application does. The
 * timer keeps no process alive. Any number of processes may do this on one database.
 */
export async function startHousekeeping({
  sweep,
  clock,
  clockMemory,
  report,
  intervalMs = MINUTE_MS,
}: HousekeepingOptions): Promise<Housekeeping> {
  // ahead of the next two rounds, so that a crash leaves no row of the future behind
  const remember = (extraMs = 0) => clockMemory.writeLatest(clock.now() + 2 * intervalMs + extraMs)
  const round = async (): Promise<void> => {
    try {
      await remember()
      await sweep()
    } catch (error) {
      report(error)
    }
  }

  await remember()
  let current: Promise<void> | undefined
  const timer = setInterval(() => {
    current ??= round().finally(() => {
      current = undefined
    })
  }, intervalMs).unref()
  return {
    advanceClock: async seconds => {
      await remember(seconds * 1000)
      clock.advance(seconds)
    },
    stop: async () => {
      clearInterval(timer)
      await current
      await clockMemory.writeLatest(clock.now())
    },
  }
}
