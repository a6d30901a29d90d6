import { InvalidTokenError } from '../errors.js'
import type { Algorithm } from '../jws/algorithms.js'
import type { JwsHeader, KeySource, VerificationKey, VerifiedJsonJws } from '../jws/types.js'
import { createJwsVerifier, type JwsVerifier } from '../jws/verify.js'
import { ownMembers } from '../own-members.js'
import type { Clock } from '../ports/clock.js'
import type { AccessTokenPrincipal } from '../principal.js'
import type { RevocableCredential } from '../revocation/revocation-marks.js'
import type { StandardSchema } from '../standard-schema.js'
import { parseClaimsSet, readNotBefore } from './access-token-claims.js'
import type { VerifyAccessTokenOptions } from './access-tokens.js'
import {
  refuseOtherAudience,
  validateConfirmation,
  validateLoginAge,
  validateSchema,
  validateScope,
} from './token-demands.js'
import {
  type AccessTokenFacts,
  createVerifiedTokenCache,
  toFacts,
  type VerifiedToken,
} from './verified-token-cache.js'

/** What is accepted, and who is asked. */
export interface AccessTokenCheckOptions extends KeySource {
  readonly issuer: readonly string[]
  readonly audience: readonly string[]
  readonly algorithms: readonly Algorithm[]
  /** Accepted `typ`, lower case without `application/`. */
  readonly types: readonly string[]
  readonly maxLength: number
  readonly cacheSize: number
  readonly clock: Clock
  readonly clockToleranceSeconds: number
  readonly claims?: StandardSchema | undefined
  /** @throws StoreError when that cannot be told */
  isRevoked(token: RevocableCredential, kid: string | undefined): boolean | Promise<boolean>
}

/**
 * Verifies one access token.
 * @param binding `reported` for whoever does not let the caller pass by it, such as introspection and revocation: the
 *   key that the token is bound to is then told instead of demanded
 */
export type AccessTokenCheck = (
  token: unknown,
  options?: VerifyAccessTokenOptions,
  binding?: 'demanded' | 'reported',
) => Promise<AccessTokenPrincipal>

const NO_DEMANDS: VerifyAccessTokenOptions = Object.freeze(ownMembers({}))

/** A clock that runs ahead at the issuer is no attack; this only catches nonsense. */
const ISSUED_AHEAD_MS = 60_000

/** Builds the check once; each call goes through the same steps in the order of RFC 9068 section 4. */
export function createAccessTokenCheck(checkOptions: AccessTokenCheckOptions): AccessTokenCheck {
  const options = ownMembers(checkOptions)
  const verifySignature = createSignatureCheck(options)
  const { clock, clockToleranceSeconds } = options
  const toleranceMs = clockToleranceSeconds * 1000

  return async (token, givenDemands, binding = 'demanded') => {
    const demands = givenDemands === undefined ? NO_DEMANDS : ownMembers(givenDemands)
    const verifying = verifySignature(token)
    const { principal, facts, notBefore, header } = verifying instanceof Promise ? await verifying : verifying
    const now = clock()
    validateIssuer(facts, options.issuer)
    // what was signed for another service of this issuer is told and ended as well (RFC 8707)
    if (binding === 'demanded') refuseOtherAudience(facts, demands.audience ?? options.audience)
    validateTime(facts, notBefore, now, toleranceMs)
    if (binding === 'demanded') validateConfirmation(facts, demands)
    const typed = options.claims === undefined ? principal : await validateSchema(principal, options.claims)
    const isRevoked = options.isRevoked(facts, header.kid)
    if (isRevoked instanceof Promise ? await isRevoked : isRevoked)
      throw new InvalidTokenError('token_revoked')
    validateLoginAge(facts, demands.maxAgeSeconds, now, toleranceMs)
    validateScope(facts, demands.scope)
    return typed
  }
}

/** Answers at once where the key and its check are synchronous: each wait costs more than most of the checks. */
function createSignatureCheck(options: AccessTokenCheckOptions): JwsVerifier<VerifiedToken> {
  const cache = createVerifiedTokenCache(options.cacheSize)
  const verifyJws = createJwsVerifier(options)

  return token => {
    const known = typeof token === 'string' ? cache.find(token) : undefined
    if (known === undefined) return verifyAnew(token)
    const key = options.findKey(known.header)
    return key instanceof Promise ? key.then(found => recall(known, found, token)) : recall(known, key, token)
  }

  function recall(known: VerifiedToken, key: VerificationKey | undefined, token: unknown) {
    // the key may have been withdrawn since: a remembered token counts only under the very same key
    return key === known.key ? known : verifyAnew(token)
  }

  function verifyAnew(token: unknown): VerifiedToken | Promise<VerifiedToken> {
    const jws = verifyJws(token)
    return jws instanceof Promise ? jws.then(verified => conclude(verified, token)) : conclude(jws, token)
  }

  function conclude({ header, payload, key }: VerifiedJsonJws, token: unknown): VerifiedToken {
    validateType(header, options.types)
    const principal = parseClaimsSet(payload)
    const facts = toFacts(principal)
    const verified = { principal, facts, notBefore: readNotBefore(payload), header, key }
    if (typeof token === 'string') cache.remember(token, verified)
    return verified
  }
}

/** RFC 8725 section 3.11: another kind of token must not pass as an access token. */
function validateType({ typ }: JwsHeader, types: readonly string[]): void {
  if (typ !== undefined && types.includes(typ)) return
  const type = typ?.toLowerCase().replace(/^application\//, '')
  if (type === undefined || !types.includes(type)) throw new InvalidTokenError('token_type_invalid')
}

function validateIssuer({ issuer }: AccessTokenFacts, accepted: readonly string[]): void {
  if (!accepted.includes(issuer)) throw new InvalidTokenError('token_issuer_mismatch')
}

function validateTime(
  { issuedAt, expiresAt }: AccessTokenFacts,
  notBefore: number | undefined,
  now: number,
  toleranceMs: number,
): void {
  if (now >= expiresAt + toleranceMs) throw new InvalidTokenError('token_expired')
  if (notBefore !== undefined && now < notBefore - toleranceMs)
    throw new InvalidTokenError('token_not_yet_valid')
  if (issuedAt > now + Math.max(toleranceMs, ISSUED_AHEAD_MS))
    throw new InvalidTokenError('token_not_yet_valid')
}
