import { toErrorResponse } from '@authcore/http'
import type { ErrorHandler } from 'hono'
import { toHonoResponse } from './respond.js'

/**
 * Answers the `AuthError`s that handlers of the application throw, such as those of `auth.sessions.start`.
 * @param otherwise handles all others; unless told an `HTTPException` answers as it says, and the rest is thrown on
 * @example
 * app.onError(authErrorHandler())
 */
export function authErrorHandler(otherwise: ErrorHandler = answerOrThrow): ErrorHandler {
  return (error, c) => {
    const answer = toErrorResponse(error)
    return answer === undefined ? otherwise(error, c) : toHonoResponse(c, answer)
  }
}

function answerOrThrow(error: Parameters<ErrorHandler>[0]): Response {
  if ('getResponse' in error) return error.getResponse()
  throw error
}
