import { InvalidRequestError } from '@authcore/core'
import type { ClientGrantType } from '../client/oauth-clients.js'
import { ownMembers } from '../own-members.js'
import type { OAuthServerCall } from './server-route.js'

/** The parameters of a token request (RFC 6749 sections 4.4.2 and 6, RFC 8707 section 2); others are not looked at. */
export interface TokenRequest {
  readonly grantType: ClientGrantType
  readonly scope?: readonly string[]
  readonly resource?: string
  readonly refreshToken?: string
}

const FORM = 'application/x-www-form-urlencoded'
const MAX_SCOPE_LENGTH = 4096
const MAX_RESOURCE_LENGTH = 2048
/** More than core ever issues: a grant of 2 KiB stands in the token. */
const MAX_TOKEN_LENGTH = 4096
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/

/**
 * Refuses what is no form: RFC 6749 section 3.2 knows nothing else.
 * @throws InvalidRequestError `request_media_type_unsupported`
 */
export function requireForm({ headers }: Pick<OAuthServerCall, 'headers'>): void {
  const field = headers['content-type']
  const [value, second] = typeof field === 'string' ? [field] : (field ?? [])
  const mediaType = second === undefined ? value?.split(';', 1)[0]?.trim().toLowerCase() : undefined
  if (mediaType !== FORM) throw new InvalidRequestError('request_media_type_unsupported')
}

/**
 * Reads the parameters.
 * @param body each name once; a name that came twice has been refused, or has a list here and is refused now
 * @throws InvalidRequestError `request_body_malformed`, `grant_type_unsupported`, `scope_unknown` for scopes that are
 *   none, `resource_not_allowed` for a resource that is none
 */
export function parseTokenRequest(body: Readonly<Record<string, unknown>>): TokenRequest {
  const grantType = requireParameter(body, 'grant_type', 128)
  const scope = readParameter(body, 'scope', MAX_SCOPE_LENGTH)
  const resource = readParameter(body, 'resource', MAX_RESOURCE_LENGTH)
  return ownMembers<TokenRequest>({
    ...(scope !== undefined && { scope: parseScope(scope) }),
    ...(resource !== undefined && { resource: parseResource(resource) }),
    ...readGrant(body, grantType),
  })
}

function readGrant(
  body: Readonly<Record<string, unknown>>,
  grantType: string,
): Pick<TokenRequest, 'grantType' | 'refreshToken'> {
  switch (grantType) {
    case 'client_credentials':
      return { grantType }
    case 'refresh_token':
      return { grantType, refreshToken: requireParameter(body, 'refresh_token', MAX_TOKEN_LENGTH) }
    default:
      throw new InvalidRequestError('grant_type_unsupported')
  }
}

function requireParameter(body: Readonly<Record<string, unknown>>, name: string, maxLength: number): string {
  const value = readParameter(body, name, maxLength)
  if (value !== undefined) return value
  throw new InvalidRequestError('request_body_malformed', { detail: `${name} is required.` })
}

function readParameter(
  body: Readonly<Record<string, unknown>>,
  name: string,
  maxLength: number,
): string | undefined {
  const value = Object.hasOwn(body, name) ? body[name] : undefined
  // RFC 6749 section 3.2: a parameter without a value counts as left out
  if (value === undefined || value === '') return undefined
  if (typeof value === 'string' && value.length <= maxLength) return value
  throw new InvalidRequestError('request_body_malformed', {
    detail: `${name} must be there once, with at most ${maxLength} characters.`,
  })
}

/** RFC 6749 section 3.3. */
function parseScope(text: string): readonly string[] {
  const scope = text.split(' ')
  if (scope.every(token => SCOPE_TOKEN.test(token))) return [...new Set(scope)]
  throw new InvalidRequestError('scope_unknown', {
    detail: 'scope must be scopes with single spaces between them.',
  })
}

/** RFC 8707 section 2: an absolute URI without a fragment. */
function parseResource(text: string): string {
  if (URL.canParse(text) && !text.includes('#')) return text
  throw new InvalidRequestError('resource_not_allowed')
}
