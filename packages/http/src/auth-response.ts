/** What is to be sent, unchanged by any adapter. Header names are in lower case. */
export interface AuthResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Text in UTF-8; absent when there is no content. */
  readonly body?: string
}

/** Builds a response that no cache may keep: everything here is about one caller. */
export function jsonResponse(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  mediaType = 'application/json',
): AuthResponse {
  return Object.freeze({
    status,
    headers: Object.freeze({ 'content-type': mediaType, 'cache-control': 'no-store', ...headers }),
    body: JSON.stringify(body),
  })
}

/** Builds a 204. */
export function emptyResponse(headers: Readonly<Record<string, string>> = {}): AuthResponse {
  return Object.freeze({ status: 204, headers: Object.freeze({ 'cache-control': 'no-store', ...headers }) })
}
