import type { ErrorHandler } from 'hono'
import { authErrorResponse } from './auth-error-response.js'

/**
 * Answers the `AuthError`s that handlers of the application throw, such as those of `auth.sessions.start`.
 * @param otherwise handles all others; unless told an `HTTPException` answers as it says, and the rest is thrown on
 * @example
 * app.onError(authErrorHandler())
 */
export function authErrorHandler(otherwise: ErrorHandler = answerOrThrow): ErrorHandler {
  return (error, c) => authErrorResponse(error, c.req.raw) ?? otherwise(error, c)
}

function answerOrThrow(error: Parameters<ErrorHandler>[0]): Response {
  if ('getResponse' in error) return error.getResponse()
  throw error
}
