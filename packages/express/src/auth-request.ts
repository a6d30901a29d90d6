import type { AuthRequest } from '@authcore/http'
import type { ExpressRequest } from './express-types.js'

/** Maps the request of Express. Node's `headers` drops repeated fields such as `Authorization`: they must be seen. */
export function toAuthRequest(request: ExpressRequest): AuthRequest {
  return {
    method: request.method,
    url: request.originalUrl,
    headers: request.headersDistinct ?? request.headers,
  }
}
