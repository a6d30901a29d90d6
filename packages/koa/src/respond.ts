import { type AuthRequest, type AuthResponse, readNodeRequest, writeHeaders } from '@authcore/http'
import type { KoaContext } from './koa-types.js'

/** Maps the request of Koa; mount points stay in its URL. */
export function toAuthRequest({ req, originalUrl }: KoaContext): AuthRequest {
  return readNodeRequest(req, originalUrl)
}

/** Answers as it is. */
export function respond(context: KoaContext, { status, headers, body }: AuthResponse): void {
  // in this order: Koa puts fields of its own beside a body, and takes fields away with one; where there is none, only
  // `null` keeps it from writing the words of the status there
  context.body = body ?? null
  context.status = status
  writeHeaders(context, headers)
}
