import { answerError, type ChallengingDeployment } from '@authcore/http'
import { toAuthRequest } from './auth-request.js'
import type { ExpressErrorHandler } from './express-types.js'
import { send } from './respond.js'

/**
 * Answers the `AuthError`s that handlers of the application throw, such as those of `auth.sessions.start`. Others,
 * and those that come after the response has begun, go on to the next error handler.
 * @param auth the deployment: its challenges then stand in answers to requests that no `requireAuth` has let pass
 * @example
 * app.use(authErrorHandler())
 */
export function authErrorHandler(auth?: ChallengingDeployment): ExpressErrorHandler {
  // Express tells error handlers from others by their four parameters
  return (error, request, response, next) => {
    const toRequest = () => toAuthRequest(request)
    const answer = response.headersSent
      ? undefined
      : answerError(error, { carrier: request, auth, toRequest })
    if (answer === undefined) next(error)
    else send(response, answer)
  }
}
