/** A JSON Web Key (RFC 7517) of the types that sign: `oct`, `RSA`, `EC` and `OKP`. */
export interface Jwk {
  readonly kty: string
  readonly kid?: string
  readonly alg?: string
  readonly use?: string
  readonly key_ops?: readonly string[]
  readonly crv?: string
  readonly x?: string
  readonly y?: string
  readonly n?: string
  readonly e?: string
  readonly d?: string
  readonly p?: string
  readonly q?: string
  readonly dp?: string
  readonly dq?: string
  readonly qi?: string
  readonly k?: string
}

/** A JWK set (RFC 7517 section 5). */
export interface JwkSet {
  readonly keys: readonly Jwk[]
}
