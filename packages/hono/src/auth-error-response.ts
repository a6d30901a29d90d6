import { toErrorResponse } from '@authcore/http'
import { toResponse } from './fetch-request.js'

/**
 * Answers an `AuthError` that a handler of the application throws, such as those of `auth.sessions.start`.
 * @returns `undefined` for all other errors, and for those that are not for the caller
 * @example
 * const answer = authErrorResponse(error, request)
 * if (answer === undefined) throw error
 */
export function authErrorResponse(error: unknown, { method }: Pick<Request, 'method'>): Response | undefined {
  const answer = toErrorResponse(error)
  return answer && toResponse(answer, method)
}
