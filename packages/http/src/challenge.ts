/** The parameters of a challenge (RFC 6750 section 3, RFC 9470 section 3, RFC 9449 section 7.1). */
export interface TokenChallenge {
  readonly error?: string
  readonly errorDescription?: string
  readonly scope?: readonly string[]
  readonly maxAgeSeconds?: number
  /** Where the metadata of the protected resource is (RFC 9728 section 5.1). */
  readonly resourceMetadata?: string
}

/** A challenge must carry a parameter even when there is nothing to tell (RFC 6750 section 3). */
const REALM = 'api'

const MAX_VALUE_LENGTH = 1024

/**
 * Writes a challenge. Whatever the values hold, the result is one header field.
 * @returns such as `Bearer realm="api", error="invalid_token"`
 */
export function toBearerChallenge(challenge: TokenChallenge): string {
  return writeChallenge('Bearer', { realm: REALM, ...toParameters(challenge) })
}

/**
 * Writes the challenge of the scheme `DPoP` (RFC 9449 section 7.1).
 * @param algorithms for proofs; not said where they are not known
 */
export function toDpopChallenge(challenge: TokenChallenge, algorithms: readonly string[]): string {
  const algs = algorithms.length > 0 ? algorithms.join(' ') : undefined
  return writeChallenge('DPoP', { ...toParameters(challenge), algs })
}

type Parameters = Readonly<Record<string, string | undefined>>

function toParameters(challenge: TokenChallenge): Parameters {
  const { error, errorDescription, scope, maxAgeSeconds, resourceMetadata } = challenge
  return {
    error,
    error_description: errorDescription,
    scope: scope?.join(' '),
    max_age: maxAgeSeconds?.toString(),
    resource_metadata: resourceMetadata,
  }
}

function writeChallenge(scheme: string, parameters: Parameters): string {
  const written = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${toQuotedText(value)}"`],
  )
  return `${scheme} ${written.join(', ')}`
}

/** Asks a client to authenticate (RFC 6749 section 5.2, RFC 7617). */
export const BASIC_CHALLENGE: string = `Basic realm="${REALM}", charset="UTF-8"`

/**
 * Leaves only what RFC 6750 section 3 and RFC 6749 section 5.2 allow in `error_description`: visible ASCII and
 * spaces without quotes and backslashes, so that a value can end neither its quotes nor its line.
 */
export function toQuotedText(value: string): string {
  return value
    .slice(0, MAX_VALUE_LENGTH)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/["\\]/g, "'")
}
