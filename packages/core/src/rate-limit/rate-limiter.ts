import type { RateLimitStatus } from '../errors.js'
import type { RateLimitPolicy } from './rate-limit-policy.js'

/** Who is limited. */
export interface RateLimitIdentity {
  /** What the id names: `address`, `subject`, `client`. The same id of another kind is somebody else. */
  readonly kind: string
  /** 1 to 1,024 characters of any text. Only its hash reaches the store. */
  readonly id: string
}

/** How one attempt is judged. */
export interface TakeRateLimitOptions {
  /** `refuse` unless told: when the store cannot be asked, the attempt fails. `accept` lets it pass, with an event. */
  readonly whenUnavailable?: 'refuse' | 'accept'
}

/**
 * Counts attempts by policy and identity (GCRA: up to `limit` at once, then one each `windowSeconds / limit`). Exact
 * across processes that share a store; a refused attempt costs nothing.
 */
export interface RateLimiter {
  /**
   * Spends the cost of the policy.
   * @returns what is left; `undefined` when the store could not be asked and `whenUnavailable` is `accept`
   * @throws RateLimitError `rate_limited`, with the status of the policy
   * @throws InvalidRequestError `argument_invalid` for a policy or an identity that is wrong in itself
   * @throws StoreError `store_unavailable`
   */
  take(
    policy: RateLimitPolicy,
    identity: RateLimitIdentity,
    options?: TakeRateLimitOptions,
  ): Promise<RateLimitStatus | undefined>

  /**
   * Tells what is left without spending anything.
   * @throws InvalidRequestError `argument_invalid`
   * @throws StoreError `store_unavailable`
   */
  check(policy: RateLimitPolicy, identity: RateLimitIdentity): Promise<RateLimitStatus>

  /**
   * Makes the limit untouched again, as after a successful login.
   * @param policyName the name alone decides, whatever limit it had
   * @throws InvalidRequestError `argument_invalid`
   * @throws StoreError `store_unavailable`
   */
  reset(policyName: string, identity: RateLimitIdentity): Promise<void>
}
