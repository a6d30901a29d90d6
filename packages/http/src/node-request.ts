import type { AuthHeaders, AuthRequest } from './auth-request.js'

/** The part of a connection of Node that is used: plain, TLS, or what HTTP/2 shows of it. */
export interface NodeSocket {
  readonly remoteAddress?: string | undefined
  readonly encrypted?: boolean | undefined
  /** Whether the client has proved a certificate of an authority that this server trusts. */
  readonly authorized?: boolean | undefined
  getPeerCertificate?(detailed: false): { readonly raw?: Uint8Array | undefined } | null | undefined
}

/** The part of a request of Node's `http` and `http2` that is used. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Names and values in turn, as they came; absent on platforms that make up a request. */
  readonly rawHeaders?: readonly string[] | undefined
  /** Absent on platforms that make up a request. */
  readonly socket?: NodeSocket | undefined
}

/**
 * Maps a request of Node, for adapters of frameworks that stand on it.
 * @param request of `http` or `http2`
 * @param url as the client sent it, before any mount point was taken off
 */
export function readNodeRequest(request: NodeRequest, url: string): AuthRequest {
  return {
    method: request.method ?? 'GET',
    url,
    headers: readNodeHeaders(request),
    ...readNodeConnection(request.socket),
  }
}

/** What is known of the other end of a connection, whatever headers say. */
export function readNodeConnection(
  socket: NodeSocket | undefined,
): Pick<AuthRequest, 'ip' | 'isEncrypted' | 'clientCertificate'> {
  // a certificate that no authority vouches for is what anybody can make
  const certificate = socket?.authorized === true ? socket.getPeerCertificate?.(false)?.raw : undefined
  return {
    isEncrypted: socket?.encrypted === true,
    ...(socket?.remoteAddress !== undefined && { ip: socket.remoteAddress }),
    ...(certificate !== undefined && { clientCertificate: certificate }),
  }
}

/**
 * Node's `headers` drops repeated fields such as `Authorization`, on HTTP/2 as well; they must be seen. What is in
 * `headers` no more, because a middleware took it away, stays away.
 */
function readNodeHeaders({ headers, rawHeaders = [] }: NodeRequest): AuthHeaders {
  const sent = new Map<string, string[]>()
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    const values = sent.get(name) ?? []
    sent.set(name, values)
    values.push(rawHeaders[index + 1] ?? '')
  }
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      // what HTTP/2 says of the request itself is no header field (RFC 9113 section 8.3), and nobody may pass it on
      if (name.startsWith(':')) return []
      const values = sent.get(name) ?? []
      return [[name, values.length > 1 ? values : value]]
    }),
  )
}
