import { InvalidTokenError } from '../errors.js'
import type { JsonObject, JsonValue } from '../json.js'
import { ownMembers } from '../own-members.js'
import type { AccessTokenPrincipal, Confirmation } from '../principal.js'
import { CONFIRMATION_MEMBERS } from '../proved-keys.js'
import type { Grant } from './grant.js'
import {
  NO_CLAIMS,
  PRINCIPAL_CLAIMS,
  type RegisteredClaims,
  type RegisteredName,
} from './registered-claims.js'

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
  const claims: Record<string, JsonValue> = {
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
  }
  if (sessionId !== undefined) claims['sid'] = sessionId
  if (grant.scope.length > 0) claims['scope'] = grant.scope.join(' ')
  if (grant.roles.length > 0) claims['roles'] = grant.roles
  if (grant.authenticatedAt !== undefined) claims['auth_time'] = Math.floor(grant.authenticatedAt / 1000)
  if (grant.amr !== undefined) claims['amr'] = grant.amr
  if (grant.acr !== undefined) claims['acr'] = grant.acr
  if (grant.confirmation !== undefined) claims['cnf'] = { ...grant.confirmation }
  return claims
}

/**
 * Reads the claims of a token whose signature was verified. Checks their form, not whether they are acceptable.
 * @param payload frozen at every depth
 * @returns frozen
 * @throws InvalidTokenError `token_claim_missing`, `token_claim_invalid`
 */
export function parseClaimsSet(payload: JsonObject): AccessTokenPrincipal {
  const { registered, claims } = divideClaims(payload)
  const issuedAt = readIssuedAt(registered)
  const optional = readOptionalClaims(registered)
  const principal = {
    method: 'access_token' as const,
    subject: read(registered, 'sub', isText),
    issuer: read(registered, 'iss', isText),
    audience: toList(read(registered, 'aud', isAudience)),
    tokenId: read(registered, 'jti', isText),
    issuedAt,
    expiresAt: read(registered, 'exp', isNumericDate) * 1000,
    scope: toScope(readOptional(registered, 'scope', isScope)),
    roles: readOptional(registered, 'roles', isTextList) ?? NOTHING,
    claims,
  }
  return Object.freeze(Object.assign(principal, optional))
}

/** `nbf` in epoch milliseconds, if the token has one. */
export function readNotBefore(payload: JsonObject): number | undefined {
  if (!Object.hasOwn(payload, 'nbf')) return undefined
  return read({ ...NO_CLAIMS, nbf: payload['nbf'] }, 'nbf', isNumericDate) * 1000
}

const NOTHING: readonly never[] = Object.freeze([])
const NO_PRIVATE_CLAIMS: JsonObject = Object.freeze({})

/** One walk over the payload, own members only: a polluted Object.prototype must not add claims. */
function divideClaims(payload: JsonObject): {
  readonly registered: RegisteredClaims
  readonly claims: JsonObject
} {
  const registered: RegisteredClaims = { ...NO_CLAIMS }
  const rest: [string, JsonValue][] = []
  for (const name of Object.keys(payload)) {
    // keys of the object itself have a value
    const value = payload[name] as JsonValue
    if (isRegistered(name)) registered[name] = value
    else rest.push([name, value])
  }
  // fromEntries defines members and never assigns, so a claim named __proto__ stays an ordinary one
  const claims = rest.length === 0 ? NO_PRIVATE_CLAIMS : Object.freeze(Object.fromEntries(rest))
  return { registered, claims }
}

function isRegistered(name: string): name is RegisteredName {
  return PRINCIPAL_CLAIMS.has(name)
}

type Guard<Value extends JsonValue> = (value: JsonValue) => value is Value

function read<Value extends JsonValue>(
  claims: RegisteredClaims,
  name: RegisteredName,
  isValue: Guard<Value>,
): Value {
  const value = readOptional(claims, name, isValue)
  if (value === undefined)
    throw new InvalidTokenError('token_claim_missing', {
      detail: `The access token lacks the claim ${name}.`,
    })
  return value
}

function readOptional<Value extends JsonValue>(
  claims: RegisteredClaims,
  name: RegisteredName,
  isValue: Guard<Value>,
): Value | undefined {
  const value = claims[name]
  if (value === undefined || isValue(value)) return value
  throw new InvalidTokenError('token_claim_invalid', {
    detail: `The claim ${name} of the access token is invalid.`,
  })
}

/** What a principal has only where the token says it. */
type OptionalFacts = Pick<
  AccessTokenPrincipal,
  'clientId' | 'sessionId' | 'authenticatedAt' | 'amr' | 'acr' | 'confirmation'
>

function readOptionalClaims(claims: RegisteredClaims): OptionalFacts {
  const facts: { -readonly [Name in keyof OptionalFacts]: OptionalFacts[Name] } = {}
  const clientId = readOptional(claims, 'client_id', isText)
  if (clientId !== undefined) facts.clientId = clientId
  const sessionId = readOptional(claims, 'sid', isText)
  if (sessionId !== undefined) facts.sessionId = sessionId
  const authTime = readOptional(claims, 'auth_time', isNumericDate)
  if (authTime !== undefined) facts.authenticatedAt = authTime * 1000
  const amr = readOptional(claims, 'amr', isTextList)
  if (amr !== undefined) facts.amr = amr
  const acr = readOptional(claims, 'acr', isText)
  if (acr !== undefined) facts.acr = acr
  const confirmation = readOptional(claims, 'cnf', isConfirmation)
  if (confirmation !== undefined) facts.confirmation = confirmation
  return facts
}

/** Without the milliseconds (another issuer) the whole second counts as the instant of its beginning. */
function readIssuedAt(claims: RegisteredClaims): number {
  const issuedAt = read(claims, 'iat', isNumericDate)
  const milliseconds = readOptional(claims, 'iat_ms', isNumericDateInMilliseconds)
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

const CHECKABLE: ReadonlySet<string> = new Set(CONFIRMATION_MEMBERS)

function toList(value: string | readonly string[]): readonly string[] {
  return Object.freeze(typeof value === 'string' ? [value] : value)
}

function toScope(scope: string | readonly string[] | undefined): readonly string[] {
  if (scope === undefined) return NOTHING
  if (typeof scope !== 'string') return scope
  const values = scope.split(' ')
  return Object.freeze(values.includes('') ? values.filter(value => value !== '') : values)
}
