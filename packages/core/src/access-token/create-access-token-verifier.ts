import { ConfigError, type ConfigProblem } from '../errors.js'
import { guardStore } from '../guarded-stores.js'
import type { JsonObject } from '../json.js'
import { ALGORITHMS, type Algorithm, isAlgorithm, profileOf } from '../jws/algorithms.js'
import { DEFAULT_MAX_TOKEN_LENGTH } from '../jws/compact.js'
import type { Jwk, JwkSet } from '../jws/jwk.js'
import { createJwkSetSource } from '../jws/jwk-set.js'
import { isVerificationKey } from '../jws/key-source.js'
import { type CreateRemoteJwkSetOptions, createRemoteJwkSet } from '../jws/remote-jwk-set.js'
import type { JwsHeader, KeySource, VerificationKey } from '../jws/types.js'
import { ownMembers } from '../own-members.js'
import type { Clock } from '../ports/clock.js'
import { systemClock } from '../ports/defaults.js'
import type { Fetch } from '../ports/fetch.js'
import type { RevocationStore } from '../ports/revocation-store.js'
import type { AccessTokenPrincipal } from '../principal.js'
import { createRevocationCheck } from '../revocation/revocation-check.js'
import { toRevocationMarks } from '../revocation/revocation-marks.js'
import type { StandardSchema } from '../standard-schema.js'
import { createAccessTokenCheck } from './access-token-check.js'
import { ACCESS_TOKEN_TYPE } from './access-token-claims.js'
import type { VerifyAccessTokenOptions } from './access-tokens.js'

/** What a resource server accepts. One of `jwks`, `jwksUri` and `keys` says whose signatures. */
export interface AccessTokenVerifierOptions<Claims = JsonObject> {
  /** Accepted values of `iss`. */
  readonly issuer: string | readonly string[]
  /** Accepted values of `aud`; one of the token's must be among them. */
  readonly audience: string | readonly string[]
  /** A key set that is at hand. Reading it again is up to you. */
  readonly jwks?: JwkSet
  /** An https URL, as text or `URL`, to fetch the key set from, when a token needs it and as rarely as `jwksOptions` says. */
  readonly jwksUri?: string | { readonly href: string }
  /** Ages, limits and pauses of that fetching. */
  readonly jwksOptions?: Omit<CreateRemoteJwkSetOptions, 'url' | 'clock' | 'fetch'>
  /** The network; that of the runtime when left out. */
  readonly fetch?: Fetch
  /** Imported keys (`importKey`) or JWKs; chosen by `kid` and algorithm. */
  readonly keys?: readonly (VerificationKey | Jwk)[]
  /** Default: every algorithm with a public key; HMAC only when it is named here. */
  readonly algorithms?: readonly Algorithm[]
  /** Accepted `typ`. Default `['at+jwt']` (RFC 9068); some issuers still write `JWT`. */
  readonly types?: readonly string[]
  /** For clocks that differ between issuer and verifier: 0 to 300, default 0. */
  readonly clockToleranceSeconds?: number
  /** Longest token that is looked at, in characters. Default 16384. */
  readonly maxLength?: number
  /** How many verified signatures are remembered; 0 switches that off. Default 1000. */
  readonly cacheSize?: number
  /** Checks private claims and types `principal.claims`. */
  readonly claims?: StandardSchema<Claims>
  /** Where the issuer records revocations. Without it a revoked token passes until it expires. */
  readonly revocations?: { readonly store: RevocationStore; readonly maxStalenessSeconds?: number }
  readonly clock?: Clock
}

/** Verifies access tokens of one issuer without being able to issue any. */
export interface AccessTokenVerifier<Claims = JsonObject> {
  /**
   * Verifies signature, claims and, where a store is given, revocation.
   * @throws InvalidTokenError for every token that is not accepted
   * @throws InsufficientScopeError `insufficient_scope`
   * @throws StoreError `jwk_set_unavailable`, `store_unavailable`
   */
  verify(
    token: string,
    options?: VerifyAccessTokenOptions,
  ): Promise<AccessTokenPrincipal<string, string, Claims>>
}

/**
 * Creates a verifier for resource servers: no stores to write, no issuing code.
 *
 * @throws ConfigError `config_invalid` with every problem of the options by path
 * @see RFC 9068 section 4
 * @example
 * ```ts
 * import { createAccessTokenVerifier } from '@authcore/core'
 *
 * const verifier = createAccessTokenVerifier({
 *   issuer: 'https://auth.example.com',
 *   audience: 'https://api.example.com',
 *   jwksUri: 'https://auth.example.com/.well-known/jwks.json',
 * })
 * const { subject, scope } = await verifier.verify('eyJhbGciOiJSUzI1NiIs...')
 * ```
 */
export function createAccessTokenVerifier<Claims = JsonObject>(
  givenOptions: AccessTokenVerifierOptions<Claims>,
): AccessTokenVerifier<Claims> {
  const options = ownMembers(Object(givenOptions)) as AccessTokenVerifierOptions<Claims>
  validateOptions(options)
  const { clock = systemClock, algorithms = PUBLIC_KEY_ALGORITHMS, types = [ACCESS_TOKEN_TYPE] } = options
  const { revocations } = options
  const revocationCheck =
    revocations &&
    createRevocationCheck({
      maxStalenessSeconds: revocations.maxStalenessSeconds ?? 0,
      // an error of the driver says nothing about the token and must not look as if it did
      store: guardStore('revocations', revocations.store, () => {}, ['find']),
      clock,
    })
  const check = createAccessTokenCheck({
    issuer: toList(options.issuer),
    audience: toList(options.audience),
    algorithms,
    types: types.map(type => type.toLowerCase().replace(/^application\//, '')),
    maxLength: options.maxLength ?? DEFAULT_MAX_TOKEN_LENGTH,
    cacheSize: options.cacheSize ?? 1000,
    clock,
    clockToleranceSeconds: options.clockToleranceSeconds ?? 0,
    claims: options.claims,
    findKey: createKeySource(options, clock).findKey,
    isRevoked: (token, kid) =>
      revocationCheck?.isRevoked({ marks: toRevocationMarks(token, kid), issuedAt: token.issuedAt }) ?? false,
  })
  // the schema of the options, where there is one, has made the claims what `Claims` says
  return Object.freeze({
    verify: (token: string, demands?: VerifyAccessTokenOptions) => check(token, demands),
  }) as AccessTokenVerifier<Claims>
}

const PUBLIC_KEY_ALGORITHMS: readonly Algorithm[] = ALGORITHMS.filter(
  algorithm => profileOf(algorithm).scheme !== 'hmac',
)

function createKeySource(
  { jwks, jwksUri, jwksOptions, fetch, keys = [] }: AccessTokenVerifierOptions<unknown>,
  clock: Clock,
): KeySource {
  if (jwksUri !== undefined) {
    const remote = {
      ...jwksOptions,
      url: typeof jwksUri === 'string' ? jwksUri : jwksUri.href,
      clock,
      ...(fetch !== undefined && { fetch }),
    }
    return createRemoteSource(remote)
  }
  if (jwks !== undefined) return createJwkSetSource(jwks.keys)
  const imported = keys.filter(isVerificationKey)
  const rest = createJwkSetSource(keys.filter(key => !isVerificationKey(key)))
  return {
    findKey(header) {
      let found: VerificationKey | undefined
      for (const key of imported) {
        if (!isFitting(key, header)) continue
        // two keys that fit leave open which one is meant
        if (found !== undefined) return rest.findKey(header)
        found = key
      }
      return found ?? rest.findKey(header)
    },
  }
}

function isFitting({ algorithm, kid }: VerificationKey, header: JwsHeader): boolean {
  return algorithm === header.alg && (kid === header.kid || kid === undefined || header.kid === undefined)
}

/** The same problems under the names that this module's options have. */
function createRemoteSource(options: CreateRemoteJwkSetOptions): KeySource {
  try {
    return createRemoteJwkSet(options)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const rename = ({ path, message }: ConfigProblem) => ({
      path: path === 'url' ? 'jwksUri' : `jwksOptions.${path}`,
      message,
    })
    throw new ConfigError('config_invalid', error.problems.map(rename))
  }
}

function validateOptions(options: AccessTokenVerifierOptions<unknown>): void {
  const { issuer, audience, jwks, jwksUri, keys, algorithms, types, maxLength, cacheSize } = Object(options)
  const { clockToleranceSeconds, clock, claims, revocations, fetch } = Object(options)
  const problems: ConfigProblem[] = []
  const demand = (isGood: boolean, path: string, message: string) => {
    if (!isGood) problems.push({ path, message })
  }
  const isGoodOr = (value: unknown, isGood: (value: unknown) => boolean) =>
    value === undefined || isGood(value)
  const demandWithin = (value: unknown, path: string, minimum: number, maximum: number) =>
    demand(
      isGoodOr(value, isWithin(minimum, maximum)),
      path,
      `must be a whole number from ${minimum} to ${maximum}`,
    )

  demand(isNames(issuer), 'issuer', 'must be a string or a non-empty array of strings')
  demand(isNames(audience), 'audience', 'must be a string or a non-empty array of strings')
  const sources = [jwks, jwksUri, keys].filter(source => source !== undefined)
  demand(
    sources.length === 1,
    '',
    'exactly one of jwks, jwksUri and keys must say whose signatures are accepted',
  )
  demand(isGoodOr(jwks, isKeySet), 'jwks', 'must be a JWK set: { keys: [...] }')
  demand(isGoodOr(keys, isNonEmptyList), 'keys', 'must be a non-empty array of imported keys or JWKs')
  demand(
    isGoodOr(algorithms, value => isNonEmptyList(value) && value.every(isAlgorithm)),
    'algorithms',
    'must name at least one supported algorithm, and no others',
  )
  demand(
    isGoodOr(types, value => Array.isArray(value) && isNames(value)),
    'types',
    'must be an array of media types',
  )
  demandWithin(maxLength, 'maxLength', 256, 1_048_576)
  demandWithin(cacheSize, 'cacheSize', 0, 1_000_000)
  demandWithin(clockToleranceSeconds, 'clockToleranceSeconds', 0, 300)
  demand(isGoodOr(clock, isFunction), 'clock', 'must be a function that returns epoch milliseconds')
  demand(isGoodOr(fetch, isFunction), 'fetch', 'must be a function with the signature of fetch')
  demand(
    isGoodOr(claims, value => isFunction(Object(Object(value)['~standard']).validate)),
    'claims',
    'must be a Standard Schema, such as z.object({ ... }) of zod',
  )
  demand(
    isGoodOr(revocations, value => isFunction(Object(Object(value).store).find)),
    'revocations',
    'must hold a store with the method find',
  )
  demandWithin(Object(revocations).maxStalenessSeconds, 'revocations.maxStalenessSeconds', 0, 86_400)
  if (problems.length > 0) throw new ConfigError('config_invalid', problems)
}

function isNames(value: unknown): boolean {
  const names = Array.isArray(value) ? value : [value]
  return names.length > 0 && names.every(name => typeof name === 'string' && name !== '')
}

function isKeySet(value: unknown): boolean {
  return Array.isArray(Object(value).keys)
}

function isNonEmptyList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isWithin(minimum: number, maximum: number): (value: unknown) => boolean {
  return value => typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum
}

function toList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value
}
