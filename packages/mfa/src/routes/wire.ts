import type { Factor } from '../factor.js'

/** Instants on the wire are NumericDate (RFC 7519 section 2). */
export function toNumericDate(instant: number): number {
  return Math.floor(instant / 1000)
}

/** A factor as its owner sees it. */
export function toWireFactor({ factorId, method, name, createdAt }: Factor): object {
  return { factor_id: factorId, method, name, created_at: toNumericDate(createdAt) }
}
