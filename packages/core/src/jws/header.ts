import { InvalidTokenError } from '../errors.js'
import { ownMembers } from '../own-members.js'
import { isAlgorithm } from './algorithms.js'
import { decodePart } from './compact.js'
import { parseStrictJsonObject } from './strict-json.js'
import type { JwsHeader } from './types.js'

/** A `kid` longer than this is refused, so that it can be a key of maps and logs. */
export const MAX_KID_LENGTH = 256

/**
 * Header parameters that change what is verified or bring a key of the token's own choice. A verifier that does
 * not act on them must not pass over them (RFC 7515 section 4.1.11, RFC 7797, RFC 8725 section 3.10).
 */
export const REFUSED_HEADERS = ['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c', 'zip', 'enc'] as const

/**
 * Parses the protected header. Nothing has been verified; the header is what the token says of itself, and nothing
 * else: it inherits nothing.
 * @throws InvalidTokenError `token_malformed`, `token_header_unsupported`, `token_algorithm_not_allowed`
 */
export function parseJwsHeader(text: string): JwsHeader {
  return parseHeader(text, REFUSED_HEADERS)
}

/**
 * The same for the one use in which a token brings its own key: a proof that its sender holds that key, which then
 * has to be the key of something else (RFC 9449 section 4.2). `jwk` is let pass, unchecked; nothing else is.
 * @throws InvalidTokenError as `parseJwsHeader`
 */
export function parseEmbeddedKeyHeader(text: string): JwsHeader {
  return parseHeader(text, REFUSED_BESIDE_JWK)
}

const REFUSED_BESIDE_JWK = /* @__PURE__ */ REFUSED_HEADERS.filter(name => name !== 'jwk')

function parseHeader(text: string, refused: readonly string[]): JwsHeader {
  const parsed = parseStrictJsonObject(decodePart(text))
  if (parsed === undefined) throw new InvalidTokenError('token_malformed')
  // RFC 7515 section 4.1.1: `alg` must be in the header, not in Object.prototype
  const header = ownMembers(parsed)
  if (refused.some(name => Object.hasOwn(header, name))) {
    throw new InvalidTokenError('token_header_unsupported')
  }
  const { alg, kid, typ } = header
  if (typeof alg !== 'string' || !isOptionalText(typ) || !isOptionalText(kid)) {
    throw new InvalidTokenError('token_malformed')
  }
  if (kid !== undefined && kid.length > MAX_KID_LENGTH) throw new InvalidTokenError('token_malformed')
  if (!isAlgorithm(alg)) throw new InvalidTokenError('token_algorithm_not_allowed')
  // alg, typ and kid have been checked, which the type of JSON cannot say
  return Object.freeze(header) as JwsHeader
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string'
}
