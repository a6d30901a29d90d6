/** How a factor of an account is proved. */
export type FactorMethod = 'totp' | 'hotp'

/** What can be presented: the factors, and recovery codes in their place. */
export type ProofMethod = FactorMethod | 'recovery_code'

/** The hash of a time-based or counter-based password; authenticator apps know SHA1 everywhere. */
export type OtpAlgorithm = 'SHA1' | 'SHA256' | 'SHA512'

/** A factor as its owner sees it: no secrets. */
export interface Factor {
  readonly factorId: string
  readonly method: FactorMethod
  /** What the owner calls it. */
  readonly name: string
  /** Epoch milliseconds. */
  readonly createdAt: number
}

/** A time-based or counter-based password as it is stored. */
export type StoredOtp = {
  readonly id: string
  readonly method: 'totp' | 'hotp'
  readonly name: string
  readonly createdAt: number
  /** Sealed for the subject and this factor. */
  readonly secret: string
  readonly algorithm: OtpAlgorithm
  readonly digits: number
  /** Of `totp`; 0 for `hotp`. */
  readonly periodSeconds: number
  /** Of `hotp`: the next one that is accepted. */
  readonly counter: number
}

/** What the owner may see of a stored factor. */
export function toFactor({ id, method, name, createdAt }: StoredOtp): Factor {
  return Object.freeze({ factorId: id, method, name, createdAt })
}
