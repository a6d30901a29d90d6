import { backend } from '#crypto'
import { ConfigError } from '../errors.js'
import type { JsonObject } from '../json.js'
import { encodeBase64url } from './base64url.js'
import type { Jwk } from './jwk.js'

/** The members that make a key, in lexicographic order (RFC 7638 section 3.2, RFC 8037 section 2). */
const REQUIRED_MEMBERS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['EC', ['crv', 'kty', 'x', 'y']],
  ['OKP', ['crv', 'kty', 'x']],
  ['RSA', ['e', 'kty', 'n']],
  ['oct', ['k', 'kty']],
])

/**
 * Computes the SHA-256 thumbprint of a JWK (RFC 7638), base64url. The key is not checked otherwise.
 * @throws ConfigError `key_invalid` for unknown types and missing members
 */
export function createThumbprint(jwk: Jwk | JsonObject): string {
  // read by name below; both types are plain objects
  const members: Readonly<Record<string, unknown>> = { ...jwk }
  const entries = REQUIRED_MEMBERS.get(members['kty'])?.map(name => [name, members[name]] as const)
  if (entries === undefined || !entries.every(([, value]) => typeof value === 'string')) {
    throw new ConfigError('key_invalid', [{ path: '', message: 'is no JWK of a known type' }])
  }
  return encodeBase64url(backend.sha256(JSON.stringify(Object.fromEntries(entries))))
}
