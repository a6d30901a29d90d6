import { RateLimitError } from '@authcore/core'
import type { AuthHost } from '@authcore/core/extension'
import { toAddressBucket } from './address-bucket.js'

const LIMITS = {
  register: { limit: 20, windowSeconds: 3600 },
  reset: { limit: 20, windowSeconds: 3600 },
  // nobody can guess a signature: this bounds the work only, also where many people share an address
  passkey: { limit: 60, windowSeconds: 300 },
} as const

/**
 * Counts something that each address may ask for so many times.
 * @param ip without one nothing is counted
 * @throws RateLimitError `rate_limited`
 */
export async function countByAddress(
  kind: keyof typeof LIMITS,
  ip: string | undefined,
  { auth }: { readonly auth: AuthHost },
): Promise<void> {
  if (ip === undefined) return
  const name = auth.secretBox('password.throttle').hash(`${kind} ${toAddressBucket(ip)}`)
  const { allowed, retryAfterMs } = await auth.stores.rateLimits.take({
    key: `${kind}:address:${name}`,
    ...LIMITS[kind],
    cost: 1,
    now: auth.clock(),
  })
  if (!allowed) throw new RateLimitError('rate_limited', retryAfterMs / 1000)
}
