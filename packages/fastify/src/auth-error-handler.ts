import { toErrorResponse } from '@authcore/http'
import type { FastifyErrorHandler } from './fastify-types.js'
import { respond } from './respond.js'

/**
 * Answers the `AuthError`s that handlers of the application throw, such as those of `auth.sessions.start`. Others go
 * on to the error handler of the surrounding context.
 * @example
 * app.setErrorHandler(authErrorHandler())
 */
export function authErrorHandler(): FastifyErrorHandler {
  return (error, _request, reply) => {
    const answer = toErrorResponse(error)
    if (answer === undefined) throw error
    return respond(reply, answer)
  }
}
