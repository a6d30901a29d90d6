import { toErrorResponse } from '@authcore/http'
import type { KoaMiddleware } from './koa-types.js'
import { respond } from './respond.js'

/**
 * Answers the `AuthError`s that later middleware throws, such as those of `auth.sessions.start`; stands before it.
 * Others, and those that come after the response has begun, go on to the error handling of Koa, which emits `error`.
 * @example
 * app.use(authErrorHandler())
 */
export function authErrorHandler(): KoaMiddleware {
  return async (context, next) => {
    try {
      await next()
    } catch (error) {
      const answer = context.headerSent ? undefined : toErrorResponse(error)
      if (answer === undefined) throw error
      respond(context, answer)
    }
  }
}
