import { joinHeaders, type ResponseHeaders } from './response-headers.js'

/** What is to be sent, unchanged by any adapter. */
export interface AuthResponse {
  readonly status: number
  readonly headers: ResponseHeaders
  /** Text in UTF-8; absent when there is no content. */
  readonly body?: string
}

/** Builds a response that no cache may keep: everything here is about one caller. */
export function jsonResponse(
  status: number,
  body: unknown,
  headers: ResponseHeaders = {},
  mediaType = 'application/json',
): AuthResponse {
  return Object.freeze({
    status,
    headers: Object.freeze({ 'content-type': mediaType, 'cache-control': 'no-store', ...headers }),
    body: JSON.stringify(body),
  })
}

/** Builds a 200 without a body, which is how RFC 7009 section 2.2 answers. */
export function emptyOkResponse(): AuthResponse {
  return Object.freeze({ status: 200, headers: Object.freeze({ 'cache-control': 'no-store' }) })
}

/** Adds fields that belong on whatever is answered; cookies stand beside those of the answer. */
export function withHeaders(response: AuthResponse, headers: ResponseHeaders): AuthResponse {
  if (Object.keys(headers).length === 0) return response
  return Object.freeze({ ...response, headers: joinHeaders(response.headers, headers) })
}

/** Builds a 204. */
export function emptyResponse(headers: ResponseHeaders = {}): AuthResponse {
  return Object.freeze({ status: 204, headers: Object.freeze({ 'cache-control': 'no-store', ...headers }) })
}
