import { answerError, type ChallengingDeployment } from '@authcore/http'
import type { ErrorHandler } from 'hono'
import { toAuthRequest } from './fetch-request.js'
import { toHonoResponse } from './respond.js'

/**
 * Answers the `AuthError`s that handlers of the application throw, such as those of `auth.sessions.start`.
 * @param auth the deployment: its challenges then stand in answers to requests that no `requireAuth` has let pass
 * @param otherwise handles all others; unless told an `HTTPException` answers as it says, and the rest is thrown on
 * @example
 * app.onError(authErrorHandler())
 */
export function authErrorHandler(
  auth?: ChallengingDeployment,
  otherwise: ErrorHandler = answerOrThrow,
): ErrorHandler {
  return (error, c) => {
    const toRequest = () => toAuthRequest(c.req.raw, undefined)
    const answer = answerError(error, { carrier: c, auth, toRequest })
    return answer === undefined ? otherwise(error, c) : toHonoResponse(c, answer)
  }
}

function answerOrThrow(error: Parameters<ErrorHandler>[0]): Response {
  if ('getResponse' in error) return error.getResponse()
  throw error
}
