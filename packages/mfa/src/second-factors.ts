import type { AnyPrincipal } from '@authcore/core/extension'
import type { Factor } from './factor.js'
import type { ConfirmOtpOptions, OtpEnrolment, StartOtpOptions } from './otp/otp-factors.js'
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
  /** How old a login may be that adds, removes or sees factors. */
  readonly freshLoginSeconds: number
  /** True when the account cannot log in with its password alone. @throws StoreError */
  isEnrolled(subject: string): Promise<boolean>
  /** Names of the methods that the account can present. @throws StoreError */
  listMethods(subject: string): Promise<readonly string[]>
  /**
   * Verifies a proof and uses it up, also when several come at the same time. Attempts are counted by whoever calls.
   * @param proof `{ method: 'totp' | 'hotp' | 'recovery_code', code }`
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

  /** Makes recovery codes of 120 bits each; those before are void. @returns the codes, shown this once */
  generateRecoveryCodes(principal: AnyPrincipal): Promise<readonly string[]>
}
