import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { JsonObject } from '../json.js'
import { type Algorithm, type AlgorithmProfile, profileOf } from '../jws/algorithms.js'
import type { CryptoBackend, GeneratedKey, KeyBackend, Mac } from './backend.js'
import { decodePortableBase64url, encodePortableBase64url } from './portable-base64url.js'
import { toBytes } from './web/bytes.js'
import { createSigningKey, createVerificationKey, webAlgorithmOf } from './web/keys.js'

type WebCryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

const GCM_TAG_LENGTH = 16
const RSA_MODULUS_BITS = 2048

/**
 * The backend for every other runtime: WebCrypto for signatures and encryption, noble for the hashes that are
 * needed synchronously. Marked as pure, so that a bundle that asks for less leaves it out with everything in it.
 */
export const backend: CryptoBackend = /* @__PURE__ */ Object.freeze<CryptoBackend>({
  name: 'web',
  sha256: content => sha256(toBytes(content)),
  createMac,
  deriveKey: (secret, label, length) => hkdf(sha256, secret, undefined, toBytes(label), length),
  equalBytes,
  encodeBase64url,
  decodeBase64url: decodePortableBase64url,
  seal,
  open,
  generateKey,
  createVerificationKey,
  createSigningKey,
})

/** What of it makes keys. */
export const keyBackend: KeyBackend = /* @__PURE__ */ Object.freeze<KeyBackend>({
  createVerificationKey,
  createSigningKey,
})

/** `encodeBase64url` of the backend. */
export function encodeBase64url(content: string | Uint8Array): string {
  return encodePortableBase64url(toBytes(content))
}

export { decodePortableBase64url as decodeBase64url }

function createMac(key: Uint8Array): Mac {
  // a copy: the tags must not change with the caller's memory
  const secret = key.slice()
  const compute = (content: string | Uint8Array): Uint8Array => hmac(sha256, secret, toBytes(content))
  return Object.freeze<Mac>({
    compute,
    isTagOf(tag, content) {
      const presented = decodePortableBase64url(tag)
      return presented !== undefined && equalBytes(presented, compute(content))
    },
  })
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false
  let difference = 0
  // no early exit: the time must not tell where the first difference is
  for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)
  return difference === 0
}

async function seal(
  key: Uint8Array,
  iv: Uint8Array,
  plaintext: Uint8Array,
  associatedContent: string,
): Promise<Uint8Array> {
  const cipherKey = await importCipherKey(key, 'encrypt')
  return new Uint8Array(await crypto.subtle.encrypt(gcm(iv, associatedContent), cipherKey, plaintext))
}

async function open(
  key: Uint8Array,
  iv: Uint8Array,
  sealed: Uint8Array,
  associatedContent: string,
): Promise<Uint8Array | undefined> {
  if (sealed.length < GCM_TAG_LENGTH) return undefined
  const cipherKey = await importCipherKey(key, 'decrypt')
  try {
    return new Uint8Array(await crypto.subtle.decrypt(gcm(iv, associatedContent), cipherKey, sealed))
  } catch {
    return undefined
  }
}

function importCipherKey(key: Uint8Array, usage: 'encrypt' | 'decrypt'): Promise<WebCryptoKey> {
  return crypto.subtle.importKey('raw', key, 'AES-GCM', false, [usage])
}

function gcm(iv: Uint8Array, associatedContent: string) {
  return { name: 'AES-GCM', iv, additionalData: toBytes(associatedContent), tagLength: GCM_TAG_LENGTH * 8 }
}

async function generateKey(algorithm: Algorithm): Promise<GeneratedKey> {
  const profile = profileOf(algorithm)
  if (profile.scheme === 'hmac') {
    const bytes = crypto.getRandomValues(new Uint8Array(profile.hashLength))
    return { privateJwk: { kty: 'oct', k: encodePortableBase64url(bytes) } }
  }
  const pair = await crypto.subtle.generateKey(generationSettings(profile), true, ['sign', 'verify'])
  // only the algorithms of a pair come here, which the type of generateKey cannot know
  const { privateKey, publicKey } = pair as { privateKey: WebCryptoKey; publicKey: WebCryptoKey }
  return { privateJwk: await exportJwk(privateKey), publicJwk: await exportJwk(publicKey) }
}

function generationSettings(profile: AlgorithmProfile) {
  const settings = webAlgorithmOf(profile)
  if (profile.keyType !== 'RSA') return settings
  return { ...settings, modulusLength: RSA_MODULUS_BITS, publicExponent: new Uint8Array([1, 0, 1]) }
}

async function exportJwk(key: WebCryptoKey): Promise<JsonObject> {
  const { key_ops, ext, alg, ...members } = await crypto.subtle.exportKey('jwk', key)
  // what is left of a JWK from WebCrypto are strings, which its type does not say
  return { ...(members as Readonly<Record<string, string>>) }
}
