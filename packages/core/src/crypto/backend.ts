import type { ReadCertificate } from '../client-certificate/client-certificate.js'
import type { JsonObject } from '../json.js'
import type { Algorithm } from '../jws/algorithms.js'
import type { SigningKey, VerificationKey } from '../jws/types.js'

/**
 * What a runtime must offer. `crypto/node.ts` and `crypto/web.ts` export a `backend` of this type each, and
 * beside it `keyBackend` and the functions of `Base64url`, so that a bundle of a verifier holds no more than these.
 */
export interface CryptoBackend extends KeyBackend, Base64url {
  readonly name: 'node' | 'web'
  /** SHA-256; strings as UTF-8. */
  sha256(content: string | Uint8Array): Uint8Array
  /** Prepares HMAC-SHA-256 under one key. Changing the bytes of the key later has no effect. */
  createMac(key: Uint8Array): Mac
  /** HKDF-SHA-256 (RFC 5869) with an empty salt; `label` is the info. */
  deriveKey(secret: Uint8Array, label: string, length: number): Uint8Array
  /** Compares in constant time as far as the runtime can promise that; false for different lengths. */
  equalBytes(left: Uint8Array, right: Uint8Array): boolean
  /** AES-256-GCM. Returns ciphertext followed by the 16-byte tag. */
  seal(
    key: Uint8Array,
    iv: Uint8Array,
    plaintext: Uint8Array,
    associatedContent: string,
  ): Uint8Array | Promise<Uint8Array>
  /** Opens what `seal` made; `undefined` when anything was changed. */
  open(
    key: Uint8Array,
    iv: Uint8Array,
    sealed: Uint8Array,
    associatedContent: string,
  ): Uint8Array | undefined | Promise<Uint8Array | undefined>
  /** A fresh key pair (or secret for HMAC algorithms) as JWK members without `kid`, `use` and `alg`. */
  generateKey(algorithm: Algorithm): Promise<GeneratedKey>
  /** Reads a certificate; absent where the runtime cannot. */
  readonly readCertificate?: ReadCertificate
}

/** What makes keys that verify and sign. */
export interface KeyBackend {
  /** Binds checked key material to one algorithm. Throws when the runtime cannot use it. */
  createVerificationKey(
    material: KeyMaterial,
    algorithm: Algorithm,
    kid?: string,
  ): VerificationKey | Promise<VerificationKey>
  /** Binds checked secret or private key material to one algorithm. Throws when the runtime cannot use it. */
  createSigningKey(
    material: KeyMaterial,
    algorithm: Algorithm,
    kid?: string,
  ): SigningKey | Promise<SigningKey>
}

/** Bytes as text and back. */
export interface Base64url {
  /** Base64url without padding; strings as UTF-8. */
  encodeBase64url(content: string | Uint8Array): string
  /** Strict base64url; `undefined` for every text that `encodeBase64url` would not have made. */
  decodeBase64url(text: string): Uint8Array | undefined
}

/** Tags of contents under one key; strings as UTF-8. */
export interface Mac {
  compute(content: string | Uint8Array): Uint8Array
  /** Compares in constant time as far as the runtime can promise that; `tag` is base64url, anything else is false. */
  isTagOf(tag: string, content: string | Uint8Array): boolean
}

/** A fresh key as JWK members; `publicJwk` is absent for HMAC, which has no public part. */
export interface GeneratedKey {
  readonly privateJwk: JsonObject
  readonly publicJwk?: JsonObject
}

/** Key material whose type, size and curve have been checked against the algorithm before. */
export type KeyMaterial = SecretMaterial | PublicMaterial

/** The bytes of an HMAC key. */
export interface SecretMaterial {
  readonly type: 'secret'
  readonly bytes: Uint8Array
}

/** The members of a public key, or of a private key with its public ones. */
export interface PublicMaterial {
  readonly type: 'public' | 'private'
  readonly jwk: JsonObject
}
