import type { AuthResponse } from '@authcore/http'
import type { Context } from 'hono'
import { toHeaders } from './fetch-request.js'

/** Answers as it is, beside what middleware has put into the response before. */
export function respond(c: Context, answer: AuthResponse): Response {
  const response = toHonoResponse(c, answer)
  // it has the fields of the response that there may be by now; Hono would write them over those of this answer
  c.res = undefined
  c.res = response
  return response
}

/** Makes a response of an answer, with the fields that middleware has set before. */
export function toHonoResponse(c: Context, { status, headers, body }: AuthResponse): Response {
  const text = c.req.raw.method === 'HEAD' ? null : (body ?? null)
  // the type of Hono is a list of all the numbers that there are
  return c.newResponse(text, { status: status as 200, headers: toHeaders(headers) })
}
