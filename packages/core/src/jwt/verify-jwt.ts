import { InvalidTokenError } from '../errors.js'
import type { JsonObject } from '../json.js'
import { toKeySource, type VerificationKeyInput } from '../jws/key-source.js'
import type { JwsHeader } from '../jws/types.js'
import { createJwsVerifier } from '../jws/verify.js'
import type { Clock } from '../ports/clock.js'
import { systemClock } from '../ports/defaults.js'
import { type ValidateJwtClaimsOptions, validateJwtClaims } from './claims.js'
import { isSameMediaType } from './media-type.js'
import type { VerifyJwsOptions } from './verify-jws.js'
import { optionError, parseVerifyOptions, toUnknownOptions, type UnknownOptions } from './verify-options.js'

/** How `verifyJwt` decides. */
export interface VerifyJwtOptions extends VerifyJwsOptions {
  /** The accepted issuer, or several. `null` says on purpose that `iss` is not checked. */
  readonly issuer: string | readonly string[] | null
  /** Who we are: `aud` must hold one of these. `null` says on purpose that `aud` is not checked. */
  readonly audience: string | readonly string[] | null
  /** Tells the time in epoch milliseconds; the clock of the runtime when left out. */
  readonly clock?: Clock
  /** How far the clocks of issuer and verifier may differ, 0 to 3600; 0 when left out. */
  readonly clockToleranceSeconds?: number
  /** The type that the header must name, such as `at+jwt`; any type, or none, when left out (RFC 8725 section 3.11). */
  readonly typ?: string
  /** `false` accepts tokens without `exp`, which never end; `true` when left out. */
  readonly requireExpiration?: boolean
}

/** A JWT of which the form, the algorithm, the signature and the registered claims have been verified. */
export interface VerifyJwtResult {
  readonly header: JwsHeader
  /** Deep-frozen; claims beyond the registered ones are as the issuer wrote them. */
  readonly payload: JsonObject
}

interface ParsedVerifyJwtOptions extends ValidateJwtClaimsOptions {
  readonly clock: Clock
  readonly typ: string | undefined
}

const MAX_CLOCK_TOLERANCE_SECONDS = 3600

/**
 * Verifies a signed JWT (RFC 7519 section 7.2, RFC 8725). Verified, in this order: strict form, algorithm,
 * signature, payload as strict JSON, `typ` when asked for, types of the registered claims, `iss`, `aud`, `exp`,
 * `nbf`, `iat` (not in the future). Not verified: whether the token has been revoked, and claims of your own.
 *
 * @param token anything; what is no string is refused like any malformed token
 * @param key see {@link VerificationKeyInput}; from a set the key is chosen by `kid` and algorithm, and a token
 *   without `kid` is accepted only when exactly one key fits
 * @throws InvalidTokenError `token_malformed`, `token_too_long`, `token_header_unsupported`,
 *   `token_algorithm_not_allowed`, `token_key_unknown`, `token_signature_invalid`, `token_type_invalid`,
 *   `token_claim_missing`, `token_claim_invalid`, `token_issuer_mismatch`, `token_audience_mismatch`,
 *   `token_expired`, `token_not_yet_valid`
 * @throws ConfigError `config_invalid` or `key_invalid` for options or a key that cannot be used
 * @throws StoreError `jwk_set_unavailable` when keys cannot be fetched
 * @example
 * ```ts
 * import { importKey, verifyJwt } from '@authcore/core/jwt'
 *
 * const key = await importKey(process.env.PUBLIC_KEY_PEM ?? '', { algorithm: 'ES256' })
 * const { payload } = await verifyJwt('eyJhbGciOiJFUzI1NiIs...', key, {
 *   issuer: 'https://issuer.example.com',
 *   audience: 'https://api.example.com',
 *   algorithms: ['ES256'],
 * })
 * ```
 */
export async function verifyJwt(
  token: unknown,
  key: VerificationKeyInput,
  options: VerifyJwtOptions,
): Promise<VerifyJwtResult> {
  const given = toUnknownOptions(options)
  const { algorithms, maxLength } = parseVerifyOptions(given)
  const expected = parseVerifyJwtOptions(given)
  const { findKey } = await toKeySource(key, algorithms)
  const { header, payload } = await createJwsVerifier({ algorithms, maxLength, findKey })(token)
  validateType(header, expected.typ)
  validateJwtClaims(payload, expected, expected.clock())
  return Object.freeze({ header: Object.freeze({ ...header }), payload })
}

function validateType({ typ }: JwsHeader, expected: string | undefined): void {
  if (expected === undefined) return
  if (typ === undefined || !isSameMediaType(typ, expected)) throw new InvalidTokenError('token_type_invalid')
}

function parseVerifyJwtOptions(options: UnknownOptions): ParsedVerifyJwtOptions {
  const { issuer, audience, clock, clockToleranceSeconds, typ, requireExpiration } = options
  return {
    issuer: readNames(issuer, 'issuer'),
    audience: readNames(audience, 'audience'),
    clock: readClock(clock),
    clockToleranceSeconds: readTolerance(clockToleranceSeconds),
    typ: readType(typ),
    requireExpiration: readRequireExpiration(requireExpiration),
  }
}

/** A check that is left out by mistake must not pass for one that is left out on purpose. */
function readNames(value: unknown, path: string): readonly string[] | null {
  if (value === null) return null
  const names = typeof value === 'string' ? [value] : value
  if (Array.isArray(names) && names.length > 0 && names.every(isName)) return names
  throw optionError(
    path,
    'is required: text, an array of texts, or null to leave the claim unchecked on purpose',
  )
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function readClock(value: unknown): Clock {
  if (value === undefined) return systemClock
  if (typeof value !== 'function')
    throw optionError('clock', 'must be a function that returns epoch milliseconds')
  return () => {
    const now: unknown = value()
    // with NaN every comparison below would pass
    if (typeof now === 'number' && Number.isFinite(now)) return now
    throw optionError('clock', 'must return epoch milliseconds')
  }
}

function readTolerance(value: unknown): number {
  if (value === undefined) return 0
  if (typeof value === 'number' && value >= 0 && value <= MAX_CLOCK_TOLERANCE_SECONDS) return value
  throw optionError('clockToleranceSeconds', `must be a number from 0 to ${MAX_CLOCK_TOLERANCE_SECONDS}`)
}

function readType(value: unknown): string | undefined {
  if (value === undefined || isName(value)) return value
  throw optionError('typ', 'must be a media type, such as at+jwt')
}

function readRequireExpiration(value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? true
  throw optionError('requireExpiration', 'must be true or false')
}
