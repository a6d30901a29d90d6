import type { JsonObject } from '../json.js'
import type { Algorithm } from './algorithms.js'
import { copyJwk, importParsedKey } from './import-parsed-key.js'
import { algorithmsOf } from './key-material.js'
import type { JwsHeader, KeySource, VerificationKey } from './types.js'

export type { Jwk, JwkSet } from './jwk.js'

interface SetMember {
  readonly jwk: JsonObject
  readonly imports: Map<Algorithm, Promise<VerificationKey | undefined>>
}

/** How a set is read. */
export interface CreateJwkSetSourceOptions {
  /** Refuses secrets and private keys: what was fetched from a public place must not hold them. */
  readonly publicOnly?: boolean
}

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const

/**
 * Makes a key source of the keys of a JWK set. Keys that cannot be used (unknown types, encryption keys, weak or
 * damaged keys) are passed over, as RFC 7517 section 5 has it; each key is imported once, when first asked for.
 * @param keys the member `keys` of the set, checked to be an array
 */
export function createJwkSetSource(
  keys: readonly unknown[],
  { publicOnly = false }: CreateJwkSetSourceOptions = {},
): KeySource {
  const members = keys.flatMap(toMembers).filter(({ jwk }) => !publicOnly || isPublic(jwk))

  return Object.freeze({
    async findKey({ alg, kid }: JwsHeader): Promise<VerificationKey | undefined> {
      const named = members.filter(({ jwk }) => kid === undefined || jwk['kid'] === kid)
      const found = (await Promise.all(named.map(member => importMember(member, alg)))).filter(isKey)
      // two keys that fit leave open which one is meant
      return found.length === 1 ? found[0] : undefined
    },
  })
}

function toMembers(value: unknown): readonly SetMember[] {
  try {
    return [{ jwk: copyJwk(value), imports: new Map() }]
  } catch {
    return []
  }
}

function isPublic(jwk: JsonObject): boolean {
  return jwk['kty'] !== 'oct' && PRIVATE_MEMBERS.every(name => !Object.hasOwn(jwk, name))
}

function importMember(
  { jwk, imports }: SetMember,
  algorithm: Algorithm,
): Promise<VerificationKey | undefined> {
  if (!algorithmsOf(jwk).includes(algorithm)) return Promise.resolve(undefined)
  const known = imports.get(algorithm)
  if (known !== undefined) return known
  const imported = importParsedKey(jwk, { algorithm }).catch(() => undefined)
  imports.set(algorithm, imported)
  return imported
}

function isKey(key: VerificationKey | undefined): key is VerificationKey {
  return key !== undefined
}
