import { validateInteger } from '../arguments.js'
import { InvalidRequestError } from '../errors.js'
import { ownMembers } from '../own-members.js'

/** How much may pass. One counter belongs to each name and identity. */
export interface RateLimitPolicy {
  /** Stands in counters and in the fields of responses: 1 to 64 lower-case letters, digits, `_`, `.` and `-`. */
  readonly name: string
  /** How many units may pass at once and, on average, in each window: 1 to 1,000,000,000. */
  readonly limit: number
  /** Whole seconds, 1 to 366 days. */
  readonly windowSeconds: number
  /** Units of one attempt, 1 to `limit`; 1 unless told. */
  readonly cost?: number
}

/** The largest limit of a policy, in units. */
export const MAX_LIMIT = 1_000_000_000

/** The longest window of a policy, in seconds. */
export const MAX_WINDOW_SECONDS: number = 366 * 86_400

const NAME = /^[a-z0-9][a-z0-9_.-]{0,63}$/

/**
 * Checks a policy.
 * @param path where it stands; begins the sentence of the error
 * @throws InvalidRequestError `argument_invalid`
 */
export function validateRateLimitPolicy(policy: unknown, path = 'policy'): Required<RateLimitPolicy> {
  // own members: a cost that somebody has put into Object.prototype is none of this policy
  const { name, limit, windowSeconds, cost = 1 } = ownMembers<Partial<RateLimitPolicy>>(Object(policy))
  const units = validateInteger(limit, `${path}.limit`, 1, MAX_LIMIT)
  return {
    name: validatePolicyName(name, `${path}.name`),
    limit: units,
    windowSeconds: validateInteger(windowSeconds, `${path}.windowSeconds`, 1, MAX_WINDOW_SECONDS),
    cost: validateInteger(cost, `${path}.cost`, 1, units),
  }
}

/** @throws InvalidRequestError `argument_invalid` */
export function validatePolicyName(name: unknown, path: string): string {
  if (typeof name === 'string' && NAME.test(name)) return name
  throw new InvalidRequestError('argument_invalid', {
    detail: `${path} must be 1 to 64 lower-case letters, digits, "_", "." and "-", a letter or digit first.`,
  })
}
