import {
  type AuthRequest,
  type AuthResponse,
  type ResponseHeaders,
  readNodeRequest,
  writeHeaders,
} from '@authcore/http'
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

/** Sets header fields as they are; Fastify puts a cookie beside others by itself. */
export function setHeaders(reply: FastifyReplyLike, headers: ResponseHeaders): void {
  const set = (name: string, value: string) => reply.header(name, value)
  writeHeaders({ set, append: set }, headers)
}
