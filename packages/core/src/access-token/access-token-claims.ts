import { InvalidTokenError } from '../errors.js'
import type { JsonObject, JsonValue } from '../json.js'
import { ownMembers } from '../own-members.js'
import type { AccessTokenPrincipal, Confirmation } from '../principal.js'
import type { Grant } from './grant.js'
import { PRINCIPAL_CLAIMS } from './private-claims.js'

/** Media type of the token in the header (RFC 9068 section 2.1). */
export const ACCESS_TOKEN_TYPE = 'at+jwt'

/** What of an access token the grant does not say. */
export interface AccessTokenFrame {
  readonly issuer: string
  readonly audience: readonly string[]
  readonly tokenId: string
  /** Epoch milliseconds. */
  readonly issuedAt: number
  /** Epoch milliseconds, a whole second. */
  readonly expiresAt: number
  readonly sessionId?: string
}

/** Writes the claims of an access token (RFC 9068 section 2.2). */
export function toClaims(grant: Grant, frame: AccessTokenFrame): JsonObject {
  const { issuer, audience, tokenId, issuedAt, expiresAt, sessionId } = ownMembers(frame)
  const [onlyAudience] = audience
  return {
    ...grant.claims,
    iss: issuer,
    sub: grant.subject,
    aud: audience.length === 1 && onlyAudience !== undefined ? onlyAudience : audience,
    client_id: grant.clientId ?? issuer,
    jti: tokenId,
    iat: Math.floor(issuedAt / 1000),
    // NumericDate counts seconds; "sign out everywhere" has to tell apart what one second holds
    iat_ms: issuedAt,
    exp: expiresAt / 1000,
    ...(sessionId !== undefined && { sid: sessionId }),
    ...(grant.scope.length > 0 && { scope: grant.scope.join(' ') }),
    ...(grant.roles.length > 0 && { roles: grant.roles }),
    ...(grant.authenticatedAt !== undefined && { auth_time: Math.floor(grant.authenticatedAt / 1000) }),
    ...(grant.amr !== undefined && { amr: grant.amr }),
    ...(grant.acr !== undefined && { acr: grant.acr }),
    ...(grant.confirmation !== undefined && { cnf: { ...grant.confirmation } }),
  }
}

/**
 * Reads the claims of a token whose signature was verified. Checks their form, not whether they are acceptable.
 * @throws InvalidTokenError `token_claim_missing`, `token_claim_invalid`
 */
export function parseClaimsSet(payload: JsonObject): AccessTokenPrincipal {
  const issuedAt = readIssuedAt(payload)
  const clientId = readOptional(payload, 'client_id', isText)
  const sessionId = readOptional(payload, 'sid', isText)
  const authTime = readOptional(payload, 'auth_time', isNumericDate)
  const amr = readOptional(payload, 'amr', isTextList)
  const acr = readOptional(payload, 'acr', isText)
  const confirmation = readOptional(payload, 'cnf', isConfirmation)
  return {
    method: 'access_token',
    subject: read(payload, 'sub', isText),
    issuer: read(payload, 'iss', isText),
    audience: toList(read(payload, 'aud', isAudience)),
    tokenId: read(payload, 'jti', isText),
    issuedAt,
    expiresAt: read(payload, 'exp', isNumericDate) * 1000,
    scope: toScope(readOptional(payload, 'scope', isScope)),
    roles: readOptional(payload, 'roles', isTextList) ?? [],
    ...(clientId !== undefined && { clientId }),
    ...(sessionId !== undefined && { sessionId }),
    ...(authTime !== undefined && { authenticatedAt: authTime * 1000 }),
    ...(amr !== undefined && { amr }),
    ...(acr !== undefined && { acr }),
    ...(confirmation !== undefined && { confirmation }),
    claims: toPrivateClaims(payload),
  }
}

/** `nbf` in epoch milliseconds, if the token has one. */
export function readNotBefore(payload: JsonObject): number | undefined {
  const notBefore = readOptional(payload, 'nbf', isNumericDate)
  return notBefore === undefined ? undefined : notBefore * 1000
}

type Guard<Value extends JsonValue> = (value: JsonValue) => value is Value

function read<Value extends JsonValue>(payload: JsonObject, name: string, isValue: Guard<Value>): Value {
  const value = readOptional(payload, name, isValue)
  if (value === undefined)
    throw new InvalidTokenError('token_claim_missing', {
      detail: `The access token lacks the claim ${name}.`,
    })
  return value
}

function readOptional<Value extends JsonValue>(
  payload: JsonObject,
  name: string,
  isValue: Guard<Value>,
): Value | undefined {
  // own members only: a polluted Object.prototype must not add claims
  const value = Object.hasOwn(payload, name) ? payload[name] : undefined
  if (value === undefined || isValue(value)) return value
  throw new InvalidTokenError('token_claim_invalid', {
    detail: `The claim ${name} of the access token is invalid.`,
  })
}

/** Without the milliseconds (another issuer) the whole second counts as the instant of its beginning. */
function readIssuedAt(payload: JsonObject): number {
  const issuedAt = read(payload, 'iat', isNumericDate)
  const milliseconds = readOptional(payload, 'iat_ms', isNumericDateInMilliseconds)
  if (milliseconds === undefined) return issuedAt * 1000
  if (Math.floor(milliseconds / 1000) !== issuedAt) throw new InvalidTokenError('token_claim_invalid')
  return milliseconds
}

const MAX_NUMERIC_DATE = 8_640_000_000_000

function isNumericDate(value: JsonValue): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_NUMERIC_DATE
}

function isNumericDateInMilliseconds(value: JsonValue): value is number {
  return Number.isSafeInteger(value)
}

function isText(value: JsonValue): value is string {
  return typeof value === 'string' && value !== ''
}

function isTextList(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every(isText)
}

function isAudience(value: JsonValue): value is string | readonly string[] {
  return isText(value) || (isTextList(value) && value.length > 0)
}

/** RFC 8693 section 4.2: a space-separated string; some issuers write a list. */
function isScope(value: JsonValue): value is string | readonly string[] {
  return typeof value === 'string' || isTextList(value)
}

/** An unknown confirmation member is one that cannot be checked, so the token cannot be accepted (RFC 7800). */
function isConfirmation(value: JsonValue): value is JsonObject & Confirmation {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const entries = Object.entries(value)
  return entries.length > 0 && entries.every(([name, member]) => CHECKABLE.has(name) && isText(member))
}

const CHECKABLE: ReadonlySet<string> = new Set(['x5t#S256', 'jkt'])

function toList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value
}

function toScope(scope: string | readonly string[] | undefined): readonly string[] {
  if (scope === undefined) return []
  return typeof scope === 'string' ? scope.split(' ').filter(value => value !== '') : scope
}

function toPrivateClaims(payload: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => !PRINCIPAL_CLAIMS.has(name)))
}
