import type { JsonObject, JsonValue } from '../json.js'
import type { Algorithm } from './algorithms.js'

/** The protected header of a JWS (RFC 7515 section 4) after strict parsing. */
export interface JwsHeader {
  readonly alg: Algorithm
  readonly kid?: string
  readonly typ?: string
  readonly [name: string]: JsonValue | undefined
}

/** A key that checks signatures of exactly one algorithm. */
export interface VerificationKey {
  readonly algorithm: Algorithm
  readonly kid?: string
  /**
   * Checks a signature. Never throws for bad input.
   * @param signingInput ASCII `header.payload`
   * @param signature raw bytes as in RFC 7518 section 3
   */
  verify(signingInput: string, signature: Uint8Array): boolean | Promise<boolean>
}

/** A key that makes signatures of exactly one algorithm. */
export interface SigningKey {
  readonly algorithm: Algorithm
  readonly kid?: string
  /** @param signingInput ASCII `header.payload` */
  sign(signingInput: string): Uint8Array | Promise<Uint8Array>
}

/** A public key after import: it only verifies. */
export interface ImportedPublicKey extends VerificationKey {
  readonly type: 'public'
}

/** A secret or private key after import: it signs, and verifies what it signed. */
export interface ImportedSigningKey extends VerificationKey, SigningKey {
  readonly type: 'secret' | 'private'
}

/** A key after import: checked, bound to one algorithm, frozen, with the key material out of sight. */
export type ImportedKey = ImportedPublicKey | ImportedSigningKey

/** A JWS whose signature has been verified. */
export interface VerifiedJws {
  readonly header: JwsHeader
  readonly payload: Uint8Array
  /** The key that verified the signature. */
  readonly key: VerificationKey
}

/** A JWS whose signature has been verified and whose payload is a JSON object; no claim has been looked at. */
export interface VerifiedJsonJws {
  readonly header: JwsHeader
  readonly payload: JsonObject
  /** The key that verified the signature. */
  readonly key: VerificationKey
}

/** Something that has the key for a header, such as a JWK set. */
export interface KeySource {
  /**
   * Finds the key that a header asks for.
   * @param header strictly parsed, not verified; its `alg` is one that the caller accepts
   * @returns a key of exactly that algorithm, or `undefined` when none or more than one fits
   */
  findKey(header: JwsHeader): VerificationKey | undefined | Promise<VerificationKey | undefined>
}
