import { type AuthRequest, type AuthResponse, readNodeRequest } from '@authcore/http'
import type { FastifyReplyLike, FastifyRequestLike } from './fastify-types.js'

/** Maps the request of Fastify; prefixes stay in its URL. */
export function toAuthRequest({ raw, originalUrl }: FastifyRequestLike): AuthRequest {
  return readNodeRequest(raw, originalUrl)
}

/** Answers as it is. To be returned, so that Fastify waits until the answer was sent. */
export function respond(reply: FastifyReplyLike, { status, headers, body }: AuthResponse): FastifyReplyLike {
  reply.code(status)
  setHeaders(reply, headers)
  // Fastify adds a charset to the type of text that is JSON
  reply.send(body === undefined ? undefined : new TextEncoder().encode(body))
  return reply
}

/** Sets header fields as they are. */
export function setHeaders(reply: FastifyReplyLike, headers: AuthResponse['headers']): void {
  for (const [name, value] of Object.entries(headers)) reply.header(name, value)
}
