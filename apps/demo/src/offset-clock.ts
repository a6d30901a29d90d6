import type { Clock } from '@authcore/core'

/** A clock that can be put forward, so that "ten seconds later" need not be waited for. */
export interface OffsetClock {
  /** Epoch milliseconds: the system's, and what was added. */
  readonly now: Clock
  /** What was added so far. */
  readonly offsetSeconds: number
  /** @param seconds 0 or more; the clock never goes back */
  advance(seconds: number): void
}

/** Where a clock begins. */
export interface OffsetClockOptions {
  /** Epoch milliseconds. The clock never shows less, whatever the system says. */
  readonly notBefore?: number
  readonly systemClock?: Clock
}

/** Creates a clock that tells the time of the system until it is put forward. */
export function createOffsetClock({
  notBefore = 0,
  systemClock = Date.now,
}: OffsetClockOptions = {}): OffsetClock {
  let offsetMs = Math.max(0, notBefore - systemClock())
  return {
    now: () => systemClock() + offsetMs,
    get offsetSeconds() {
      return offsetMs / 1000
    },
    advance(seconds) {
      if (!(seconds >= 0)) throw new RangeError('A clock goes forward only.')
      offsetMs += seconds * 1000
    },
  }
}
