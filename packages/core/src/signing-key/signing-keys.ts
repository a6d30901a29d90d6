import type { JwkSet } from '../jws/jwk.js'

/** Where a signing key stands (design of the ring: announced, active, retired, gone; withdrawn in an emergency). */
export type SigningKeyState = 'announced' | 'active' | 'retired' | 'withdrawn'

/** A signing key as operators may see it. Instants are epoch milliseconds. */
export interface SigningKeyStatus {
  readonly kid: string
  readonly algorithm: string
  readonly state: SigningKeyState
  readonly announcedAt: number
  readonly activatesAt: number
}

/** The ring of signing keys. */
export interface SigningKeys {
  /** The public keys to publish (RFC 7517 section 5): announced, active and retired ones. HMAC keys never. */
  jwks(): Promise<JwkSet>

  /** How long a copy of the set may be cached, in seconds; a new key is announced for at least as long. */
  readonly jwksMaxAgeSeconds: number

  /** Announces the next key, unless one is announced already, and says when it starts to sign. */
  rotate(): Promise<SigningKeyStatus>

  /**
   * Pulls a key in an emergency: its tokens are refused from now on, and another key signs at once.
   * @throws InvalidRequestError `signing_key_not_found`
   */
  withdraw(kid: string): Promise<void>

  /** Every key of the ring, oldest first. */
  list(): Promise<readonly SigningKeyStatus[]>
}
