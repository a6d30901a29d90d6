import { backend as defaultBackend } from '#crypto'
import type { CryptoBackend, KeyMaterial } from '../crypto/backend.js'
import type { JsonObject } from '../json.js'
import { ownMembers } from '../own-members.js'
import { type Algorithm, isAlgorithm } from './algorithms.js'
import { MAX_KID_LENGTH } from './header.js'
import type { Jwk } from './jwk.js'
import { type KeyUses, keyError, toKeyMaterial, toSecretMaterial, usesOf } from './key-material.js'
import { parsePem } from './pem.js'
import type { ImportedKey, ImportedSigningKey, SigningKey, VerificationKey } from './types.js'

/** How a key is to be used. */
export interface ImportKeyOptions {
  /** The one algorithm of this key. Required unless the JWK names it in `alg`; both must agree. */
  readonly algorithm?: Algorithm
  /** The id that goes into headers and finds the key in a set, 1 to 256 characters; replaces that of the JWK. */
  readonly kid?: string
}

/** What a key can be made of: a JWK, PEM text, or the bytes of an HMAC secret. */
export type KeyInput = Jwk | JsonObject | string | Uint8Array

const PROBE = 'authcore.probe'

/**
 * Imports a key and binds it to one algorithm. Verified: type, curve, point, size and declarations fit the
 * algorithm; a private key signs what its public part verifies; secrets are long enough, not published, not
 * guessable, and not the text of another key. Not verified: where the key comes from, certificates, primality of
 * RSA factors, and whether an Ed25519 point has a part of small order (points of small order alone are refused);
 * runtimes differ in how they treat signatures under such mixed points, which only the owner of the key can make.
 *
 * @param key a JWK, PEM text (`PUBLIC KEY`, `PRIVATE KEY`, `RSA PUBLIC KEY`, `RSA PRIVATE KEY`, `EC PRIVATE KEY`,
 *   `CERTIFICATE`), or bytes for HMAC. A string is never a secret.
 * @returns a frozen key that inherits nothing: from a secret or private key one that signs and verifies, from a public key one that
 *   verifies; the key material is out of reach
 * @throws ConfigError `key_invalid` with every problem found
 * @see RFC 7517, RFC 7518 sections 3 and 6, RFC 8037, RFC 8725 sections 3.2 to 3.5
 * @example
 * ```ts
 * import { importKey } from '@authcore/core/jwt'
 *
 * const publicKey = await importKey(process.env.PUBLIC_KEY_PEM ?? '', { algorithm: 'ES256' })
 * const secretKey = await importKey(crypto.getRandomValues(new Uint8Array(32)), { algorithm: 'HS256' })
 * ```
 */
export function importKey(key: KeyInput, options: ImportKeyOptions = {}): Promise<ImportedKey> {
  return importKeyWith(defaultBackend, key, options)
}

/** Imports a key that must be able to sign; the same rules as `importKey`. */
export async function importSigningKey(
  key: KeyInput,
  options: ImportKeyOptions = {},
): Promise<ImportedSigningKey> {
  const imported = await importKey(key, options)
  if (imported.type === 'public' || !('sign' in imported)) throw keyError('', 'a public key cannot sign')
  return imported
}

/** `importKey` with a given backend. */
export async function importKeyWith(
  backend: CryptoBackend,
  key: KeyInput,
  givenOptions: ImportKeyOptions = {},
): Promise<ImportedKey> {
  const options = ownMembers(givenOptions)
  if (typeof key === 'string') {
    const algorithm = readAlgorithm(options.algorithm)
    const material = toKeyMaterial(await parsePem(key, algorithm), algorithm)
    return bindKey(backend, material, { algorithm, kid: readKid(options.kid) })
  }
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

async function bindKey(
  backend: CryptoBackend,
  material: KeyMaterial,
  { algorithm, kid }: { readonly algorithm: Algorithm; readonly kid: string | undefined },
  uses: KeyUses = { sign: true, verify: true },
): Promise<ImportedKey> {
  const { verify } = await createVerificationKey(backend, material, algorithm, kid)
  const named = { algorithm, ...(kid !== undefined && { kid }) }
  if (material.type === 'public' || !uses.sign) {
    if (!uses.verify) throw keyError('key_ops', 'must hold verify for a public key')
    return Object.freeze(ownMembers({ ...named, type: 'public' as const, verify }))
  }
  const sign = await createProvenSign(backend, material, { algorithm, kid, verify })
  return Object.freeze(ownMembers({ ...named, type: material.type, verify, sign }))
}

async function createVerificationKey(
  backend: CryptoBackend,
  material: KeyMaterial,
  algorithm: Algorithm,
  kid: string | undefined,
): Promise<VerificationKey> {
  try {
    return await backend.createVerificationKey(material, algorithm, kid)
  } catch {
    // the runtime's own message could quote the key
    throw keyError('', `the runtime cannot use this key with ${algorithm}`)
  }
}

/** A private key with another public part makes signatures that nobody accepts, and may give itself away. */
async function createProvenSign(
  backend: CryptoBackend,
  material: KeyMaterial,
  {
    algorithm,
    kid,
    verify,
  }: Pick<VerificationKey, 'algorithm' | 'verify'> & { readonly kid: string | undefined },
): Promise<SigningKey['sign']> {
  try {
    const { sign } = await backend.createSigningKey(material, algorithm, kid)
    if (await verify(PROBE, await sign(PROBE))) return sign
  } catch {
    // the runtime's own message could quote the key
  }
  throw keyError('', 'the key makes no signatures that its public part verifies')
}

function readAlgorithm(value: unknown): Algorithm {
  if (isAlgorithm(value)) return value
  if (value === undefined)
    throw keyError('algorithm', 'is required: a key without an algorithm fits too much')
  throw keyError('algorithm', 'is not one of the signature algorithms that are supported')
}

function readKid(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && value !== '' && value.length <= MAX_KID_LENGTH) return value
  throw keyError('kid', `must be 1 to ${MAX_KID_LENGTH} characters`)
}
