import { type Algorithm, profileOf } from '../jws/algorithms.js'
import type { PublicMaterial } from './backend.js'

/**
 * The only length in bytes that a signature of this key pair can have. Both backends ask it before anything else, so
 * that no runtime's leniency (DER for ECDSA, short RSA values) gives another verdict.
 */
export function signatureLengthOf(material: PublicMaterial, algorithm: Algorithm): number {
  const profile = profileOf(algorithm)
  switch (profile.scheme) {
    case 'hmac':
      throw new TypeError(`${algorithm} has no key pair`)
    case 'rsa-pkcs1':
    case 'rsa-pss':
      return modulusLength(material)
    case 'ecdsa':
      return 2 * profile.coordinateLength
    case 'eddsa':
      return 64
  }
}

function modulusLength(material: PublicMaterial): number {
  const modulus = material.jwk['n']
  // checked material holds the modulus without leading zeros, so its text tells the length
  return typeof modulus === 'string' ? Math.floor((modulus.length * 3) / 4) : 0
}
