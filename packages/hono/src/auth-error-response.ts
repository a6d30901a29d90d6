import { answerError, type ChallengingDeployment } from '@authcore/http'
import { toAuthRequest, toResponse } from './fetch-request.js'

/**
 * Answers an `AuthError` that a handler of the application throws, such as those of `auth.sessions.start`.
 * @param request as the handler got it: `withAuth` has left there how it answers
 * @param auth the deployment: its challenges then stand in answers to requests that no `withAuth` has let pass
 * @returns `undefined` for all other errors, and for those that are not for the caller
 * @example
 * const answer = authErrorResponse(error, request)
 * if (answer === undefined) throw error
 */
export function authErrorResponse(
  error: unknown,
  request: Request,
  auth?: ChallengingDeployment,
): Response | undefined {
  const toRequest = () => toAuthRequest(request, undefined)
  const answer = answerError(error, { carrier: request, auth, toRequest })
  return answer && toResponse(answer, request.method)
}
