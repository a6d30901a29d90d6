import { keyBackend } from '#crypto'
import type { KeyBackend } from '../crypto/backend.js'
import type { JsonObject } from '../json.js'
import { ownMembers } from '../own-members.js'
import { bindKey } from './bind-key.js'
import { type ImportKeyOptions, importParsedKeyWith, readAlgorithm, readKid } from './import-parsed-key.js'
import type { Jwk } from './jwk.js'
import { keyError, toKeyMaterial } from './key-material.js'
import { parsePem } from './pem.js'
import type { ImportedKey, ImportedSigningKey } from './types.js'

export type { ImportKeyOptions } from './import-parsed-key.js'

/** What a key can be made of: a JWK, PEM text, or the bytes of an HMAC secret. */
export type KeyInput = Jwk | JsonObject | string | Uint8Array

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
  return importKeyWith(keyBackend, key, options)
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
  backend: KeyBackend,
  key: KeyInput,
  givenOptions: ImportKeyOptions = {},
): Promise<ImportedKey> {
  if (typeof key !== 'string') return importParsedKeyWith(backend, key, givenOptions)
  const options = ownMembers(givenOptions)
  const algorithm = readAlgorithm(options.algorithm)
  const material = toKeyMaterial(await parsePem(key, algorithm), algorithm)
  return bindKey(backend, material, { algorithm, kid: readKid(options.kid) })
}
