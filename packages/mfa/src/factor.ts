/** How a factor of an account is proved. */
export type FactorMethod = 'totp' | 'hotp' | 'sms' | 'email' | 'passkey'

/** What can be presented: the factors, and recovery codes in their place. */
export type ProofMethod = FactorMethod | 'recovery_code'

/** How a one-time code travels. */
export type CodeChannel = 'sms' | 'email'

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
  /** Of `sms` and `email`: the end of the number, or the host of the address. */
  readonly sentTo?: string
  /** Of `passkey`: whether it was backed up at its last use. */
  readonly isBackedUp?: boolean
}

/** What is stored of every factor. */
type StoredFactorBase<Method extends FactorMethod> = {
  readonly id: string
  readonly method: Method
  readonly name: string
  readonly createdAt: number
}

/** A time-based or counter-based password as it is stored. */
export type StoredOtp = StoredFactorBase<'totp' | 'hotp'> & {
  /** Sealed for the subject and this factor. */
  readonly secret: string
  readonly algorithm: OtpAlgorithm
  readonly digits: number
  /** Of `totp`; 0 for `hotp`. */
  readonly periodSeconds: number
  /** Of `hotp`: the next one that is accepted. */
  readonly counter: number
}

/** A number or address that codes are sent to. */
export type StoredDestination = StoredFactorBase<CodeChannel> & {
  /** Sealed for the subject and this factor. */
  readonly to: string
  readonly sentTo: string
}

/** The public part of a passkey. */
export type StoredPasskey = StoredFactorBase<'passkey'> & {
  /** Base64url, as are the next two. */
  readonly credentialId: string
  /** A COSE key (RFC 9052 section 7). */
  readonly publicKey: string
  /** The name of the account on the authenticator: random, the same for all passkeys of the account. */
  readonly userHandle: string
  /** The signature counter; 0 where the authenticator has none. */
  readonly counter: number
  /** Flags BE and BS of the authenticator data (WebAuthn section 6.1). */
  readonly isBackupEligible: boolean
  readonly isBackedUp: boolean
  /** Hints for the browser, between commas. */
  readonly transports: string
}

/** Any factor as it is stored. */
export type StoredFactor = StoredOtp | StoredDestination | StoredPasskey

/** What the owner may see of a stored factor. */
export function toFactor(stored: StoredFactor): Factor {
  const { id, method, name, createdAt } = stored
  return Object.freeze({
    factorId: id,
    method,
    name,
    createdAt,
    ...((stored.method === 'sms' || stored.method === 'email') && { sentTo: stored.sentTo }),
    ...(stored.method === 'passkey' && { isBackedUp: stored.isBackedUp }),
  })
}
