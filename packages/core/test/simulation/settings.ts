import type { Dice } from '../differential/dice.js'

/** Every clock is within so much of the true time. */
export const CLOCK_ERROR_MS = 1000

/** So much two clocks can differ. */
export const CLOCK_SKEW_MS = 2 * CLOCK_ERROR_MS

/** How one simulated deployment is set up. Durations are seconds. */
export interface Settings {
  readonly ttlSeconds: number
  readonly idleSeconds: number
  readonly absoluteSeconds: number
  readonly graceSeconds: number
  readonly jwksMaxAgeSeconds: number
  readonly refreshSeconds: number
  readonly rotationSeconds: number
  readonly maxStalenessSeconds: number
}

/** Chooses a deployment. */
export function rollSettings(dice: Dice): Settings {
  return {
    ttlSeconds: dice.pick([30, 120, 300]),
    idleSeconds: dice.pick([600, 3600]),
    absoluteSeconds: 7200,
    graceSeconds: dice.pick([5, 10, 30]),
    jwksMaxAgeSeconds: dice.pick([30, 60]),
    refreshSeconds: dice.pick([5, 20]),
    rotationSeconds: 3600,
    maxStalenessSeconds: dice.pick([0, 0, 5, 20]),
  }
}
