/**
 * Second factors for AuthCore: one-time passwords and recovery codes.
 * @module
 */
export type { AnyPrincipal, AuthHost } from '@authcore/core/extension'
export { createSecondFactors } from './create-second-factors.js'
export type { Factor, FactorMethod, OtpAlgorithm, ProofMethod } from './factor.js'
export type { FactorAttempt, FactorThrottle } from './factor-throttle.js'
export type { CreateSecondFactorsOptions, RecoveryCodeOptions, TotpOptions } from './options.js'
export type { ConfirmOtpOptions, OtpEnrolment, StartOtpOptions } from './otp/otp-factors.js'
export { type FactorRoutesOptions, factorRoutes } from './routes/factor-routes.js'
export type { StepUpCookie } from './routes/route-context.js'
export type { FactorList, FactorLogin, SecondFactors, StepUp, StepUpClient } from './second-factors.js'
export type { VerifiedFactor } from './verify-proof.js'
