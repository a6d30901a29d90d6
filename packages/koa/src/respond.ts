import { type AuthRequest, type AuthResponse, readNodeRequest, writeHeaders } from '@authcore/http'
import type { KoaContext } from './koa-types.js'

/** Maps the request of Koa; mount points stay in its URL. */
export function toAuthRequest({ req, originalUrl }: KoaContext): AuthRequest {
  return readNodeRequest(req, originalUrl)
}

/** Answers as it is. */
export function respond(context: KoaContext, { status, headers, body }: AuthResponse): void {
  // without a body Koa would write the name of the status, and with null Koa 2 would end the connection
  const isEmpty = body === undefined && context.req.method !== 'HEAD'
  // in this order: Koa puts fields of its own beside a body, and takes fields away with one
  context.body = isEmpty ? '' : body
  context.status = status
  if (isEmpty) context.remove('content-type')
  writeHeaders(context, headers)
}
