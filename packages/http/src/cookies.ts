import { InvalidRequestError } from '@authcore/core'
import { type AuthHeaders, readHeaderValues } from './auth-request.js'

const MAX_LENGTH = 16_384

/**
 * Reads one cookie (RFC 6265 section 4.2). Its value is taken as it stands.
 * @throws InvalidRequestError `credentials_repeated` when there are two of that name: another host of the site may
 *   have planted one; `credentials_malformed` for a header that is too long
 */
export function readCookie(headers: AuthHeaders, name: string): string | undefined {
  const pairs = readHeaderValues(headers, 'cookie', MAX_LENGTH).flatMap(value => value.split(';'))
  const [value, second] = pairs.flatMap(pair => {
    const separator = pair.indexOf('=')
    return pair.slice(0, separator).trim() === name && separator > 0 ? [pair.slice(separator + 1).trim()] : []
  })
  if (second !== undefined) throw new InvalidRequestError('credentials_repeated')
  return value
}
