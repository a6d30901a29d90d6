import { InvalidTokenError } from '../errors.js'
import { deepFreeze } from '../json.js'
import type { Algorithm } from '../jws/algorithms.js'
import type { JwsHeader, KeySource } from '../jws/types.js'
import { createJwsVerifier } from '../jws/verify.js'
import { ownMembers } from '../own-members.js'
import type { Clock } from '../ports/clock.js'
import type { AccessTokenPrincipal } from '../principal.js'
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
import { createVerifiedTokenCache, type VerifiedToken } from './verified-token-cache.js'

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
  isRevoked(principal: AccessTokenPrincipal, kid: string | undefined): Promise<boolean>
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
    const { principal, facts, notBefore, header } = await verifySignature(token)
    const now = clock()
    validateIssuer(facts, options.issuer)
    // what was signed for another service of this issuer is told and ended as well (RFC 8707)
    if (binding === 'demanded') refuseOtherAudience(facts, demands.audience ?? options.audience)
    validateTime(facts, notBefore, now, toleranceMs)
    if (binding === 'demanded') validateConfirmation(facts, demands)
    const typed = await validateSchema(principal, options.claims)
    if (await options.isRevoked(facts, header.kid)) throw new InvalidTokenError('token_revoked')
    validateLoginAge(facts, demands.maxAgeSeconds, now, toleranceMs)
    validateScope(facts, demands.scope)
    return typed
  }
}

function createSignatureCheck(options: AccessTokenCheckOptions): (token: unknown) => Promise<VerifiedToken> {
  const cache = createVerifiedTokenCache(options.cacheSize)
  const verifyJws = createJwsVerifier(options)

  return async token => {
    const known = typeof token === 'string' ? cache.find(token) : undefined
    // the key may have been withdrawn since: a remembered token counts only under the very same key
    if (known !== undefined && (await options.findKey(known.header)) === known.key) return known
    const { header, payload, key } = await verifyJws(token)
    validateType(header, options.types)
    const principal = deepFreeze(parseClaimsSet(payload))
    const verified = Object.freeze({
      principal,
      facts: ownMembers(principal),
      notBefore: readNotBefore(payload),
      header,
      key,
    })
    if (typeof token === 'string') cache.remember(token, verified)
    return verified
  }
}

/** RFC 8725 section 3.11: another kind of token must not pass as an access token. */
function validateType({ typ }: JwsHeader, types: readonly string[]): void {
  const type = typ?.toLowerCase().replace(/^application\//, '')
  if (type === undefined || !types.includes(type)) throw new InvalidTokenError('token_type_invalid')
}

function validateIssuer({ issuer }: AccessTokenPrincipal, accepted: readonly string[]): void {
  if (!accepted.includes(issuer)) throw new InvalidTokenError('token_issuer_mismatch')
}

function validateTime(
  { issuedAt, expiresAt }: AccessTokenPrincipal,
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
