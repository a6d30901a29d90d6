import type { AccountIdentity } from './account-identity.js'

/** One attempt to prove something that can be guessed: a password, a one-time code. */
export interface LoginAttempt extends AccountIdentity {
  /** The address of the client, as far as it can be believed; without it only the account is counted. */
  readonly ip?: string | undefined
  /** What `rememberDevice` gave to the device. */
  readonly deviceToken?: string | undefined
}

/** What came of counting an attempt. */
export type LoginAttemptOutcome =
  | { readonly outcome: 'allowed'; readonly isKnownDevice: boolean }
  | {
      readonly outcome: 'refused'
      /** `login_restricted`: too many failures in a row; only known devices and a reset go on. */
      readonly code: 'login_throttled' | 'login_restricted'
      readonly retryAfterSeconds: number
    }

/**
 * Counts attempts by account and by address, for all factors together. Everything is counted before it is verified,
 * so any number of parallel guesses meets the same limit.
 */
export interface LoginThrottle {
  /**
   * Counts one attempt; call it before verifying, and do the work of verifying also when it is refused.
   * @throws RateLimitError `rate_limited` for the address: that says nothing about any account
   * @throws StoreError
   */
  take(attempt: LoginAttempt): Promise<LoginAttemptOutcome>
  /**
   * Forgets the failures of an account after a complete login, with every factor that it needs, or after a reset. The
   * count of the address stays: else whoever has an account of their own could clear it.
   */
  reset(attempt: LoginAttempt): Promise<void>
  /** Makes the device known: guesses of others do not lock it out. Opens nothing. */
  rememberDevice(subject: string): Promise<string>
}

/** So many attempts at once and, on average, in each window (GCRA). */
export interface ThrottleLimit {
  readonly limit: number
  readonly windowSeconds: number
}

/** How attempts are counted. */
export interface LoginThrottleOptions {
  /**
   * For one account, or one known device of it; all apply. Unless told 5 a minute, 10 in 15 minutes, 25 in 4 hours: the
   * delay rises from none over 12 and 90 seconds to ten minutes.
   */
  readonly account?: readonly ThrottleLimit[]
  /** For one address. Unless told 60 in 5 minutes, 1,000 a day. */
  readonly address?: readonly ThrottleLimit[]
  /** Failures in a row that an account can have before only known devices and a reset go on: 10 to 100, 100 unless told. */
  readonly maxConsecutiveFailures?: number
  /** How long a device stays known: 1 hour to 10 years, 180 days unless told. */
  readonly deviceSeconds?: number
}
