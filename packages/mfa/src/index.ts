/**
 * Second factors for AuthCore: passkeys, one-time passwords, codes by SMS and e-mail, recovery codes.
 * @module
 */
export type { AnyPrincipal, AuthHost } from '@authcore/core/extension'
export type { SendCodeOptions, SentCode, StartCodeOptions } from './codes/code-factors.js'
export type { CodeMessage, CodePurpose, SendCode } from './codes/code-message.js'
export { createSecondFactors } from './create-second-factors.js'
export type { CodeChannel, Factor, FactorMethod, OtpAlgorithm, ProofMethod } from './factor.js'
export type { FactorAttempt, FactorThrottle } from './factor-throttle.js'
export type {
  CodeOptions,
  CreateSecondFactorsOptions,
  PasskeyOptions,
  RecoveryCodeOptions,
  TotpOptions,
} from './options.js'
export type { ConfirmOtpOptions, OtpEnrolment, StartOtpOptions } from './otp/otp-factors.js'
export type {
  PasskeyChallenge,
  PasskeyEnrolment,
  PasskeyLogin,
  StartPasskeyOptions,
} from './passkeys/passkey-factors.js'
export { type FactorRoutesOptions, factorRoutes } from './routes/factor-routes.js'
export type { PendingLogins, StepUpCookie } from './routes/route-context.js'
export type { FactorList, FactorLogin, SecondFactors, StepUp, StepUpClient } from './second-factors.js'
export type { VerifiedFactor } from './verify-proof.js'
