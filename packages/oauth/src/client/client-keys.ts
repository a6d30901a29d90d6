import { type Algorithm, ConfigError, InvalidRequestError, type Jwk, type JwkSet } from '@authcore/core'
import { importKey } from '@authcore/core/jwt'

/** What a client may sign its assertions with: never what the server could sign as well. */
export const ASSERTION_ALGORITHMS: readonly Algorithm[] = Object.freeze([
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
  'RS256',
  'RS384',
  'RS512',
])

/** What is accepted where the keys are not known beforehand. */
export const REMOTE_ALGORITHMS: readonly Algorithm[] = Object.freeze([
  'ES256',
  'PS256',
  'EdDSA',
  'Ed25519',
  'RS256',
])

const MAX_KEYS = 16
const MAX_SET_CHARACTERS = 16_384
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const

/** The keys of a client, and what they are good for. */
export interface ClientKeys {
  readonly jwks: JwkSet
  readonly algorithms: readonly Algorithm[]
}

/** True for an algorithm of assertions. */
export function isAssertionAlgorithm(value: unknown): value is Algorithm {
  return ASSERTION_ALGORITHMS.some(algorithm => algorithm === value)
}

/**
 * Checks the public keys of a client: each must be one that some algorithm can be verified with.
 * @throws InvalidRequestError `argument_invalid`; never quotes a key
 */
export async function validateClientKeys(jwks: unknown): Promise<ClientKeys> {
  const copy = copySet(jwks)
  const algorithms = await Promise.all(copy.keys.map(findAlgorithms))
  if (algorithms.some(found => found.length === 0)) throw refuse()
  return Object.freeze({ jwks: copy, algorithms: Object.freeze([...new Set(algorithms.flat())]) })
}

function copySet(jwks: unknown): JwkSet {
  const keys: unknown = Object.hasOwn(Object(jwks), 'keys') ? Reflect.get(Object(jwks), 'keys') : undefined
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS || !keys.every(isPublicJwk)) {
    throw refuse()
  }
  const text = JSON.stringify({ keys })
  if (text.length > MAX_SET_CHARACTERS) throw refuse()
  return Object.freeze(JSON.parse(text))
}

/** A private key in the hands of the server would be one leak away from everybody. */
function isPublicJwk(key: unknown): key is Jwk {
  if (typeof key !== 'object' || key === null || Array.isArray(key)) return false
  const { kty } = Object.fromEntries(Object.entries(key))
  return typeof kty === 'string' && kty !== 'oct' && PRIVATE_MEMBERS.every(name => !Object.hasOwn(key, name))
}

/** The key decides (RFC 8725 section 3.1): what it can be imported for is what is accepted. */
async function findAlgorithms(key: Jwk): Promise<readonly Algorithm[]> {
  const attempts = await Promise.all(
    ASSERTION_ALGORITHMS.map(async algorithm => {
      try {
        await importKey(key, { algorithm })
        return [algorithm]
      } catch (error) {
        if (error instanceof ConfigError) return []
        throw error
      }
    }),
  )
  return attempts.flat()
}

function refuse(): InvalidRequestError {
  return new InvalidRequestError('argument_invalid', {
    detail: `jwks must be a JWK set of 1 to ${MAX_KEYS} public keys for signatures, at most 16 KiB.`,
  })
}
