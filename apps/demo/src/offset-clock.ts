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

/** Creates a clock that tells the time of the system until it is put forward. */
export function createOffsetClock(systemClock: Clock = Date.now): OffsetClock {
  let offsetSeconds = 0
  return {
    now: () => systemClock() + offsetSeconds * 1000,
    get offsetSeconds() {
      return offsetSeconds
    },
    advance(seconds) {
      if (!(seconds >= 0)) throw new RangeError('A clock goes forward only.')
      offsetSeconds += seconds
    },
  }
}
