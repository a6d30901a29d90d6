import { InvalidTokenError } from '../errors.js'
import type { JsonObject, JsonValue } from '../json.js'

/** What the registered claims of a JWT (RFC 7519 section 4.1) are checked against. */
export interface ValidateJwtClaimsOptions {
  /** Accepted issuers; `null` leaves `iss` unchecked. */
  readonly issuer: readonly string[] | null
  /** Accepted audiences; `null` leaves `aud` unchecked. */
  readonly audience: readonly string[] | null
  readonly clockToleranceSeconds: number
  readonly requireExpiration: boolean
}

/** The registered claims (RFC 7519 section 4.1), each of any type or absent. */
type RegisteredClaims = Readonly<
  Record<'iss' | 'sub' | 'jti' | 'aud' | 'exp' | 'nbf' | 'iat', JsonValue | undefined>
>

/** The last second that `Date` can show; numbers beyond are mistakes or tricks. */
const MAX_NUMERIC_DATE = 8.64e12

/**
 * Checks the registered claims of a payload whose signature has been verified. Claims that are present must be of
 * the right type, asked for or not.
 * @param now epoch milliseconds
 * @throws InvalidTokenError `token_claim_missing`, `token_claim_invalid`, `token_issuer_mismatch`,
 *   `token_audience_mismatch`, `token_expired`, `token_not_yet_valid`
 */
export function validateJwtClaims(claims: JsonObject, options: ValidateJwtClaimsOptions, now: number): void {
  const registered = readRegisteredClaims(claims)
  validateTypes(registered)
  validateIssuer(registered, options.issuer)
  validateAudience(registered, options.audience)
  validateTimes(registered, options, now / 1000)
}

/**
 * Checks that the registered claims that are present have the types of RFC 7519 section 4.1.
 * @throws InvalidTokenError `token_claim_invalid`
 */
export function validateJwtClaimTypes(claims: JsonObject): void {
  validateTypes(readRegisteredClaims(claims))
}

/** Own members only: what stands in a polluted Object.prototype is no claim of the token. */
function readRegisteredClaims(claims: JsonObject): RegisteredClaims {
  const read = (name: keyof RegisteredClaims) => (Object.hasOwn(claims, name) ? claims[name] : undefined)
  return {
    iss: read('iss'),
    sub: read('sub'),
    jti: read('jti'),
    aud: read('aud'),
    exp: read('exp'),
    nbf: read('nbf'),
    iat: read('iat'),
  }
}

function validateTypes({ iss, sub, jti, aud, exp, nbf, iat }: RegisteredClaims): void {
  const isGood =
    [iss, sub, jti].every(isOptionalString) &&
    [exp, nbf, iat].every(isOptionalNumericDate) &&
    (aud === undefined || toAudiences(aud) !== undefined)
  if (!isGood) throw new InvalidTokenError('token_claim_invalid')
}

function validateIssuer({ iss }: RegisteredClaims, accepted: readonly string[] | null): void {
  if (accepted === null) return
  if (iss === undefined) throw missing('iss')
  if (typeof iss !== 'string' || !accepted.includes(iss)) throw new InvalidTokenError('token_issuer_mismatch')
}

function validateAudience({ aud }: RegisteredClaims, accepted: readonly string[] | null): void {
  if (accepted === null) return
  if (aud === undefined) throw missing('aud')
  if (!toAudiences(aud)?.some(audience => accepted.includes(audience))) {
    throw new InvalidTokenError('token_audience_mismatch')
  }
}

function validateTimes(
  { exp, nbf, iat }: RegisteredClaims,
  { clockToleranceSeconds, requireExpiration }: ValidateJwtClaimsOptions,
  now: number,
): void {
  if (exp === undefined && requireExpiration) throw missing('exp')
  // RFC 7519 section 4.1.4: the token ends at this instant, not after it
  if (typeof exp === 'number' && now >= exp + clockToleranceSeconds)
    throw new InvalidTokenError('token_expired')
  for (const start of [nbf, iat]) {
    if (typeof start === 'number' && now < start - clockToleranceSeconds) {
      throw new InvalidTokenError('token_not_yet_valid')
    }
  }
}

function missing(claim: string): InvalidTokenError {
  return new InvalidTokenError('token_claim_missing', { detail: `The token lacks the claim ${claim}.` })
}

/** `aud` is one string or an array of them (RFC 7519 section 4.1.3). */
function toAudiences(aud: JsonValue): readonly string[] | undefined {
  if (typeof aud === 'string') return [aud]
  return Array.isArray(aud) && aud.every(isString) ? aud : undefined
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isOptionalString(value: JsonValue | undefined): boolean {
  return value === undefined || typeof value === 'string'
}

function isOptionalNumericDate(value: JsonValue | undefined): boolean {
  return value === undefined || (typeof value === 'number' && Math.abs(value) <= MAX_NUMERIC_DATE)
}
