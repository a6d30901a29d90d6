import { answerError, type ChallengingDeployment } from '@authcore/http'
import type { KoaMiddleware } from './koa-types.js'
import { respond, toAuthRequest } from './respond.js'

/**
 * Answers the `AuthError`s that later middleware throws, such as those of `auth.sessions.start`; stands before it.
 * Others, and those that come after the response has begun, go on to the error handling of Koa, which emits `error`.
 * @param auth the deployment: its challenges then stand in answers to requests that no `requireAuth` has let pass
 * @example
 * app.use(authErrorHandler())
 */
export function authErrorHandler(auth?: ChallengingDeployment): KoaMiddleware {
  return async (context, next) => {
    try {
      await next()
    } catch (error) {
      const toRequest = () => toAuthRequest(context)
      const answer = context.headerSent
        ? undefined
        : answerError(error, { carrier: context, auth, toRequest })
      if (answer === undefined) throw error
      respond(context, answer)
    }
  }
}
