import type { KeyMaterial } from '../crypto/backend.js'
import { ConfigError, type ConfigProblem } from '../errors.js'
import type { JsonObject } from '../json.js'
import { ALGORITHMS, type Algorithm, type EcCurve, profileOf } from './algorithms.js'
import { decodeBase64url, encodeBase64url } from './base64url.js'
import { isEcPoint, isEd25519Point, toInteger } from './curve-points.js'
import { findSecretProblem } from './hmac-secret.js'

/** What a key may be used for by its `key_ops`. */
export interface KeyUses {
  readonly sign: boolean
  readonly verify: boolean
}

const MIN_RSA_BITS = 2048
const MAX_RSA_BITS = 16_384
/** FIPS 186-5 section 5.1: odd and above 2^16; runtimes on BoringSSL take no more than 32 bits. */
const MIN_RSA_EXPONENT = 65_537n
const MAX_RSA_EXPONENT = 2n ** 32n
const RSA_PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const

/**
 * Checks a JWK against one algorithm: type, curve, size, range and the declarations `alg`, `use` and `key_ops`.
 * Whether private and public part belong together shows only when the key signs.
 * @returns the members that make the key, without the declarations
 * @throws ConfigError `key_invalid`
 */
export function toKeyMaterial(jwk: JsonObject, algorithm: Algorithm): KeyMaterial {
  const problems = findDeclarationProblems(jwk, algorithm)
  if (problems.length > 0) throw new ConfigError('key_invalid', problems)
  const profile = profileOf(algorithm)
  switch (profile.keyType) {
    case 'oct':
      return secretMaterial(jwk, algorithm)
    case 'RSA':
      return rsaMaterial(jwk)
    case 'EC':
      return ecMaterial(jwk, profile.curve, profile.coordinateLength)
    case 'OKP':
      return ed25519Material(jwk)
  }
}

/**
 * Checks secret bytes against an HMAC algorithm.
 * @throws ConfigError `key_invalid`
 */
export function toSecretMaterial(bytes: Uint8Array, algorithm: Algorithm): KeyMaterial {
  const profile = profileOf(algorithm)
  if (profile.scheme !== 'hmac') {
    throw keyError('algorithm', `${algorithm} does not use a secret; pass a JWK or PEM text`)
  }
  const problem = findSecretProblem(bytes, profile.hashLength)
  if (problem !== undefined) throw keyError('', problem)
  return { type: 'secret', bytes: bytes.slice() }
}

/** The algorithms that a JWK could be used with by its type, curve and `alg`; nothing else has been checked. */
export function algorithmsOf(jwk: JsonObject): readonly Algorithm[] {
  return ALGORITHMS.filter(algorithm => {
    const profile = profileOf(algorithm)
    if (jwk['kty'] !== profile.keyType) return false
    if ('curve' in profile && jwk['crv'] !== profile.curve) return false
    return jwk['alg'] === undefined || jwk['alg'] === algorithm
  })
}

/** What a JWK may be used for (RFC 7517 section 4.3); a key that signs verifies its own signatures, too. */
export function usesOf(jwk: JsonObject): KeyUses {
  const operations = jwk['key_ops']
  if (!Array.isArray(operations)) return { sign: true, verify: true }
  return { sign: operations.includes('sign'), verify: operations.includes('verify') }
}

/** Makes the one error that every refused key ends in. */
export function keyError(path: string, message: string): ConfigError {
  return new ConfigError('key_invalid', [{ path, message }])
}

function findDeclarationProblems(jwk: JsonObject, algorithm: Algorithm): readonly ConfigProblem[] {
  const profile = profileOf(algorithm)
  const problems: ConfigProblem[] = []
  const check = (isGood: boolean, path: string, message: string) => {
    if (!isGood) problems.push({ path, message })
  }
  const { kty, crv, alg, use, key_ops: operations, kid } = jwk
  check(kty === profile.keyType, 'kty', `must be ${profile.keyType} for ${algorithm}`)
  if ('curve' in profile) check(crv === profile.curve, 'crv', `must be ${profile.curve} for ${algorithm}`)
  check(alg === undefined || alg === algorithm, 'alg', `must be ${algorithm} or be left out`)
  check(use === undefined || use === 'sig', 'use', 'must be sig or be left out')
  check(
    operations === undefined || isOperations(operations),
    'key_ops',
    'must name sign or verify, each once',
  )
  check(kid === undefined || typeof kid === 'string', 'kid', 'must be a string')
  return problems
}

function isOperations(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    new Set(value).size === value.length &&
    value.every(operation => typeof operation === 'string') &&
    (value.includes('sign') || value.includes('verify'))
  )
}

function secretMaterial(jwk: JsonObject, algorithm: Algorithm): KeyMaterial {
  return toSecretMaterial(readBytes(jwk, 'k'), algorithm)
}

function rsaMaterial(jwk: JsonObject): KeyMaterial {
  const n = toInteger(readBytes(jwk, 'n'))
  const e = toInteger(readBytes(jwk, 'e'))
  const bits = n.toString(2).length
  if (bits < MIN_RSA_BITS) throw keyError('n', `has ${bits} bits; RSA keys need at least ${MIN_RSA_BITS}`)
  if (bits > MAX_RSA_BITS) throw keyError('n', `has ${bits} bits; RSA keys may have at most ${MAX_RSA_BITS}`)
  if (n % 2n === 0n) throw keyError('n', 'is even, so it is no product of two large primes')
  if (e % 2n === 0n || e < MIN_RSA_EXPONENT || e > MAX_RSA_EXPONENT) {
    throw keyError('e', 'must be odd, at least 65537 and below 2^32')
  }
  const members = { kty: 'RSA', n: toText(n), e: toText(e) }
  if (!RSA_PRIVATE_MEMBERS.some(name => jwk[name] !== undefined)) return { type: 'public', jwk: members }
  if (jwk['oth'] !== undefined) throw keyError('oth', 'RSA keys with more than two primes are not supported')
  const privateMembers = Object.fromEntries(
    RSA_PRIVATE_MEMBERS.map(name => [name, toText(toInteger(readBytes(jwk, name)))]),
  )
  if (toInteger(readBytes(jwk, 'p')) * toInteger(readBytes(jwk, 'q')) !== n) {
    throw keyError('n', 'is not the product of p and q')
  }
  return { type: 'private', jwk: { ...members, ...privateMembers } }
}

function ecMaterial(jwk: JsonObject, curve: EcCurve, coordinateLength: number): KeyMaterial {
  const x = readBytes(jwk, 'x', coordinateLength)
  const y = readBytes(jwk, 'y', coordinateLength)
  if (!isEcPoint(curve, x, y)) throw keyError('', `the point is not on the curve ${curve}`)
  const members = { kty: 'EC', crv: curve, x: encodeBase64url(x), y: encodeBase64url(y) }
  if (jwk['d'] === undefined) return { type: 'public', jwk: members }
  const d = encodeBase64url(readBytes(jwk, 'd', coordinateLength))
  return { type: 'private', jwk: { ...members, d } }
}

function ed25519Material(jwk: JsonObject): KeyMaterial {
  const x = readBytes(jwk, 'x', 32)
  if (!isEd25519Point(x)) throw keyError('x', 'is not a point of Ed25519, or one of small order')
  const members = { kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(x) }
  if (jwk['d'] === undefined) return { type: 'public', jwk: members }
  return { type: 'private', jwk: { ...members, d: encodeBase64url(readBytes(jwk, 'd', 32)) } }
}

function readBytes(jwk: JsonObject, name: string, length?: number): Uint8Array {
  const text = jwk[name]
  if (typeof text !== 'string') throw keyError(name, 'is missing or not a string')
  const bytes = decodeBase64url(text)
  if (bytes === undefined || bytes.length === 0) throw keyError(name, 'is not base64url without padding')
  if (length !== undefined && bytes.length !== length) throw keyError(name, `must have ${length} bytes`)
  return bytes
}

/** Base64urlUInt without leading zeros (RFC 7518 section 2). */
function toText(integer: bigint): string {
  const hex = integer.toString(16)
  const padded = hex.length % 2 === 0 ? hex : `0${hex}`
  const bytes = Uint8Array.from(padded.match(/../g) ?? [], pair => Number.parseInt(pair, 16))
  return encodeBase64url(bytes)
}
