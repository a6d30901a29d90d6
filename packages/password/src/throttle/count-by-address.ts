import { RateLimitError } from '@authcore/core'
import type { AuthHost } from '@authcore/core/extension'
import { toAddressBucket } from './address-bucket.js'

const LIMIT = 20
const WINDOW_SECONDS = 3600

/**
 * Counts something that each address may ask for 20 times an hour.
 * @param ip without one nothing is counted
 * @throws RateLimitError `rate_limited`
 */
export async function countByAddress(
  kind: 'register' | 'reset',
  ip: string | undefined,
  { auth }: { readonly auth: AuthHost },
): Promise<void> {
  if (ip === undefined) return
  const name = auth.secretBox('password.throttle').hash(`${kind} ${toAddressBucket(ip)}`)
  const { allowed, retryAfterMs } = await auth.stores.rateLimits.take({
    key: `${kind}:address:${name}`,
    limit: LIMIT,
    windowSeconds: WINDOW_SECONDS,
    cost: 1,
    now: auth.clock(),
  })
  if (!allowed) throw new RateLimitError('rate_limited', retryAfterMs / 1000)
}
