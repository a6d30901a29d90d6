import { InvalidRequestError } from '@authcore/core'
import { MAX_BODY_LIMIT_BYTES, type RequestBody, readText } from '../request-body.js'

/**
 * Reads the token of a request about one (RFC 7662 section 2.1, RFC 7009 section 2.1). `token_type_hint` may stand
 * beside it, and is not needed: every token says of itself what it is.
 * @throws InvalidRequestError `request_body_malformed` when there is none
 */
export function readToken(body: RequestBody): string {
  readText(body, 'token_type_hint', 255)
  const token = readText(body, 'token', MAX_BODY_LIMIT_BYTES)
  if (token !== undefined) return token
  throw new InvalidRequestError('request_body_malformed', { detail: 'token is required.' })
}
