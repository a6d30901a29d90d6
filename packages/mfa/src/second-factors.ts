import type { AnyPrincipal } from '@authcore/core/extension'
import type { SendCodeOptions, SentCode, StartCodeOptions } from './codes/code-factors.js'
import type { Factor, FactorMethod } from './factor.js'
import type { ConfirmOtpOptions, OtpEnrolment, StartOtpOptions } from './otp/otp-factors.js'
import type {
  PasskeyChallenge,
  PasskeyEnrolment,
  PasskeyLogin,
  StartPasskeyOptions,
} from './passkeys/passkey-factors.js'
import type { VerifiedFactor } from './verify-proof.js'

/** The login that a proof belongs to. */
export interface FactorLogin {
  readonly subject: string
  /** The same for all steps of one login: challenges and sent codes are bound to it. */
  readonly loginId: string
}

/** The factors of an account, for its owner. */
export interface FactorList {
  readonly factors: readonly Factor[]
  readonly recoveryCodesLeft: number
}

/** From where a step-up comes, for the throttle. */
export interface StepUpClient {
  readonly ip?: string | undefined
  readonly deviceToken?: string | undefined
}

/** What a step-up came to: for the session that is to be renewed or started. */
export interface StepUp {
  readonly subject: string
  /** The methods of the login, those of the factor, and `mfa` (RFC 8176). */
  readonly amr: readonly string[]
  readonly acr?: string
  /** Epoch milliseconds. */
  readonly authenticatedAt: number
}

/**
 * The second factors of a deployment. Whoever adds, removes or sees factors does so for themselves, as a verified
 * principal with a recent login; otherwise `authentication_too_old` is thrown, or `credentials_missing` for a key or a
 * token of another application.
 */
export interface SecondFactors {
  /** The methods that this deployment can add. */
  readonly methods: readonly FactorMethod[]
  /** How old a login may be that adds, removes or sees factors. */
  readonly freshLoginSeconds: number
  /** True when the account cannot log in with its password alone. @throws StoreError */
  isEnrolled(subject: string): Promise<boolean>
  /** Names of the methods that the account can present. @throws StoreError */
  listMethods(subject: string): Promise<readonly string[]>
  /**
   * Verifies a proof and uses it up, also when several come at the same time. Attempts are counted by whoever calls.
   * @param proof `{ method: 'totp' | 'hotp' | 'sms' | 'email' | 'recovery_code', code }`, or
   *   `{ method: 'passkey', response }` with what `navigator.credentials.get` gave as JSON
   * @throws InvalidLoginError `login_second_factor_invalid` for whatever is not accepted
   * @throws StoreError
   */
  verify(
    subject: string,
    proof: Readonly<Record<string, unknown>>,
    context: { readonly loginId: string },
  ): Promise<VerifiedFactor>
  /**
   * Counts an attempt and verifies a proof of somebody who is logged in.
   * @throws InvalidLoginError `login_throttled`, `login_second_factor_invalid`
   * @throws InvalidRequestError `credentials_missing`
   * @throws StoreError
   */
  verifyStepUp(
    principal: AnyPrincipal,
    proof: Readonly<Record<string, unknown>>,
    client?: StepUpClient,
  ): Promise<StepUp>
  /** The login of somebody who is logged in already, for challenges and codes of a step-up. */
  stepUpLogin(principal: AnyPrincipal): FactorLogin

  /** All factors, without secrets. */
  list(principal: AnyPrincipal): Promise<FactorList>
  /**
   * Removes a factor. With the last one go the recovery codes, and the password alone opens the account again.
   * @throws InvalidRequestError `factor_not_found`
   */
  remove(principal: AnyPrincipal, factorId: string): Promise<void>

  /** Prepares a time-based factor (RFC 6238). It counts when `confirmTotp` got a right code within ten minutes. */
  startTotp(principal: AnyPrincipal, options: StartOtpOptions): Promise<OtpEnrolment>
  /** @throws InvalidRequestError `factor_enrolment_invalid`, `factor_already_enrolled`, `factor_limit_reached` */
  confirmTotp(principal: AnyPrincipal, options: ConfirmOtpOptions): Promise<Factor>
  /** The same for a counter-based factor (RFC 4226). */
  startHotp(principal: AnyPrincipal, options: StartOtpOptions): Promise<OtpEnrolment>
  /** @throws InvalidRequestError as `confirmTotp` */
  confirmHotp(principal: AnyPrincipal, options: ConfirmOtpOptions): Promise<Factor>

  /**
   * Sends a code to a number or an address that is to be added. It counts when `confirmCode` got the code within the
   * lifetime of the code.
   * @throws InvalidRequestError `argument_invalid`
   * @throws RateLimitError `rate_limited`
   * @throws StoreError `code_delivery_failed`
   * @throws ConfigError `config_invalid` without the option `codes`
   */
  startCode(principal: AnyPrincipal, options: StartCodeOptions): Promise<SentCode>
  /** @throws InvalidRequestError as `confirmTotp` */
  confirmCode(
    principal: AnyPrincipal,
    options: { readonly factorId: string; readonly code: string },
  ): Promise<Factor>
  /**
   * Sends a code to a number or an address that the account has, for one login alone; the one before is void.
   * @param login of a pending login (`login.readPendingLogin`), or of a step-up (`stepUpLogin`)
   * @throws InvalidRequestError `factor_not_found`, `argument_invalid`
   * @throws RateLimitError `rate_limited`
   * @throws StoreError `code_delivery_failed`
   * @throws ConfigError `config_invalid` without the option `codes`
   */
  sendCode(login: FactorLogin, options: SendCodeOptions): Promise<SentCode>

  /**
   * Prepares a passkey. It counts when `confirmPasskey` got the answer of the authenticator within five minutes, in the
   * same session.
   * @throws InvalidRequestError `argument_invalid`, `factor_limit_reached`
   * @throws ConfigError `config_invalid` without the option `passkeys`
   */
  startPasskey(principal: AnyPrincipal, options: StartPasskeyOptions): Promise<PasskeyEnrolment>
  /**
   * @param options `response`: what `navigator.credentials.create` gave, as JSON; nothing about it is known
   * @throws InvalidRequestError `factor_enrolment_invalid`, `factor_already_enrolled`, `factor_limit_reached`
   */
  confirmPasskey(principal: AnyPrincipal, options: { readonly response: unknown }): Promise<Factor>
  /**
   * Asks for a passkey in one login alone.
   * @throws InvalidRequestError `factor_not_found`
   * @throws ConfigError `config_invalid` without the option `passkeys`
   */
  challengePasskey(login: FactorLogin): Promise<PasskeyChallenge>
  /** Asks whoever comes for a passkey that is stored on their device, before anybody has told a name. */
  startPasskeyLogin(): Promise<PasskeyChallenge>
  /**
   * Verifies the answer to that, and says whose it is.
   * @param proof `{ method: 'passkey', response }`
   * @returns with `mfa` in `amr`: the authenticator has verified its user
   * @throws InvalidLoginError `login_second_factor_invalid` for whatever is not accepted
   */
  verifyFirst(proof: Readonly<Record<string, unknown>>): Promise<PasskeyLogin>

  /** Makes recovery codes of 120 bits each; those before are void. @returns the codes, shown this once */
  generateRecoveryCodes(principal: AnyPrincipal): Promise<readonly string[]>
}
