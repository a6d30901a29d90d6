import { InvalidRequestError } from '@authcore/core'
import { type AuthHeaders, readHeaderValues } from './auth-request.js'

/** More than servers let through by default; how long a token may be is the business of the core. */
const MAX_LENGTH = 65_536

/** `auth-scheme`, and what follows after spaces (RFC 9110 section 11.4). */
const CREDENTIALS = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?: +(.*))?$/s

/** RFC 6750 section 2.1 and RFC 9449 section 7.1. */
const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/

const QUOTED_STRINGS = /"(?:[^"\\]|\\.)*(?:"|\\?$)/gs

const AUTH_PARAM = /^[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+[ \t]*=/

/** How a token is presented: by itself, or together with a proof of the key that it is bound to. */
export type TokenScheme = 'Bearer' | 'DPoP'

/** A token of the `Authorization` header. Only its syntax was checked. */
export interface PresentedToken {
  readonly scheme: TokenScheme
  readonly token: string
}

/** What stands in `Authorization`. */
export interface Authorization {
  /** In lower case. */
  readonly scheme: string
  readonly credentials: string | undefined
}

/**
 * Reads the token of `Authorization: Bearer` (RFC 6750 section 2.1) or `Authorization: DPoP` (RFC 9449 section 7.1).
 * @param schemes those that are spoken here
 * @returns `undefined` when there is no such header or it is of another scheme
 * @throws InvalidRequestError `credentials_repeated`, `credentials_malformed`
 */
export function parsePresentedToken(
  headers: AuthHeaders,
  schemes: readonly TokenScheme[],
): PresentedToken | undefined {
  const { scheme: name, credentials: token } = parseAuthorization(headers) ?? {}
  const scheme = schemes.find(each => each.toLowerCase() === name)
  if (scheme === undefined) return undefined
  if (token === undefined || !B64TOKEN.test(token)) throw new InvalidRequestError('credentials_malformed')
  return { scheme, token }
}

/**
 * Reads the one `Authorization` field (RFC 9110 section 11.6.2).
 * @returns `undefined` when there is none
 * @throws InvalidRequestError `credentials_repeated`, `credentials_malformed`
 */
export function parseAuthorization(headers: AuthHeaders): Authorization | undefined {
  const [value, second] = readHeaderValues(headers, 'authorization', MAX_LENGTH)
  if (value === undefined) return undefined
  if (second !== undefined || holdsSecondScheme(value)) throw new InvalidRequestError('credentials_repeated')
  const [, scheme, credentials] = CREDENTIALS.exec(value) ?? []
  if (scheme === undefined) throw new InvalidRequestError('credentials_malformed')
  return { scheme: scheme.toLowerCase(), credentials }
}

/** Servers of the Fetch kind join repeated fields by commas; such a list must not read differently elsewhere. */
function holdsSecondScheme(value: string): boolean {
  const [, ...elements] = value.replace(QUOTED_STRINGS, '""').split(',')
  return elements.some(element => !AUTH_PARAM.test(element))
}
