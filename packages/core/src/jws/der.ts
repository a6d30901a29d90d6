import { type Algorithm, type EcCurve, profileOf } from './algorithms.js'

const INTEGER_ZERO = Uint8Array.of(0x02, 0x01, 0x00)
const NULL = Uint8Array.of(0x05, 0x00)
/** rsaEncryption, 1.2.840.113549.1.1.1 */
const RSA_OID = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01)
/** id-ecPublicKey, 1.2.840.10045.2.1 */
const EC_OID = Uint8Array.of(0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01)
const CURVE_OIDS: Readonly<Record<EcCurve, Uint8Array>> = {
  'P-256': Uint8Array.of(0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07),
  'P-384': Uint8Array.of(0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22),
  'P-521': Uint8Array.of(0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23),
}

/** Wraps a PKCS #1 public key (RFC 8017 appendix A.1.1) as SubjectPublicKeyInfo, which WebCrypto reads. */
export function wrapPkcs1PublicKey(key: Uint8Array): Uint8Array {
  return sequence(sequence(RSA_OID, NULL), encode(0x03, Uint8Array.of(0), key))
}

/** Wraps a PKCS #1 private key (RFC 8017 appendix A.1.2) as PKCS #8. */
export function wrapPkcs1PrivateKey(key: Uint8Array): Uint8Array {
  return sequence(INTEGER_ZERO, sequence(RSA_OID, NULL), encode(0x04, key))
}

/** Wraps a SEC 1 private key (RFC 5915) as PKCS #8; `undefined` when it is not for the curve of the algorithm. */
export function wrapSec1PrivateKey(key: Uint8Array, algorithm: Algorithm): Uint8Array | undefined {
  const profile = profileOf(algorithm)
  if (profile.scheme !== 'ecdsa') return undefined
  const curve = CURVE_OIDS[profile.curve]
  if (!includesBytes(key, curve)) return undefined
  return sequence(INTEGER_ZERO, sequence(EC_OID, curve), encode(0x04, key))
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return encode(0x30, ...parts)
}

function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = parts.flatMap(part => [...part])
  return Uint8Array.from([tag, ...encodeLength(content.length), ...content])
}

function encodeLength(length: number): readonly number[] {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [0x80 | bytes.length, ...bytes]
}

function includesBytes(haystack: Uint8Array, needle: Uint8Array): boolean {
  return haystack.some((_, start) => needle.every((byte, index) => haystack[start + index] === byte))
}
