import { type AuthRequest, readNodeRequest } from '@authcore/http'
import type { ExpressRequest } from './express-types.js'

/** Maps the request of Express; mount points stay in its URL. */
export function toAuthRequest(request: ExpressRequest): AuthRequest {
  return readNodeRequest(request, request.originalUrl)
}
