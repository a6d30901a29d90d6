import { ALGORITHMS, type Algorithm, type Jwk } from '@authcore/core/jwt'
import type { SignatureScheme } from './attack-case.js'

// the types of WebCrypto come with globalThis.crypto, so that no DOM library is needed
type WebCryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** A key pair, or a secret, outside of any library that is under test. */
export interface TestKey {
  readonly algorithm: Algorithm
  /** With every private member. */
  readonly privateJwk: Jwk
}

/** How an RSA key is made. */
export interface RsaSize {
  readonly modulusBits: number
  readonly publicExponent: number
}

const USUAL_RSA: RsaSize = { modulusBits: 2048, publicExponent: 65_537 }
/** Long enough for every HMAC algorithm. */
const SECRET_LENGTH = 64

/** The kind of an algorithm. */
export function schemeOf(algorithm: Algorithm): SignatureScheme {
  switch (algorithm.slice(0, 2)) {
    case 'HS':
      return 'hmac'
    case 'RS':
      return 'rsa-pkcs1'
    case 'PS':
      return 'rsa-pss'
    case 'ES':
      return 'ecdsa'
    default:
      return 'eddsa'
  }
}

/** Says whether a value names one of the algorithms. */
export function isAlgorithm(value: unknown): value is Algorithm {
  return ALGORITHMS.some(algorithm => algorithm === value)
}

/** Makes a key of its own with WebCrypto. */
export async function generateTestKey(algorithm: Algorithm, size: RsaSize = USUAL_RSA): Promise<TestKey> {
  if (schemeOf(algorithm) === 'hmac') {
    return toSecretKey(algorithm, crypto.getRandomValues(new Uint8Array(SECRET_LENGTH)))
  }
  const pair = await crypto.subtle.generateKey(generationSettings(algorithm, size), true, ['sign', 'verify'])
  // only the algorithms of a pair come here, which the type of generateKey cannot know
  const { privateKey } = pair as { readonly privateKey: WebCryptoKey }
  const { key_ops, ext, alg, ...members } = await crypto.subtle.exportKey('jwk', privateKey)
  // a JWK of these types is made of strings
  return { algorithm, privateJwk: members as unknown as Jwk }
}

/** A key for HMAC of given bytes. */
export function toSecretKey(algorithm: Algorithm, bytes: Uint8Array): TestKey {
  const k = btoa(String.fromCharCode(...bytes))
    .replace(/=+$/, '')
    .replaceAll('+', '-')
    .replaceAll('/', '_')
  return { algorithm, privateJwk: { kty: 'oct', k } }
}

/** Exports the public part as SPKI (RFC 5280). */
export async function exportSpki({ algorithm, privateJwk }: TestKey): Promise<Uint8Array> {
  const { kty, crv, x, y, n, e } = privateJwk
  const members = Object.fromEntries(
    Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined),
  )
  const key = await crypto.subtle.importKey('jwk', members, importSettings(algorithm), true, ['verify'])
  return new Uint8Array(await crypto.subtle.exportKey('spki', key))
}

/**
 * Prepares signing with a key under one algorithm, which its type has to allow.
 * @returns a function that signs text as it stands
 */
export async function createSign(
  { privateJwk }: TestKey,
  algorithm: Algorithm,
): Promise<(signingInput: string) => Promise<Uint8Array>> {
  const { kid, alg, use, key_ops, ...members } = privateJwk
  const key = await crypto.subtle.importKey('jwk', { ...members }, importSettings(algorithm), false, ['sign'])
  const settings = signatureSettings(algorithm)
  return async signingInput =>
    new Uint8Array(await crypto.subtle.sign(settings, key, new TextEncoder().encode(signingInput)))
}

/** HMAC under any bytes, none included. */
export async function signHmac(
  algorithm: 'HS256' | 'HS384' | 'HS512',
  secret: Uint8Array,
  signingInput: string,
): Promise<Uint8Array> {
  // RFC 2104 section 2: a short key is filled up with zeros, so one zero is the empty key, which WebCrypto refuses
  const bytes = secret.length === 0 ? new Uint8Array(1) : secret
  const sign = await createSign(toSecretKey(algorithm, bytes), algorithm)
  return sign(signingInput)
}

function generationSettings(algorithm: Algorithm, { modulusBits, publicExponent }: RsaSize) {
  const settings = importSettings(algorithm)
  if (!settings.name.startsWith('RSA')) return settings
  const exponent = publicExponent < 256 ? [publicExponent] : [1, 0, 1]
  return { ...settings, modulusLength: modulusBits, publicExponent: Uint8Array.from(exponent) }
}

function importSettings(algorithm: Algorithm) {
  const hash = hashOf(algorithm)
  switch (schemeOf(algorithm)) {
    case 'hmac':
      return { name: 'HMAC', hash }
    case 'rsa-pkcs1':
      return { name: 'RSASSA-PKCS1-v1_5', hash }
    case 'rsa-pss':
      return { name: 'RSA-PSS', hash }
    case 'ecdsa':
      return { name: 'ECDSA', namedCurve: algorithm === 'ES512' ? 'P-521' : `P-${algorithm.slice(2)}` }
    case 'eddsa':
      return { name: 'Ed25519' }
  }
}

function signatureSettings(algorithm: Algorithm) {
  switch (schemeOf(algorithm)) {
    case 'hmac':
      return { name: 'HMAC' }
    case 'rsa-pkcs1':
      return { name: 'RSASSA-PKCS1-v1_5' }
    case 'rsa-pss':
      // RFC 7518 section 3.5: the salt is as long as the hash
      return { name: 'RSA-PSS', saltLength: Number(algorithm.slice(2)) / 8 }
    case 'ecdsa':
      return { name: 'ECDSA', hash: hashOf(algorithm) }
    case 'eddsa':
      return { name: 'Ed25519' }
  }
}

function hashOf(algorithm: Algorithm): string {
  return `SHA-${algorithm.slice(2)}`
}
