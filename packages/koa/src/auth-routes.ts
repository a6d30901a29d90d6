import { type AnyAuthCore, type AuthRoutesOptions, createAuthRoutes, readNodeBody } from '@authcore/http'
import type { KoaContext, KoaMiddleware } from './koa-types.js'
import { respond, toAuthRequest } from './respond.js'

/**
 * Serves the JWK set, refresh, logout, and the caller's sessions and API keys: below the mount point of koa-mount,
 * in the last parameter of a route of `@koa/router`, or at the root.
 * @param auth the deployment
 * @param options which routes are served, and how
 * @throws ConfigError `config_invalid` while wiring, with every problem of the options
 * @example
 * app.use(mount('/auth', authRoutes(auth, { refreshCookie: false })))
 * @example
 * router.all('/auth/{*path}', authRoutes(auth))
 */
export function authRoutes(auth: AnyAuthCore, options: AuthRoutesOptions = {}): KoaMiddleware {
  const { handle } = createAuthRoutes(auth, options)
  return async (context, next) => {
    const answer = await handle({
      ...toAuthRequest(context),
      path: findPath(context),
      readBody: limitBytes => readBody(context, limitBytes),
    })
    if (answer === undefined) await next()
    else respond(context, answer)
  }
}

/** What a route has matched may have been left behind by a router that stood before; then it is not the end of the path. */
function findPath({ path, captures }: KoaContext): string {
  const rest = `/${captures?.at(-1) ?? ''}`
  return rest !== '/' && path.endsWith(rest) ? rest : path
}

/** A body parser that passed over this type leaves an unread stream. */
async function readBody({ req, request }: KoaContext, limitBytes: number): Promise<unknown> {
  return req.readableEnded ? request.body : readNodeBody(req, limitBytes)
}
