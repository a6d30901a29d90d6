/** The signature algorithms of RFC 7518 section 3.1, RFC 8037 and RFC 9864. `none` does not exist here. */
export const ALGORITHMS = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const

/** One JWS signature algorithm. `EdDSA` is Ed25519 (RFC 8037). */
export type Algorithm = (typeof ALGORITHMS)[number]
