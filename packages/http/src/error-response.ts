import {
  AuthError,
  InsufficientScopeError,
  InvalidProofError,
  RateLimitError,
  StoreError,
} from '@authcore/core'
import { type AuthResponse, jsonResponse } from './auth-response.js'
import {
  BASIC_CHALLENGE,
  type TokenChallenge,
  toBearerChallenge,
  toDpopChallenge,
  toQuotedText,
} from './challenge.js'
import type { DpopChallenge } from './dpop-challenge.js'
import { ERROR_RULES, type ErrorRule } from './error-rules.js'
import type { AuthPolicy } from './policy.js'
import { toRateLimitFields } from './rate-limits/rate-limit-fields.js'

/** What is known beside the error. */
export interface ErrorResponseOptions {
  /** The policy that refused; its `maxAgeSeconds` goes into the challenge (RFC 9470 section 3). */
  readonly policy?: Pick<AuthPolicy, 'maxAgeSeconds'>
  /** What `dpopChallenge` found; goes into the challenge of a deployment that speaks DPoP. */
  readonly dpop?: DpopChallenge
  /** Stands in every challenge (RFC 9728 section 5.1): the URL of the metadata of the protected resource. */
  readonly resourceMetadata?: string | undefined
}

const STORE_RETRY_AFTER_SECONDS = 5

const PROBLEM_TYPE = 'urn:authcore:problem:'

/**
 * Turns an error into a response: status, `WWW-Authenticate` (RFC 6750 section 3) and a problem body (RFC 9457).
 * @returns `undefined` for errors that are not for the caller, such as a `ConfigError` or an error of another
 *   library: those belong to the error handling of the framework
 * @example
 * try {
 *   await authenticateRequest(auth, request, policy)
 * } catch (error) {
 *   const response = toErrorResponse(error, { policy })
 *   if (response === undefined) throw error
 * }
 */
export function toErrorResponse(
  error: unknown,
  options: ErrorResponseOptions = {},
): AuthResponse | undefined {
  if (!(error instanceof AuthError)) return undefined
  const rule = findRule(error)
  if (rule === undefined) return undefined
  const code = rule.publicCode ?? error.code
  const problem = {
    type: `${PROBLEM_TYPE}${code}`,
    title: rule.title,
    status: rule.status,
    code,
    ...(rule.publicCode === undefined && { detail: error.message }),
  }
  const headers = { ...challengeHeader(error, rule, options), ...errorHeaders(error) }
  return jsonResponse(rule.status, problem, headers, 'application/problem+json')
}

/**
 * Turns an error into the answer of a token endpoint (RFC 6749 section 5.2), with `code` beside `error`.
 * @returns `undefined` for errors that are not for the caller
 */
export function toTokenErrorResponse(error: unknown): AuthResponse | undefined {
  if (!(error instanceof AuthError)) return undefined
  const rule = findRule(error)
  if (rule === undefined) return undefined
  const body = {
    error: rule.tokenError,
    error_description: toQuotedText(rule.publicCode === undefined ? error.message : rule.title),
    code: rule.publicCode ?? error.code,
  }
  const headers = {
    ...(rule.challenge === 'invalid_client' && { 'www-authenticate': BASIC_CHALLENGE }),
    ...errorHeaders(error),
  }
  return jsonResponse(tokenStatus(rule), body, headers)
}

function findRule(error: AuthError): ErrorRule | undefined {
  // an error of a newer core is for the error handling of the framework rather than for a guess
  return Object.hasOwn(ERROR_RULES, error.code) ? ERROR_RULES[error.code] : undefined
}

/** RFC 6749 section 5.2: 401 is for clients that fail to authenticate; what is wrong with a grant or scope is 400. */
function tokenStatus({ status, tokenError }: ErrorRule): number {
  if (tokenError === 'invalid_client') return status
  return status === 401 || tokenError === 'invalid_grant' || tokenError === 'invalid_scope' ? 400 : status
}

function challengeHeader(
  error: AuthError,
  { challenge, publicCode, title }: ErrorRule,
  { policy, dpop, resourceMetadata }: ErrorResponseOptions,
): Readonly<Record<string, string>> {
  if (challenge === undefined) return {}
  if (challenge === 'invalid_client') return { 'www-authenticate': BASIC_CHALLENGE }
  const metadata = { ...(resourceMetadata !== undefined && { resourceMetadata }) }
  if (challenge === 'none') return { 'www-authenticate': writeChallenges(metadata, error, dpop) }
  const isTooOld = challenge === 'insufficient_user_authentication'
  const parameters: TokenChallenge = {
    ...metadata,
    error: challenge,
    errorDescription: publicCode === undefined ? error.message : `${title}.`,
    ...(error instanceof InsufficientScopeError && { scope: error.missing }),
    ...(isTooOld && policy?.maxAgeSeconds !== undefined && { maxAgeSeconds: policy.maxAgeSeconds }),
  }
  return { 'www-authenticate': writeChallenges(parameters, error, dpop) }
}

/** RFC 9449 section 7.1: whoever used the scheme is answered in it; others are shown both (section 7.2). */
function writeChallenges(
  challenge: TokenChallenge,
  error: AuthError,
  dpop: DpopChallenge | undefined,
): string {
  const { algorithms = [], isUsed = false } = dpop ?? {}
  const isOfDpop = error instanceof InvalidProofError || (isUsed && challenge.error !== undefined)
  if (isOfDpop) return toDpopChallenge(challenge, algorithms)
  const bearer = toBearerChallenge(challenge)
  return dpop === undefined ? bearer : `${bearer}, ${toDpopChallenge({}, algorithms)}`
}

/** RFC 9449 section 8: the nonce for the next attempt; for other errors when the next attempt makes sense. */
function errorHeaders(error: AuthError): Readonly<Record<string, string>> {
  const nonce = error instanceof InvalidProofError ? error.nonce : undefined
  return nonce === undefined ? retryHeaders(error) : { 'dpop-nonce': nonce }
}

function retryHeaders(error: AuthError): Readonly<Record<string, string>> {
  if (error instanceof StoreError) return { 'retry-after': String(STORE_RETRY_AFTER_SECONDS) }
  if (!(error instanceof RateLimitError)) return {}
  return { ...limitFields(error), 'retry-after': String(error.retryAfterSeconds) }
}

function limitFields({ code, status, retryAfterSeconds }: RateLimitError): AuthResponse['headers'] {
  // who waits until the limit is untouched again would wait too long
  if (status !== undefined) return toRateLimitFields([{ ...status, resetAfterSeconds: retryAfterSeconds }])
  // a limit of the application, about which nothing else is known
  return code === 'rate_limited' ? { ratelimit: `"default";r=0;t=${retryAfterSeconds}` } : {}
}
