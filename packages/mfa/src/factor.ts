/** How a factor of an account is proved. */
export type FactorMethod = 'totp' | 'hotp' | 'passkey' | 'sms' | 'email'

/** How a code is sent. */
export type CodeChannel = 'sms' | 'email'

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
  /** Of codes that are sent: the destination, mostly hidden. */
  readonly destination?: string
  /** Of passkeys: the credential may be copied to other devices of its owner. */
  readonly isBackupEligible?: boolean
  /** Of passkeys: it has been copied, as of its last use. */
  readonly isBackedUp?: boolean
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

/** A passkey as it is stored. */
export type StoredPasskey = {
  readonly id: string
  readonly method: 'passkey'
  readonly name: string
  readonly createdAt: number
  /** base64url, as is the key (COSE). */
  readonly credentialId: string
  readonly publicKey: string
  readonly counter: number
  readonly transports: readonly string[]
  readonly isBackupEligible: boolean
  readonly isBackedUp: boolean
}

/** A destination of codes as it is stored. */
export type StoredDestination = {
  readonly id: string
  readonly method: CodeChannel
  readonly name: string
  readonly createdAt: number
  /** Sealed for the subject and this factor: numbers and addresses of people are no business of a database. */
  readonly destination: string
  /** Mostly hidden, for the page that asks. */
  readonly hint: string
}

/** Any factor as it is stored. */
export type StoredFactor = StoredOtp | StoredPasskey | StoredDestination

/** What the owner may see of a stored factor. */
export function toFactor(stored: StoredFactor): Factor {
  const { id, method, name, createdAt } = stored
  const shared = { factorId: id, method, name, createdAt }
  switch (stored.method) {
    case 'totp':
    case 'hotp':
      return Object.freeze(shared)
    case 'passkey': {
      const { isBackupEligible, isBackedUp } = stored
      return Object.freeze({ ...shared, isBackupEligible, isBackedUp })
    }
    case 'sms':
    case 'email':
      return Object.freeze({ ...shared, destination: stored.hint })
  }
}

/** True for one of the two kinds that come from a shared secret. */
export function isOtp(factor: StoredFactor): factor is StoredOtp {
  return factor.method === 'totp' || factor.method === 'hotp'
}

/** True for a passkey. */
export function isPasskey(factor: StoredFactor): factor is StoredPasskey {
  return factor.method === 'passkey'
}

/** True for a destination of codes. */
export function isDestination(factor: StoredFactor): factor is StoredDestination {
  return factor.method === 'sms' || factor.method === 'email'
}
