/**
 * Signed JWTs and JWS by themselves: no stores, no sessions, no revocation.
 * @module
 */
export { AuthError, ConfigError, InvalidRequestError, InvalidTokenError, StoreError } from './errors.js'
export type { JsonObject, JsonValue } from './json.js'
export { ALGORITHMS, type Algorithm } from './jws/algorithms.js'
export { type ImportKeyOptions, importKey, type KeyInput } from './jws/import-key.js'
export type { Jwk, JwkSet } from './jws/jwk.js'
export type { FindKeyFunction, StaticKeyInput, VerificationKeyInput } from './jws/key-source.js'
export {
  type CreateRemoteJwkSetOptions,
  createRemoteJwkSet,
  type RemoteJwkSet,
} from './jws/remote-jwk-set.js'
export { createThumbprint } from './jws/thumbprint.js'
export type {
  ImportedKey,
  ImportedPublicKey,
  ImportedSigningKey,
  JwsHeader,
  KeySource,
  SigningKey,
  VerificationKey,
} from './jws/types.js'
export { type SigningKeyInput, type SignJwtOptions, signJwt } from './jwt/sign-jwt.js'
export { type VerifyJwsOptions, type VerifyJwsResult, verifyJws } from './jwt/verify-jws.js'
export { type VerifyJwtOptions, type VerifyJwtResult, verifyJwt } from './jwt/verify-jwt.js'
export type { Clock } from './ports/clock.js'
export type {
  CreateTimeout,
  Fetch,
  FetchResponse,
  ReadableStreamOfBytes,
  TimeoutSignal,
} from './ports/fetch.js'
