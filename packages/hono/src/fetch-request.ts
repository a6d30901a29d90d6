import type { AuthRequest, AuthResponse } from '@authcore/http'

/** What a `Request` does not say: who is at the other end of the connection, and how it came. */
export type FetchConnection = Pick<AuthRequest, 'ip' | 'isEncrypted' | 'clientCertificate'>

/** Maps a `Request`. Its `Headers` joins repeated fields by commas, which `@authcore/http` knows. */
export function toAuthRequest(request: Request, connection: FetchConnection | undefined): AuthRequest {
  const { method, url, headers } = request
  return { method, url, headers: Object.fromEntries(headers), ...connection }
}

/** Makes a `Response` of an answer as it is. */
export function toResponse({ status, headers, body }: AuthResponse, method: string): Response {
  return new Response(method === 'HEAD' ? null : (body ?? null), { status, headers })
}

/** Adds header fields to a response that may be one of another server, whose headers cannot be changed. */
export function withHeaders(response: Response, headers: AuthResponse['headers']): Response {
  const fields = Object.entries(headers)
  if (fields.length === 0) return response
  const changed = new Response(response.body, response)
  for (const [name, value] of fields) setField(changed.headers, name, value)
  return changed
}

function setField(headers: Headers, name: string, value: string): void {
  // a cookie stands beside others
  if (name === 'set-cookie') headers.append(name, value)
  else headers.set(name, value)
}
