import type { AuthRequest } from '@authcore/http'
import type { ExpressRequest } from './express-types.js'

/**
 * Maps the request of Express. Node's `headers` drops repeated fields such as `Authorization`, which must be seen;
 * platforms that make up a request, as those for functions do, fill in nothing else.
 */
export function toAuthRequest(request: ExpressRequest): AuthRequest {
  return {
    method: request.method,
    url: request.originalUrl,
    headers: { ...request.headers, ...request.headersDistinct },
    isEncrypted: request.socket?.encrypted === true,
    ...(request.socket?.remoteAddress !== undefined && { ip: request.socket.remoteAddress }),
    ...findClientCertificate(request.socket),
  }
}

/** A certificate that no authority of this server vouches for is what anybody can make. */
function findClientCertificate(socket: ExpressRequest['socket']): Pick<AuthRequest, 'clientCertificate'> {
  const certificate = socket?.authorized === true ? socket.getPeerCertificate?.(false)?.raw : undefined
  return certificate === undefined ? {} : { clientCertificate: certificate }
}
