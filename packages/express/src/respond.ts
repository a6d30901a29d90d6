import { type AuthResponse, type ResponseHeaders, writeHeaders } from '@authcore/http'
import type { ExpressResponse, NextFunction } from './express-types.js'

/**
 * Sends what the action answers; without an answer the next handler goes on. Errors that nothing here turns into a
 * response reach the error handlers, on Express 4 as well, which does not look at promises.
 */
export function respond(
  response: ExpressResponse,
  next: NextFunction,
  action: () => Promise<AuthResponse | undefined>,
): void {
  action()
    .then(answer => (answer === undefined ? next() : send(response, answer)))
    .catch(next)
}

/** Writes a response as it is. */
export function send(response: ExpressResponse, { status, headers, body }: AuthResponse): void {
  response.statusCode = status
  setHeaders(response, headers)
  response.end(body)
}

/** Sets header fields as they are; cookies stand beside others. */
export function setHeaders(response: ExpressResponse, headers: ResponseHeaders): void {
  const set = (name: string, value: string) => response.setHeader(name, value)
  const append = (name: string, value: string) => response.appendHeader(name, value)
  writeHeaders({ set, append }, headers)
}
