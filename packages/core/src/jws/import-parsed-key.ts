import { keyBackend } from '#crypto'
import type { KeyBackend } from '../crypto/backend.js'
import type { JsonObject } from '../json.js'
import { ownMembers } from '../own-members.js'
import { type Algorithm, isAlgorithm } from './algorithms.js'
import { bindKey } from './bind-key.js'
import { MAX_KID_LENGTH } from './header.js'
import type { Jwk } from './jwk.js'
import { keyError, toKeyMaterial, toSecretMaterial, usesOf } from './key-material.js'
import type { ImportedKey } from './types.js'

/** How a key is to be used. */
export interface ImportKeyOptions {
  /** The one algorithm of this key. Required unless the JWK names it in `alg`; both must agree. */
  readonly algorithm?: Algorithm
  /** The id that goes into headers and finds the key in a set, 1 to 256 characters; replaces that of the JWK. */
  readonly kid?: string
}

/** What a key can be made of without a parser of PEM text: a JWK, or the bytes of an HMAC secret. */
export type ParsedKeyInput = Jwk | JsonObject | Uint8Array

/**
 * `importKey` for whoever has no PEM text, such as a verifier with a JWK set: its bundle holds no parser of it.
 * @throws ConfigError `key_invalid`
 */
export function importParsedKey(key: ParsedKeyInput, options: ImportKeyOptions = {}): Promise<ImportedKey> {
  return importParsedKeyWith(keyBackend, key, options)
}

/** `importParsedKey` with a given backend. */
export async function importParsedKeyWith(
  backend: KeyBackend,
  key: ParsedKeyInput,
  givenOptions: ImportKeyOptions,
): Promise<ImportedKey> {
  const options = ownMembers(givenOptions)
  if (key instanceof Uint8Array) {
    const algorithm = readAlgorithm(options.algorithm)
    return bindKey(backend, toSecretMaterial(key, algorithm), { algorithm, kid: readKid(options.kid) })
  }
  const jwk = copyJwk(key)
  const algorithm = readAlgorithm(options.algorithm ?? jwk['alg'])
  const material = toKeyMaterial(jwk, algorithm)
  return bindKey(backend, material, { algorithm, kid: readKid(options.kid ?? jwk['kid']) }, usesOf(jwk))
}

/**
 * Takes a snapshot of a JWK, so that what is checked is what is used.
 * @throws ConfigError `key_invalid` when the value is no JWK
 */
export function copyJwk(value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, 'kty')) {
    throw keyError('', 'is no key: expected a JWK, PEM text or bytes')
  }
  // members are checked one by one before use
  return ownMembers(value) as JsonObject
}

/** @throws ConfigError `key_invalid` for anything but an algorithm */
export function readAlgorithm(value: unknown): Algorithm {
  if (isAlgorithm(value)) return value
  if (value === undefined)
    throw keyError('algorithm', 'is required: a key without an algorithm fits too much')
  throw keyError('algorithm', 'is not one of the signature algorithms that are supported')
}

/** @throws ConfigError `key_invalid` for anything but a `kid` or nothing */
export function readKid(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && value !== '' && value.length <= MAX_KID_LENGTH) return value
  throw keyError('kid', `must be 1 to ${MAX_KID_LENGTH} characters`)
}
