import { type Clock, RateLimitError, type Stores } from '@authcore/core'

const WINDOW_SECONDS = 60
const ATTEMPTS_PER_ACCOUNT = 10
const ATTEMPTS_PER_ADDRESS = 60

/** Counts one attempt to log in. */
export type ThrottleLogin = (attempt: { readonly email: string; readonly ip: string }) => Promise<void>

/**
 * Slows down guessing, for accounts that exist and for those that do not.
 * @throws RateLimitError `rate_limited`
 */
export function createLoginThrottle(rateLimits: Stores['rateLimits'], clock: Clock): ThrottleLogin {
  const take = async (key: string, limit: number): Promise<void> => {
    const command = { key, limit, windowSeconds: WINDOW_SECONDS, cost: 1, now: clock() }
    const { allowed, retryAfterMs } = await rateLimits.take(command)
    if (!allowed) throw new RateLimitError('rate_limited', retryAfterMs / 1000)
  }
  return async ({ email, ip }) => {
    await take(`login-address:${ip}`, ATTEMPTS_PER_ADDRESS)
    await take(`login-account:${email}`, ATTEMPTS_PER_ACCOUNT)
  }
}
