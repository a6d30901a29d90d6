/**
 * Passwords for AuthCore: hashing, policy, lockout, login, reset.
 * @module
 */
export type { AnyAuthCore, AuthHost } from '@authcore/core/extension'
export { createPasswordHasher } from './hashing/create-password-hasher.js'
export type { PasswordHasherOptions } from './hashing/hasher-options.js'
export type { PasswordHasher, VerifyPasswordResult } from './hashing/password-hasher.js'
export { createCookieLogin, createLogin } from './login/create-login.js'
export type {
  ChangePasswordOptions,
  CompletedCookieLogin,
  CompletedLogin,
  CompleteLoginOptions,
  CookieLogin,
  IssuedActionToken,
  Login,
  LoginClient,
  LoginOptions,
  LoginResult,
  LoginWithPasskeyOptions,
  PendingLogin,
  PendingLoginContent,
  ProvedByClient,
  RegisterOptions,
  RequestPasswordResetOptions,
  ResetPasswordOptions,
} from './login/login.js'
export type { CreateLoginOptions, PasswordResetMessage } from './login/login-options.js'
export type {
  InsertAccountCommand,
  PasswordAccount,
  PasswordAccounts,
  SavePasswordHashCommand,
} from './login/password-accounts.js'
export type {
  SecondFactorContext,
  SecondFactorProof,
  SecondFactors,
  VerifiedSecondFactor,
} from './login/second-factors.js'
export type { FindBreach } from './policy/breach-check.js'
export { createPasswordPolicy } from './policy/create-password-policy.js'
export type { CheckPasswordOptions, PasswordPolicy, PasswordPolicyOptions } from './policy/password-policy.js'
export { type PasswordRoutesOptions, passwordRoutes } from './routes/password-routes.js'
export type { AccountIdentity } from './throttle/account-identity.js'
export { createLoginThrottle } from './throttle/create-login-throttle.js'
export type {
  LoginAttempt,
  LoginAttemptOutcome,
  LoginThrottle,
  LoginThrottleOptions,
  ThrottleLimit,
} from './throttle/login-throttle.js'
