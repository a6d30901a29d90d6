/**
 * AuthCore: issues, verifies, rotates and revokes credentials.
 * @module
 */

export type {
  AccessTokens,
  IssueAccessTokenOptions,
  IssuedAccessToken,
  VerifyAccessTokenOptions,
} from './access-token/access-tokens.js'
export {
  type AccessTokenVerifier,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
} from './access-token/create-access-token-verifier.js'
export type { Grant } from './access-token/grant.js'
export { type ApiKeyFormat, apiKeyPattern } from './api-key/api-key-text.js'
export type {
  ApiKey,
  ApiKeys,
  IssueApiKeyOptions,
  IssuedApiKey,
  RotateApiKeyOptions,
  RotatedApiKey,
  UpdateApiKeyPatch,
} from './api-key/api-keys.js'
export { type AuthCore, createAuthCore } from './auth-core.js'
export { certificateThumbprint } from './client-certificate/certificate-thumbprint.js'
export type {
  CertificateFields,
  ClientCertificate,
  ReadCertificate,
} from './client-certificate/client-certificate.js'
export {
  type ClientCertificateSubject,
  type ClientCertificateVerifier,
  type ClientCertificateVerifierOptions,
  createClientCertificateVerifier,
} from './client-certificate/create-client-certificate-verifier.js'
export {
  createDpopProofVerifier,
  type DpopProofVerifierOptions,
} from './dpop/create-dpop-proof-verifier.js'
export type { DpopProofVerifier, VerifiedDpopProof, VerifyDpopProofOptions } from './dpop/dpop.js'
export * from './errors.js'
export type { AuthEvent, AuthEventCatalogue, AuthEventSink, AuthEventType, EmitEvent } from './events.js'
export type { GrantDemands, Grants, StoredPrincipal, ValidateGrantOptions } from './grant/grants.js'
export {
  createInternalTokenVerifier,
  type InternalTokenVerifierOptions,
} from './internal-token/create-internal-token-verifier.js'
export type {
  InternalTokens,
  IssuedInternalToken,
  IssueInternalTokenOptions,
} from './internal-token/internal-tokens.js'
export type { JsonObject, JsonValue } from './json.js'
export type { Algorithm } from './jws/algorithms.js'
export type { Jwk, JwkSet } from './jws/jwk.js'
export type { AuthCoreOptions } from './options.js'
export type { ApiKeyRateLimit } from './ports/api-key-store.js'
export type { Clock } from './ports/clock.js'
export type { Random } from './ports/random.js'
export type { Stores } from './ports/stores.js'
export type {
  AccessTokenPrincipal,
  ApiKeyPrincipal,
  AuthMethod,
  ClientCertificatePrincipal,
  Confirmation,
  OpaqueTokenPrincipal,
  Principal,
  SessionPrincipal,
} from './principal.js'
export { createRateLimiter, type RateLimiterOptions } from './rate-limit/create-rate-limiter.js'
export type { RateLimitPolicy } from './rate-limit/rate-limit-policy.js'
export type { RateLimiter, RateLimitIdentity, TakeRateLimitOptions } from './rate-limit/rate-limiter.js'
export type { Revocation } from './revocation/revocation.js'
export type { RevocableCredential } from './revocation/revocation-marks.js'
export type { SecretBox } from './secret-box/secret-box.js'
export type { IntrospectedRefreshToken } from './session/introspect-refresh-token.js'
export type { Session } from './session/session.js'
export type {
  CookieSession,
  RefreshSessionOptions,
  RenewSessionOptions,
  Sessions,
  SessionTokens,
  StartCookieSessionOptions,
  StartSessionOptions,
  VerifySessionOptions,
} from './session/sessions.js'
export type { SigningKeyState, SigningKeyStatus, SigningKeys } from './signing-key/signing-keys.js'
export type { StandardSchema, StandardSchemaResult } from './standard-schema.js'
export type { SweepOptions, SweepResult } from './sweep.js'
