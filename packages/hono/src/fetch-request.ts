import { type AuthRequest, type AuthResponse, type ResponseHeaders, writeHeaders } from '@authcore/http'

/** What a `Request` does not say: who is at the other end of the connection, and how it came. */
export type FetchConnection = Pick<AuthRequest, 'ip' | 'isEncrypted' | 'clientCertificate'>

/** Maps a `Request`. Its `Headers` joins repeated fields by commas, which `@authcore/http` knows. */
export function toAuthRequest(request: Request, connection: FetchConnection | undefined): AuthRequest {
  const { method, url, headers } = request
  return { method, url, headers: Object.fromEntries(headers), ...connection }
}

/** Makes a `Response` of an answer as it is. */
export function toResponse({ status, headers, body }: AuthResponse, method: string): Response {
  return new Response(method === 'HEAD' ? null : (body ?? null), { status, headers: toHeaders(headers) })
}

/** Each value becomes a field. */
export function toHeaders(headers: ResponseHeaders): Headers {
  const fields = new Headers()
  writeHeaders(fields, headers)
  return fields
}

/** Adds header fields to a response that may be one of another server, whose headers cannot be changed. */
export function withHeaders(response: Response, headers: ResponseHeaders): Response {
  if (Object.keys(headers).length === 0) return response
  const changed = new Response(response.body, response)
  writeHeaders(changed.headers, headers)
  return changed
}
