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
  'Ed25519',
] as const

/** One JWS signature algorithm. `EdDSA` is Ed25519 here (RFC 8037), `Ed25519` its own name (RFC 9864). */
export type Algorithm = (typeof ALGORITHMS)[number]

/** A curve of ECDSA as JWKs name it (RFC 7518 section 6.2.1.1). */
export type EcCurve = 'P-256' | 'P-384' | 'P-521'

/** A hash as node:crypto names it. */
export type HashName = 'sha256' | 'sha384' | 'sha512'

/** What an algorithm is made of. */
export type AlgorithmProfile =
  | { readonly scheme: 'hmac'; readonly keyType: 'oct'; readonly hash: HashName; readonly hashLength: number }
  | {
      readonly scheme: 'rsa-pkcs1' | 'rsa-pss'
      readonly keyType: 'RSA'
      readonly hash: HashName
      readonly hashLength: number
    }
  | {
      readonly scheme: 'ecdsa'
      readonly keyType: 'EC'
      readonly curve: EcCurve
      readonly hash: HashName
      /** Bytes of one coordinate, of the private scalar, and of `r` and `s` each. */
      readonly coordinateLength: number
    }
  | { readonly scheme: 'eddsa'; readonly keyType: 'OKP'; readonly curve: 'Ed25519' }

const PROFILES: Readonly<Record<Algorithm, AlgorithmProfile>> = Object.freeze({
  HS256: hmac('sha256', 32),
  HS384: hmac('sha384', 48),
  HS512: hmac('sha512', 64),
  RS256: rsa('rsa-pkcs1', 'sha256', 32),
  RS384: rsa('rsa-pkcs1', 'sha384', 48),
  RS512: rsa('rsa-pkcs1', 'sha512', 64),
  PS256: rsa('rsa-pss', 'sha256', 32),
  PS384: rsa('rsa-pss', 'sha384', 48),
  PS512: rsa('rsa-pss', 'sha512', 64),
  ES256: ecdsa('P-256', 'sha256', 32),
  ES384: ecdsa('P-384', 'sha384', 48),
  ES512: ecdsa('P-521', 'sha512', 66),
  EdDSA: Object.freeze({ scheme: 'eddsa', keyType: 'OKP', curve: 'Ed25519' }),
  Ed25519: Object.freeze({ scheme: 'eddsa', keyType: 'OKP', curve: 'Ed25519' }),
})

/** Returns what an algorithm is made of. */
export function profileOf(algorithm: Algorithm): AlgorithmProfile {
  return PROFILES[algorithm]
}

/** Says whether a value names one of the algorithms above, exactly and in this spelling. */
export function isAlgorithm(value: unknown): value is Algorithm {
  return typeof value === 'string' && Object.hasOwn(PROFILES, value)
}

function hmac(hash: HashName, hashLength: number): AlgorithmProfile {
  return Object.freeze({ scheme: 'hmac', keyType: 'oct', hash, hashLength })
}

function rsa(scheme: 'rsa-pkcs1' | 'rsa-pss', hash: HashName, hashLength: number): AlgorithmProfile {
  return Object.freeze({ scheme, keyType: 'RSA', hash, hashLength })
}

function ecdsa(curve: EcCurve, hash: HashName, coordinateLength: number): AlgorithmProfile {
  return Object.freeze({ scheme: 'ecdsa', keyType: 'EC', curve, hash, coordinateLength })
}
