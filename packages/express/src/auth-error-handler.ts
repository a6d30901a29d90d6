import { toErrorResponse } from '@authcore/http'
import type { ExpressErrorHandler } from './express-types.js'
import { send } from './respond.js'

/**
 * Answers the `AuthError`s that handlers of the application throw, such as those of `auth.sessions.start`. Others,
 * and those that come after the response has begun, go on to the next error handler.
 * @example
 * app.use(authErrorHandler())
 */
export function authErrorHandler(): ExpressErrorHandler {
  // Express tells error handlers from others by their four parameters
  return (error, _request, response, next) => {
    const answer = response.headersSent ? undefined : toErrorResponse(error)
    if (answer === undefined) next(error)
    else send(response, answer)
  }
}
