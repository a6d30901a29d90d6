import type { EmitEvent } from '@authcore/core'
import type { FindBreach } from './breach-check.js'

/** Which passwords may be chosen (NIST SP 800-63B-4 section 3.1.1.2). */
export interface PasswordPolicyOptions {
  /** For passwords that are the only factor: 8 to 64 code points, 15 unless told. */
  readonly minLength?: number
  /** For accounts with a second factor: 8 to 64 code points, 8 unless told. */
  readonly minLengthWithSecondFactor?: number
  /** Names that belong to the service: a password made of them is refused. */
  readonly contextWords?: readonly string[]
  /** Passwords to refuse beside the shipped list, in any spelling. */
  readonly commonPasswords?: Iterable<string>
  /** Looks a password up among those that became known in breaches; none unless told. */
  readonly findBreach?: FindBreach
  /** `accept` the password unless told, with an event, when the look-up fails; `refuse` answers 503. */
  readonly whenBreachCheckFails?: 'accept' | 'refuse'
  /** 100 to 30,000; 2,000 unless told. */
  readonly breachTimeoutMilliseconds?: number
  /** `auth.emit`: receives `password.breach_check_failed`. */
  readonly emit?: EmitEvent
  /** The timer of the runtime unless told. */
  readonly createTimeout?: (milliseconds: number) => AbortSignal
}

/** For whom a password is. */
export interface CheckPasswordOptions {
  /** The account has a second factor, which allows a shorter password. */
  readonly hasSecondFactor?: boolean
  /** Names of the person: user name, e-mail address, real name. */
  readonly contextWords?: readonly string[]
}

/** Decides which passwords may be chosen. There are no rules of composition. */
export interface PasswordPolicy {
  /**
   * Checks a new password.
   * @returns `isBreachChecked`: false when there is no look-up, or it failed and the policy accepts then
   * @throws InvalidRequestError `password_malformed`, `password_too_short`, `password_too_long`,
   *   `password_too_common`, `password_too_guessable`, `password_compromised`
   * @throws StoreError `store_unavailable` when the look-up failed and the policy refuses then
   */
  check(password: string, options?: CheckPasswordOptions): Promise<{ readonly isBreachChecked: boolean }>
}
