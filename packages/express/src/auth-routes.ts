import { type AnyAuthCore, type AuthRoutesOptions, createAuthRoutes } from '@authcore/http'
import { toAuthRequest } from './auth-request.js'
import type { ExpressHandler } from './express-types.js'
import { readBody } from './read-body.js'
import { respond } from './respond.js'

/**
 * Serves the JWK set, refresh, logout, and the caller's sessions and API keys below its mount point.
 * @param auth the deployment
 * @param options which routes are served, and how
 * @throws ConfigError `config_invalid` while wiring, with every problem of the options
 * @example
 * app.use('/auth', authRoutes(auth, { refreshCookie: false }))
 */
export function authRoutes(auth: AnyAuthCore, options: AuthRoutesOptions = {}): ExpressHandler {
  const { handle } = createAuthRoutes(auth, options)
  return (request, response, next) =>
    respond(response, next, () =>
      handle({
        ...toAuthRequest(request),
        path: request.path,
        readBody: limitBytes => readBody(request, limitBytes),
      }),
    )
}
