import { AuthError, ConfigError, InvalidTokenError, StoreError } from '../errors.js'
import type { JsonObject } from '../json.js'
import { type Algorithm, isAlgorithm, profileOf } from './algorithms.js'
import { copyJwk, importParsedKey } from './import-parsed-key.js'
import type { Jwk, JwkSet } from './jwk.js'
import { createJwkSetSource } from './jwk-set.js'
import { algorithmsOf, keyError } from './key-material.js'
import type { JwsHeader, KeySource, VerificationKey } from './types.js'

/**
 * Whose signature is accepted: an imported key, a JWK, secret bytes, a JWK set, a remote JWK set, or a function that
 * finds one of these for a header. JWKs and sets are imported once per object; changing them later has no effect.
 */
export type VerificationKeyInput = StaticKeyInput | FindKeyFunction

/** Finds the key for a header that has been parsed but not verified; `undefined` when there is none. */
export type FindKeyFunction = (
  header: JwsHeader,
) => StaticKeyInput | undefined | Promise<StaticKeyInput | undefined>

/** Every kind of key input but a function. */
export type StaticKeyInput = VerificationKey | Jwk | JwkSet | JsonObject | Uint8Array | KeySource

type KeysByAlgorithm = ReadonlyMap<Algorithm, VerificationKey>

// Keyed by the caller's own object, so that memory ends with it: importing costs more than verifying.
const importedJwks = new WeakMap<object, Map<string, Promise<KeysByAlgorithm>>>()
const jwkSetSources = new WeakMap<object, KeySource>()

/**
 * Makes a key source of whatever a caller passes as the key.
 * @param algorithms the algorithms that the caller accepts; a key that fits several is bound to that of the header
 * @throws ConfigError `key_invalid` for a value that is no key, or a key that cannot be used
 */
export async function toKeySource(key: unknown, algorithms: readonly Algorithm[]): Promise<KeySource> {
  if (isFindKeyFunction(key)) return createFunctionSource(key, algorithms)
  if (isVerificationKey(key)) return { findKey: () => key }
  if (isKeySource(key)) return { findKey: header => key.findKey(header) }
  if (key instanceof Uint8Array) return createKeysSource(await importSecret(key, algorithms))
  if (isJwkSet(key)) return findJwkSetSource(key, key.keys)
  return createKeysSource(await importJwk(key, algorithms))
}

/** Says whether a value is a key that is ready to verify; text from outside cannot be one, it holds no functions. */
export function isVerificationKey(value: unknown): value is VerificationKey {
  return hasFunction(value, 'verify') && 'algorithm' in value && isAlgorithm(value.algorithm)
}

function isFindKeyFunction(value: unknown): value is (header: JwsHeader) => unknown {
  return typeof value === 'function'
}

function isJwkSet(value: unknown): value is { readonly keys: unknown } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'keys')
}

function isKeySource(value: unknown): value is KeySource {
  return hasFunction(value, 'findKey')
}

function hasFunction<Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    name in value &&
    // the line above makes it readable
    typeof (value as Record<Name, unknown>)[name] === 'function'
  )
}

/** The token chooses what the function returns, so a useless result refuses the token and is no server error. */
function createFunctionSource(
  find: (header: JwsHeader) => unknown,
  algorithms: readonly Algorithm[],
): KeySource {
  return {
    async findKey(header) {
      const key = await callFunction(find, header)
      if (key === undefined || key === null) return undefined
      try {
        if (typeof key === 'function') throw keyError('', 'a function that returns a function is no key')
        const source = await toKeySource(key, algorithms)
        return await source.findKey(header)
      } catch (cause) {
        if (cause instanceof ConfigError) throw new InvalidTokenError('token_key_unknown', { cause })
        throw cause
      }
    },
  }
}

async function callFunction(find: (header: JwsHeader) => unknown, header: JwsHeader): Promise<unknown> {
  try {
    return await find(header)
  } catch (cause) {
    // a database that is away is no verdict on the token
    throw cause instanceof AuthError ? cause : new StoreError('jwk_set_unavailable', { cause })
  }
}

function createKeysSource(keys: KeysByAlgorithm): KeySource {
  return {
    findKey({ alg }) {
      const key = keys.get(alg)
      // one key was given, so its algorithm is the only question
      if (key === undefined) throw new InvalidTokenError('token_algorithm_not_allowed')
      return key
    },
  }
}

function findJwkSetSource(set: object, keys: unknown): KeySource {
  const known = jwkSetSources.get(set)
  if (known !== undefined) return known
  if (!Array.isArray(keys)) throw keyError('keys', 'must be an array of JWKs')
  const source = createJwkSetSource(keys)
  jwkSetSources.set(set, source)
  return source
}

function importJwk(key: unknown, algorithms: readonly Algorithm[]): Promise<KeysByAlgorithm> {
  if (typeof key === 'string') throw keyError('', 'text is no key here; import PEM text with importKey first')
  const jwk = copyJwk(key)
  // copyJwk has made sure of an object
  const imports = importsOf(key as object)
  const candidates = algorithmsOf(jwk).filter(algorithm => algorithms.includes(algorithm))
  const name = candidates.join(' ')
  const known = imports.get(name)
  if (known !== undefined) return known
  const imported = importForEach(jwk, candidates)
  imports.set(name, imported)
  imported.catch(() => imports.delete(name))
  return imported
}

function importsOf(key: object): Map<string, Promise<KeysByAlgorithm>> {
  const known = importedJwks.get(key)
  if (known !== undefined) return known
  const imports = new Map<string, Promise<KeysByAlgorithm>>()
  importedJwks.set(key, imports)
  return imports
}

/** Bytes are imported each time: a caller may reuse the memory, and there is no telling. */
function importSecret(bytes: Uint8Array, algorithms: readonly Algorithm[]): Promise<KeysByAlgorithm> {
  return importForEach(
    bytes,
    algorithms.filter(algorithm => profileOf(algorithm).scheme === 'hmac'),
  )
}

/** Binds one key to every algorithm that it is good for; refuses it when there are candidates and none works. */
async function importForEach(
  key: JsonObject | Uint8Array,
  candidates: readonly Algorithm[],
): Promise<KeysByAlgorithm> {
  const imports = await Promise.allSettled(candidates.map(algorithm => importParsedKey(key, { algorithm })))
  const keys = imports.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  const failure = imports.find(result => result.status === 'rejected')
  if (keys.length === 0 && failure !== undefined) throw failure.reason
  return new Map(keys.map(imported => [imported.algorithm, imported]))
}
