import { readNodeBody } from '@authcore/http'
import type { ExpressRequest } from './express-types.js'

/**
 * Reads the body, unless a body parser was here before.
 * @throws InvalidRequestError `request_body_too_large`; `request_body_malformed` when the client went away
 */
export async function readBody(request: ExpressRequest, limitBytes: number): Promise<unknown> {
  // body parsers mark what they have read; one that passed over this type leaves an empty object and an unread stream
  return request._body === true || request.readableEnded ? request.body : readNodeBody(request, limitBytes)
}
