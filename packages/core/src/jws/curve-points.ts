import type { EcCurve } from './algorithms.js'

interface WeierstrassCurve {
  /** The prime of the field. */
  readonly p: bigint
  readonly b: bigint
  /** The order of the base point. */
  readonly n: bigint
}

/** The curves of FIPS 186-4 appendix D.1.2; `a` is -3 for all of them. */
const CURVES: Readonly<Record<EcCurve, WeierstrassCurve>> = {
  'P-256': {
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  'P-384': {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
  'P-521': {
    p: 2n ** 521n - 1n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    n: 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  },
}

const ED25519_PRIME = 2n ** 255n - 19n

/** Says whether affine coordinates are a point of the curve (SEC 1 section 3.2.2.1). */
export function isEcPoint(curve: EcCurve, x: Uint8Array, y: Uint8Array): boolean {
  const { p, b } = CURVES[curve]
  const [left, right] = [toInteger(x), toInteger(y)]
  if (left >= p || right >= p) return false
  return (right * right - (left * left * left - 3n * left + b)) % p === 0n
}

/** Says whether `r` and `s` of an ECDSA signature are in their range (FIPS 186-5 section 6.4.2, step 1). */
export function isEcdsaSignature(curve: EcCurve, signature: Uint8Array): boolean {
  const { n } = CURVES[curve]
  const half = signature.length / 2
  const [r, s] = [toInteger(signature.subarray(0, half)), toInteger(signature.subarray(half))]
  return r > 0n && r < n && s > 0n && s < n
}

/**
 * Says whether 32 bytes are the canonical encoding of a point of Ed25519 (RFC 8032 section 5.1.3) that is not
 * one of the eight of small order, for which signatures can be made without a private key.
 */
export function isEd25519Point(bytes: Uint8Array): boolean {
  const y = toInteger(bytes.toReversed()) & (2n ** 255n - 1n)
  if (y >= ED25519_PRIME) return false
  const square = (y * y) % ED25519_PRIME
  const d = modulo(-121665n * invert(121666n))
  const numerator = modulo(square - 1n)
  const denominator = modulo(d * square + 1n)
  if (!isSquare(modulo(numerator * invert(denominator)))) return false
  return !hasSmallOrder(y, square, d)
}

/** Reads bytes as an unsigned big-endian integer. */
export function toInteger(bytes: Uint8Array): bigint {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return BigInt(`0x${hex || '0'}`)
}

/** A point is of order 1, 2, 4 or 8 when doubling it three times ends at the neutral element. */
function hasSmallOrder(y: bigint, square: bigint, d: bigint): boolean {
  // order 1 and 2: y = 1, -1; order 4: y = 0; order 8: the doubled point has y = 0, that is y^2 = -x^2
  if (y === 0n || square === 1n) return true
  const xSquare = modulo((square - 1n) * invert(d * square + 1n))
  return modulo(xSquare + square) === 0n
}

function isSquare(value: bigint): boolean {
  return value === 0n || power(value, (ED25519_PRIME - 1n) / 2n) === 1n
}

function invert(value: bigint): bigint {
  return power(modulo(value), ED25519_PRIME - 2n)
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let [factor, rest] = [base, exponent]; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % ED25519_PRIME
    factor = (factor * factor) % ED25519_PRIME
  }
  return result
}

function modulo(value: bigint): bigint {
  const rest = value % ED25519_PRIME
  return rest < 0n ? rest + ED25519_PRIME : rest
}
