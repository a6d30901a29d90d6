import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { JsonObject } from '../json.js'
import { type Algorithm, type AlgorithmProfile, type HashName, profileOf } from '../jws/algorithms.js'
import { isEcdsaSignature } from '../jws/curve-points.js'
import type { SigningKey, VerificationKey } from '../jws/types.js'
import { ownMembers } from '../own-members.js'
import type { CryptoBackend, GeneratedKey, KeyMaterial, Mac } from './backend.js'
import { decodePortableBase64url, encodePortableBase64url } from './portable-base64url.js'
import { signatureLengthOf } from './signature-length.js'

// the types of WebCrypto come through node:crypto, so that no DOM library is needed
type WebCryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>
type KeyUsage = 'sign' | 'verify' | 'encrypt' | 'decrypt'

const GCM_TAG_LENGTH = 16
const RSA_MODULUS_BITS = 2048

/**
 * The backend for every other runtime: WebCrypto for signatures and encryption, noble for the hashes that are
 * needed synchronously.
 */
export const backend: CryptoBackend = Object.freeze<CryptoBackend>({
  name: 'web',
  sha256: content => sha256(toBytes(content)),
  createMac,
  deriveKey: (secret, label, length) => hkdf(sha256, secret, undefined, toBytes(label), length),
  equalBytes,
  encodeBase64url: content => encodePortableBase64url(toBytes(content)),
  decodeBase64url: decodePortableBase64url,
  seal,
  open,
  generateKey,
  createVerificationKey,
  createSigningKey,
})

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

function importCipherKey(key: Uint8Array, usage: KeyUsage): Promise<WebCryptoKey> {
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
  const settings = importSettings(profile)
  if (profile.keyType !== 'RSA') return settings
  return { ...settings, modulusLength: RSA_MODULUS_BITS, publicExponent: new Uint8Array([1, 0, 1]) }
}

async function exportJwk(key: WebCryptoKey): Promise<JsonObject> {
  const { key_ops, ext, alg, ...members } = await crypto.subtle.exportKey('jwk', key)
  // what is left of a JWK from WebCrypto are strings, which its type does not say
  return { ...(members as Readonly<Record<string, string>>) }
}

async function createVerificationKey(
  material: KeyMaterial,
  algorithm: Algorithm,
  kid?: string,
): Promise<VerificationKey> {
  const key = await importMaterial(material, algorithm, 'verify')
  const isPossible = createShapeCheck(material, algorithm)
  // WebCrypto reads inherited members too, so a polluted Object.prototype must not stand behind the settings
  const settings = ownMembers(signatureSettings(profileOf(algorithm)))
  return Object.freeze({
    algorithm,
    ...(kid !== undefined && { kid }),
    verify: async (signingInput: string, signature: Uint8Array) =>
      isPossible(signature) && crypto.subtle.verify(settings, key, signature, toBytes(signingInput)),
  })
}

/** What OpenSSL checks by itself must not depend on the runtime: lengths, and the range of `r` and `s`. */
function createShapeCheck(material: KeyMaterial, algorithm: Algorithm): (signature: Uint8Array) => boolean {
  const profile = profileOf(algorithm)
  if (profile.scheme === 'hmac' || material.type === 'secret') return () => true
  const length = signatureLengthOf(material, algorithm)
  return signature =>
    signature.length === length && (profile.scheme !== 'ecdsa' || isEcdsaSignature(profile.curve, signature))
}

async function createSigningKey(
  material: KeyMaterial,
  algorithm: Algorithm,
  kid?: string,
): Promise<SigningKey> {
  const key = await importMaterial(material, algorithm, 'sign')
  // WebCrypto reads inherited members too, so a polluted Object.prototype must not stand behind the settings
  const settings = ownMembers(signatureSettings(profileOf(algorithm)))
  return Object.freeze({
    algorithm,
    ...(kid !== undefined && { kid }),
    sign: async (signingInput: string) =>
      new Uint8Array(await crypto.subtle.sign(settings, key, toBytes(signingInput))),
  })
}

function importMaterial(
  material: KeyMaterial,
  algorithm: Algorithm,
  usage: 'sign' | 'verify',
): Promise<WebCryptoKey> {
  const settings = ownMembers(importSettings(profileOf(algorithm)))
  if (material.type === 'secret') {
    return crypto.subtle.importKey('raw', material.bytes, settings, false, [usage])
  }
  const jwk = usage === 'verify' ? publicMembers(material.jwk) : { ...material.jwk }
  return crypto.subtle.importKey('jwk', jwk, settings, false, [usage])
}

function publicMembers({ kty, crv, n, e, x, y }: JsonObject): Record<string, unknown> {
  // WebCrypto refuses members that are present and undefined in some runtimes
  return Object.fromEntries(
    Object.entries({ kty, crv, n, e, x, y }).filter(([, value]) => value !== undefined),
  )
}

function importSettings(profile: AlgorithmProfile) {
  switch (profile.scheme) {
    case 'hmac':
      return { name: 'HMAC', hash: webHashName(profile.hash) }
    case 'rsa-pkcs1':
      return { name: 'RSASSA-PKCS1-v1_5', hash: webHashName(profile.hash) }
    case 'rsa-pss':
      return { name: 'RSA-PSS', hash: webHashName(profile.hash) }
    case 'ecdsa':
      return { name: 'ECDSA', namedCurve: profile.curve }
    case 'eddsa':
      return { name: 'Ed25519' }
  }
}

function signatureSettings(profile: AlgorithmProfile) {
  switch (profile.scheme) {
    case 'hmac':
      return { name: 'HMAC' }
    case 'rsa-pkcs1':
      return { name: 'RSASSA-PKCS1-v1_5' }
    case 'rsa-pss':
      // RFC 7518 section 3.5: the salt is as long as the hash
      return { name: 'RSA-PSS', saltLength: profile.hashLength }
    case 'ecdsa':
      return { name: 'ECDSA', hash: webHashName(profile.hash) }
    case 'eddsa':
      return { name: 'Ed25519' }
  }
}

function webHashName(hash: HashName): string {
  return hash.replace('sha', 'SHA-')
}

function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}
