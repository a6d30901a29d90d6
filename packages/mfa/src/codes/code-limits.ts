import { RateLimitError, type SecretBox } from '@authcore/core'
import type { FactorHost } from '../auth-host.js'

/** For whom a code is sent, and where. */
export interface CodeDispatch {
  readonly subject: string
  readonly loginId: string
  readonly canonical: string
}

const HOUR = 3600
const DAY = 86_400

/**
 * Counts a message before it is sent: an account, a login and a destination have limits of their own, so that nobody is
 * flooded and nobody sends to many numbers at the cost of the deployment.
 * @throws RateLimitError `rate_limited`
 */
export async function countMessage(
  { subject, loginId, canonical }: CodeDispatch,
  { stores, clock }: FactorHost,
  box: SecretBox,
): Promise<void> {
  const limits = [
    { kind: 'pause', name: canonical, limit: 1, windowSeconds: 30 },
    { kind: 'login', name: JSON.stringify([subject, loginId]), limit: 3, windowSeconds: HOUR },
    { kind: 'destination', name: canonical, limit: 5, windowSeconds: HOUR },
    { kind: 'account', name: subject, limit: 10, windowSeconds: DAY },
  ]
  // shortest first: what is refused by one must not use up the others
  for (const { kind, name, limit, windowSeconds } of limits) {
    const key = `mfa:code:${kind}:${box.hash(`${kind} ${name}`)}`
    const { allowed, retryAfterMs } = await stores.rateLimits.take({
      key,
      limit,
      windowSeconds,
      cost: 1,
      now: clock(),
    })
    if (!allowed) throw new RateLimitError('rate_limited', retryAfterMs / 1000)
  }
}
