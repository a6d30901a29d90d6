import type { Random } from './random.js'

const POOL_LENGTH = 1024

/** More than this at once is drawn by itself. */
const MAX_POOLED = 64

/**
 * Draws random bytes many at a time: asking the operating system takes longer than signing a token.
 * @param fill fills memory with random bytes
 * @returns a source that hands out each byte once and keeps no copy of it
 */
export function createPooledRandom(fill: (bytes: Uint8Array) => void): Random {
  const pool = new Uint8Array(POOL_LENGTH)
  let used = POOL_LENGTH

  return length => {
    if (length > MAX_POOLED) {
      const bytes = new Uint8Array(length)
      fill(bytes)
      return bytes
    }
    if (used + length > POOL_LENGTH) {
      fill(pool)
      used = 0
    }
    const end = used + length
    const bytes = pool.slice(used, end)
    pool.fill(0, used, end)
    used = end
    return bytes
  }
}
