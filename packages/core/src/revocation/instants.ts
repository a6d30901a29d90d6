import type { Clock } from '../ports/clock.js'

/** Instants that put every issuing strictly before or strictly after every revocation of this process. */
export interface Instants {
  /** The instant of something that is being issued: after every revocation that has returned. */
  issuing(): number
  /** The instant of a revocation: at or after everything that has been issued. */
  revoking(): number
}

/**
 * A clock counts milliseconds, and a login can follow "sign out everywhere" within one. A mark refuses what was
 * issued at or before its instant, so issuing moves one millisecond past the last revocation where the clock has not.
 * Across processes the clock alone decides.
 */
export function createInstants(clock: Clock): Instants {
  let lastIssuedAt = Number.NEGATIVE_INFINITY
  let lastRevokedAt = Number.NEGATIVE_INFINITY
  return {
    issuing() {
      const at = Math.max(clock(), lastRevokedAt + 1)
      lastIssuedAt = Math.max(lastIssuedAt, at)
      return at
    },
    revoking() {
      const at = Math.max(clock(), lastIssuedAt)
      lastRevokedAt = Math.max(lastRevokedAt, at)
      return at
    },
  }
}
