import { decodeBase64url, encodeBase64url } from '../jws/base64url.js'
import type { Random } from '../ports/random.js'
import type { CryptoBackend } from './backend.js'

const IV_LENGTH = 12

/** What text is sealed with: AES-256-GCM with a random IV. */
export interface SealingKey {
  /** 32 bytes. */
  readonly key: Uint8Array
  /** What the text belongs to; it must be the same when opening. */
  readonly associatedContent: string
}

/** Encrypts and authenticates text. Returns base64url of IV, ciphertext and tag. */
export async function sealText(
  text: string,
  sealingKey: SealingKey,
  backend: CryptoBackend,
  random: Random,
): Promise<string> {
  return sealBytes(new TextEncoder().encode(text), sealingKey, backend, random)
}

/** The same for bytes. */
export async function sealBytes(
  content: Uint8Array,
  { key, associatedContent }: SealingKey,
  backend: CryptoBackend,
  random: Random,
): Promise<string> {
  const iv = random(IV_LENGTH)
  const sealed = await backend.seal(key, iv, content, associatedContent)
  const bytes = new Uint8Array(iv.length + sealed.length)
  bytes.set(iv)
  bytes.set(sealed, iv.length)
  return encodeBase64url(bytes)
}

/** Opens what `sealText` made; `undefined` when the key, the text or what it belongs to is another. */
export async function openText(
  sealed: string,
  sealingKey: SealingKey,
  backend: CryptoBackend,
): Promise<string | undefined> {
  const plaintext = await openBytes(sealed, sealingKey, backend)
  return plaintext === undefined ? undefined : new TextDecoder().decode(plaintext)
}

/** The same for bytes. */
export async function openBytes(
  sealed: string,
  { key, associatedContent }: SealingKey,
  backend: CryptoBackend,
): Promise<Uint8Array | undefined> {
  const bytes = decodeBase64url(sealed)
  if (bytes === undefined || bytes.length < IV_LENGTH) return undefined
  return backend.open(key, bytes.subarray(0, IV_LENGTH), bytes.subarray(IV_LENGTH), associatedContent)
}
