/** One attempt to pass a limit of `limit` units in `windowSeconds` (GCRA, the leaky bucket as a meter). */
export interface RateLimitCommand {
  /** Who is limited and by which rule. */
  readonly key: string
  /** How many units may pass at once and, on average, in each window. A positive integer. */
  readonly limit: number
  /** Positive; exact to the millisecond. */
  readonly windowSeconds: number
  /** Whole units of this attempt, 0 to `limit`. 0 only asks. */
  readonly cost: number
  /** Epoch milliseconds. */
  readonly now: number
}

/** What the attempt came to. A refused attempt costs nothing. */
export interface RateLimitOutcome {
  readonly allowed: boolean
  /** Whole units left after this attempt. */
  readonly remaining: number
  /** Milliseconds until an attempt of this cost could pass; 0 when it passed. */
  readonly retryAfterMs: number
  /** Milliseconds until the limit is untouched again. */
  readonly resetAfterMs: number
}

/** Counts attempts. Every method is one atomic command of the database. */
export interface RateLimitStore {
  /** @throws {TypeError} on a limit, window or cost that is out of range */
  take(command: RateLimitCommand): Promise<RateLimitOutcome>

  /** Forgets one key, as after a successful login. */
  reset(command: { readonly key: string; readonly now: number }): Promise<void>

  /** Deletes at most `limit` keys whose limit is untouched again. */
  sweep(command: { readonly now: number; readonly limit: number }): Promise<{ readonly removed: number }>
}
