import type { JsonObject } from '../json.js'

/** A signing key at rest. The private part is encrypted; the state follows from the instants. */
export interface SigningKeyRecord {
  readonly kid: string
  /** JWS algorithm (RFC 7518 section 3.1); belongs to the key, never to a token. */
  readonly algorithm: string
  /** The public JWK; absent for HMAC keys, which are never published. */
  readonly publicJwk?: JsonObject
  /** AES-256-GCM of the private JWK with the `kid` as associated data, base64url. */
  readonly sealedPrivateJwk: string
  /** Which root secret the encryption key was derived from. */
  readonly secretId: string
  /** Epoch milliseconds: from here on the key is published. */
  readonly announcedAt: number
  /** From here on the key signs, until a younger key is active. */
  readonly activatesAt: number
  /** Pulled in an emergency: neither signs, verifies nor is published. */
  readonly withdrawnAt?: number
}

/** The whole ring with the version that a replacement must name. */
export interface SigningKeyRing {
  /** 0 for a ring that was never written. */
  readonly version: number
  readonly keys: readonly SigningKeyRecord[]
}

/** Keeps the ring of signing keys as one small document. */
export interface SigningKeyStore {
  /** The ring; `{ version: 0, keys: [] }` when there is none. */
  read(query: { readonly now: number }): Promise<SigningKeyRing>

  /** Compare-and-set: writes only when the stored version is `expectedVersion`; the new version is one more. */
  replace(command: {
    readonly expectedVersion: number
    readonly keys: readonly SigningKeyRecord[]
    readonly now: number
  }): Promise<{ readonly outcome: 'replaced' | 'conflict' }>
}
