import type { RateLimitStatus } from '@authcore/core'
import type { AuthResponse } from '../auth-response.js'

/**
 * Writes `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers, structured fields of RFC 9651): one
 * item for each limit that counted the request.
 * @param statuses names of policies hold no quotes, so no item can end another
 * @returns nothing where nothing was counted
 */
export function toRateLimitFields(statuses: readonly RateLimitStatus[]): AuthResponse['headers'] {
  if (statuses.length === 0) return {}
  const items = statuses.map(
    ({ policy, remaining, resetAfterSeconds }) => `"${policy}";r=${remaining};t=${resetAfterSeconds}`,
  )
  const policies = statuses.map(
    ({ policy, limit, windowSeconds }) => `"${policy}";q=${limit};w=${windowSeconds}`,
  )
  return { ratelimit: items.join(', '), 'ratelimit-policy': policies.join(', ') }
}
