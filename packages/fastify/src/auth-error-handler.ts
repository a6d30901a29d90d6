import { answerError, type ChallengingDeployment } from '@authcore/http'
import type { FastifyErrorHandler } from './fastify-types.js'
import { respond, toAuthRequest } from './respond.js'

/**
 * Answers the `AuthError`s that handlers of the application throw, such as those of `auth.sessions.start`. Others go
 * on to the error handler of the surrounding context.
 * @param auth the deployment: its challenges then stand in answers to requests that no `requireAuth` has let pass
 * @example
 * app.setErrorHandler(authErrorHandler())
 */
export function authErrorHandler(auth?: ChallengingDeployment): FastifyErrorHandler {
  return (error, request, reply) => {
    const answer = answerError(error, { carrier: request, auth, toRequest: () => toAuthRequest(request) })
    if (answer === undefined) throw error
    return respond(reply, answer)
  }
}
