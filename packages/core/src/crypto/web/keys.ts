import type { JsonObject } from '../../json.js'
import {
  type Algorithm,
  type AlgorithmProfile,
  type EcCurve,
  type HashName,
  profileOf,
} from '../../jws/algorithms.js'
import { isEcdsaSignature } from '../../jws/curve-points.js'
import type { SigningKey, VerificationKey } from '../../jws/types.js'
import { ownMembers } from '../../own-members.js'
import type { KeyMaterial } from '../backend.js'
import { signatureLengthOf } from '../signature-length.js'
import { toBytes } from './bytes.js'

/** The type comes through node:crypto, so that no DOM library is needed; not exported, so that declarations do without. */
type WebCryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** An algorithm as WebCrypto has it. */
export interface WebAlgorithm {
  readonly name: string
  readonly hash?: string
  readonly namedCurve?: EcCurve
  readonly saltLength?: number
}

/** `createVerificationKey` of the backend. */
export async function createVerificationKey(
  material: KeyMaterial,
  algorithm: Algorithm,
  kid?: string,
): Promise<VerificationKey> {
  const key = await importMaterial(material, algorithm, 'verify')
  const isPossible = createShapeCheck(material, algorithm)
  // WebCrypto reads inherited members too, so a polluted Object.prototype must not stand behind the settings
  const settings = ownMembers(webAlgorithmOf(profileOf(algorithm)))
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

/** `createSigningKey` of the backend. */
export async function createSigningKey(
  material: KeyMaterial,
  algorithm: Algorithm,
  kid?: string,
): Promise<SigningKey> {
  const key = await importMaterial(material, algorithm, 'sign')
  // WebCrypto reads inherited members too, so a polluted Object.prototype must not stand behind the settings
  const settings = ownMembers(webAlgorithmOf(profileOf(algorithm)))
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
  const settings = ownMembers(webAlgorithmOf(profileOf(algorithm)))
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

/** Describes an algorithm to WebCrypto, which takes what it needs for a key and for a signature each. */
export function webAlgorithmOf(profile: AlgorithmProfile): WebAlgorithm {
  switch (profile.scheme) {
    case 'hmac':
      return { name: 'HMAC', hash: webHashName(profile.hash) }
    case 'rsa-pkcs1':
      return { name: 'RSASSA-PKCS1-v1_5', hash: webHashName(profile.hash) }
    case 'rsa-pss':
      // RFC 7518 section 3.5: the salt is as long as the hash
      return { name: 'RSA-PSS', hash: webHashName(profile.hash), saltLength: profile.hashLength }
    case 'ecdsa':
      return { name: 'ECDSA', namedCurve: profile.curve, hash: webHashName(profile.hash) }
    case 'eddsa':
      return { name: 'Ed25519' }
  }
}

function webHashName(hash: HashName): string {
  return hash.replace('sha', 'SHA-')
}
