import { InvalidRequestError } from '../errors.js'
import type { JsonObject } from '../json.js'
import { type Algorithm, isAlgorithm } from '../jws/algorithms.js'
import { REFUSED_HEADERS } from '../jws/header.js'
import { importSigningKey } from '../jws/import-key.js'
import type { Jwk } from '../jws/jwk.js'
import { keyError } from '../jws/key-material.js'
import { createJwsSigner } from '../jws/sign.js'
import { parseStrictJsonObject } from '../jws/strict-json.js'
import type { ImportedKey, SigningKey } from '../jws/types.js'
import { validateJwtClaimTypes } from './claims.js'
import { toStrictJsonText } from './strict-json-text.js'
import { optionError, readMaxLength, toUnknownOptions, type UnknownOptions } from './verify-options.js'

/** How `signJwt` writes the header. */
export interface SignJwtOptions {
  /** The media type of the whole token; `JWT` when left out. */
  readonly typ?: string
  /** Further header members; `alg` and `kid` come from the key, `typ` from the option above. */
  readonly header?: JsonObject
  /** The algorithm of a JWK that has no `alg`; must agree with the key otherwise. */
  readonly algorithm?: Algorithm
  /** The longest token to make, in characters; 16384 when left out, which is what verifiers accept. */
  readonly maxLength?: number
}

/** Who signs: an imported secret or private key, another `SigningKey`, or a JWK, which is imported each time. */
export type SigningKeyInput = ImportedKey | SigningKey | Jwk | JsonObject

const RESERVED_HEADERS: readonly string[] = ['alg', 'kid', 'typ', ...REFUSED_HEADERS]

/**
 * Signs claims as a JWT in compact serialization (RFC 7519 section 7.1). The algorithm and the `kid` are those of
 * the key. Adds no claims: without `exp`, verifiers here refuse the token unless they are told otherwise.
 *
 * @param payload a plain object of JSON values; `undefined` members are left out
 * @throws InvalidRequestError `claims_invalid` for a payload that would not verify or not survive JSON
 * @throws ConfigError `key_invalid` for a key that cannot sign, `config_invalid` for options that are refused
 * @example
 * ```ts
 * import { importKey, signJwt } from '@authcore/core/jwt'
 *
 * const key = await importKey(process.env.PRIVATE_KEY_PEM ?? '', { algorithm: 'ES256', kid: 'key-1' })
 * const exp = Math.floor(Date.now() / 1000) + 900
 * const token = await signJwt({ iss: 'https://issuer.example.com', sub: 'user-1', exp }, key)
 * ```
 */
export async function signJwt(
  payload: Readonly<Record<string, unknown>>,
  key: SigningKeyInput,
  options: SignJwtOptions = {},
): Promise<string> {
  const given = toUnknownOptions(options)
  const { typ = 'JWT' } = given
  if (typeof typ !== 'string' || typ === '') throw optionError('typ', 'must be a media type, such as JWT')
  const maxLength = readMaxLength(given['maxLength'])
  const members = readHeaderMembers(given['header'])
  const text = toStrictJsonText(payload)
  validatePayload(text)
  const token = await createJwsSigner(await toSigningKey(key, given), { typ, members })(text)
  if (token.length > maxLength)
    throw new InvalidRequestError('claims_invalid', { detail: 'The token is too long.' })
  return token
}

function readHeaderMembers(header: unknown): JsonObject {
  if (header === undefined) return {}
  const reserved = RESERVED_HEADERS.filter(name => Object.hasOwn(toUnknownOptions(header), name))
  if (reserved.length > 0) throw optionError('header', `must not hold ${reserved.join(', ')}`)
  const members = parseStrictJsonObject(new TextEncoder().encode(toStrictJsonText(header)))
  if (members === undefined) throw optionError('header', 'must be a plain object of JSON values')
  return members
}

/** What is signed is parsed as a verifier would, so that no token leaves here that is refused for its form. */
function validatePayload(text: string): void {
  const claims = parseStrictJsonObject(new TextEncoder().encode(text))
  if (claims === undefined) throw new InvalidRequestError('claims_invalid')
  try {
    validateJwtClaimTypes(claims)
  } catch {
    throw new InvalidRequestError('claims_invalid', {
      detail:
        'iss, sub and jti must be text, aud text or an array of texts, exp, nbf and iat seconds since 1970.',
    })
  }
}

async function toSigningKey(key: unknown, { algorithm }: UnknownOptions): Promise<SigningKey> {
  if (algorithm !== undefined && !isAlgorithm(algorithm)) {
    throw optionError('algorithm', 'is not one of the signature algorithms that are supported')
  }
  if (isSigningKey(key)) {
    if (algorithm === undefined || algorithm === key.algorithm) return key
    throw keyError('algorithm', `the key signs with ${key.algorithm}`)
  }
  if (typeof key !== 'object' || key === null || !Object.hasOwn(key, 'kty')) {
    throw keyError('', 'cannot sign: expected a JWK, or a secret or private key from importKey')
  }
  // importKey checks every member before use
  return importSigningKey(key as JsonObject, algorithm === undefined ? {} : { algorithm })
}

function isSigningKey(value: unknown): value is SigningKey {
  // not by own members: a key that asks a remote service may be an instance of a class
  if (typeof value !== 'object' || value === null || !('sign' in value && 'algorithm' in value)) return false
  return typeof value.sign === 'function' && isAlgorithm(value.algorithm)
}
