import { encodeBase64url } from '../jws/base64url.js'
import { findSecretProblem } from '../jws/hmac-secret.js'
import type { CryptoBackend, Mac } from './backend.js'

/** What a key is derived for; each purpose has its own label, so no key serves two. */
export type KeyPurpose =
  | 'refresh_token'
  | 'refresh_conditions'
  | 'refresh_successor'
  | 'session_token'
  | 'api_key'
  | 'signing_key'
  | 'dpop_nonce'

/** One root secret. The secret itself stays in the closure; only derived keys come out. */
export interface RootSecret {
  /** 6 bytes derived from the secret, base64url; stored beside what was made with it. */
  readonly id: string
  /** 32 bytes by HKDF-SHA-256 (RFC 5869), the same for the same purpose. */
  deriveKey(purpose: KeyPurpose): Uint8Array
  /** HMAC-SHA-256 under the key of a purpose, prepared once. */
  macOf(purpose: KeyPurpose): Mac
  /** 32 bytes for a secret box; its labels start with other words than those of `deriveKey`. Not remembered. */
  deriveBoxKey(label: string): Uint8Array
}

/** The root secrets of a deployment: the first issues, all verify. */
export interface RootSecrets {
  readonly current: RootSecret
  find(id: string): RootSecret | undefined
}

/** Bytes of a secret id inside a token. */
export const SECRET_ID_LENGTH = 6

const MIN_ENTROPY_BITS = 256

/**
 * Derives ids for all root secrets.
 * @param secrets checked with `secretProblem` before
 */
export function createRootSecrets(
  secrets: readonly (string | Uint8Array)[],
  backend: CryptoBackend,
): RootSecrets {
  const [current, ...former] = secrets.map(secret => createRootSecret(toBytes(secret), backend))
  if (current === undefined) throw new TypeError('at least one secret is required')
  const byId = new Map([current, ...former].map(secret => [secret.id, secret]))
  return Object.freeze({ current, find: (id: string) => byId.get(id) })
}

/**
 * Says why a value cannot be a root secret, or nothing. Too short, published, guessable by its pattern, or the text
 * of another key; what people made up with more care than that passes, although it should not.
 */
export function secretProblem(secret: unknown): string | undefined {
  if (typeof secret !== 'string' && !(secret instanceof Uint8Array)) {
    return secret === undefined
      ? 'is required; is the environment variable set?'
      : 'expected a string or bytes'
  }
  if (secret.length > 4096) return 'must be at most 4096 long'
  if (maximumBits(secret) < MIN_ENTROPY_BITS) {
    return 'has less than 32 bytes of entropy; make one with: openssl rand -base64 32'
  }
  return findSecretProblem(toBytes(secret), MIN_ENTROPY_BITS / 8)
}

function createRootSecret(secret: Uint8Array, backend: CryptoBackend): RootSecret {
  const deriveKey = remember((purpose: KeyPurpose) => backend.deriveKey(secret, `authcore/v1/${purpose}`, 32))
  return Object.freeze({
    id: encodeBase64url(backend.deriveKey(secret, 'authcore/v1/secret_id', SECRET_ID_LENGTH)),
    deriveKey,
    macOf: remember((purpose: KeyPurpose) => backend.createMac(deriveKey(purpose))),
    deriveBoxKey: (label: string) => backend.deriveKey(secret, `authcore/box/v1/${label}`, 32),
  })
}

/** Makes what a purpose needs once. */
function remember<Made>(make: (purpose: KeyPurpose) => Made): (purpose: KeyPurpose) => Made {
  const made = new Map<KeyPurpose, Made>()
  return purpose => {
    const known = made.get(purpose)
    if (known !== undefined) return known
    const value = make(purpose)
    made.set(purpose, value)
    return value
  }
}

function toBytes(secret: string | Uint8Array): Uint8Array {
  return typeof secret === 'string' ? new TextEncoder().encode(secret) : secret.slice()
}

/** The most that a secret of this form can hold. */
function maximumBits(secret: string | Uint8Array): number {
  if (typeof secret !== 'string') return secret.length * 8
  // base64 of 32 bytes has 43 or 44 characters, hex 64: each alphabet is counted at its full rate
  return /^[0-9a-f]+$|^[0-9A-F]+$/.test(secret) ? secret.length * 4 : secret.length * 6
}
