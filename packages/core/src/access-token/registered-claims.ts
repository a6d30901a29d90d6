import type { JsonValue } from '../json.js'

/** The name of a claim that has a place of its own on the principal. */
export type RegisteredName =
  | 'iss'
  | 'sub'
  | 'aud'
  | 'exp'
  | 'nbf'
  | 'iat'
  | 'iat_ms'
  | 'jti'
  | 'client_id'
  | 'sid'
  | 'scope'
  | 'roles'
  | 'auth_time'
  | 'amr'
  | 'acr'
  | 'cnf'

/** Every claim with a place of its own, absent ones as `undefined`: reading one never asks a prototype. */
export type RegisteredClaims = Record<RegisteredName, JsonValue | undefined>

/** None of them is there. */
export const NO_CLAIMS: Readonly<RegisteredClaims> = Object.freeze({
  iss: undefined,
  sub: undefined,
  aud: undefined,
  exp: undefined,
  nbf: undefined,
  iat: undefined,
  iat_ms: undefined,
  jti: undefined,
  client_id: undefined,
  sid: undefined,
  scope: undefined,
  roles: undefined,
  auth_time: undefined,
  amr: undefined,
  acr: undefined,
  cnf: undefined,
})

/** The claims that have a place of their own on the principal; the issuer alone writes them. */
export const PRINCIPAL_CLAIMS: ReadonlySet<string> = new Set(Object.keys(NO_CLAIMS))
