import { type AnyAuthCore, type AuthRoutesOptions, createAuthRoutes, readFetchBody } from '@authcore/http'
import { toAuthRequest, toResponse } from './fetch-request.js'
import type { FetchHandler, WithAuthOptions } from './with-auth.js'

/** Where the routes of a Fetch-style server stand. */
export interface AuthFetchHandlerOptions<Rest extends readonly unknown[]>
  extends WithAuthOptions<Request, Rest> {
  /** The path before the routes, such as `/auth`; none unless told. */
  readonly prefix?: string
  /** Answers what is not served here; an empty 404 unless told. */
  readonly otherwise?: (request: Request, ...rest: Rest) => Response | Promise<Response>
}

/**
 * Serves the JWK set, refresh, logout, and the caller's sessions and API keys on a Fetch-style server.
 * @param auth the deployment
 * @param options which routes are served, and how
 * @param server where they stand on this server
 * @throws ConfigError `config_invalid` while wiring, with every problem of the options
 * @example
 * export default { fetch: authFetchHandler(auth, {}, { prefix: '/auth', otherwise: app.fetch }) }
 */
export function authFetchHandler<Rest extends readonly unknown[] = []>(
  auth: AnyAuthCore,
  options: AuthRoutesOptions = {},
  { prefix = '', otherwise = notFound, describeConnection }: AuthFetchHandlerOptions<Rest> = {},
): FetchHandler<Request, Rest> {
  const { handle } = createAuthRoutes(auth, options)
  return async (request, ...rest) => {
    const { pathname } = new URL(request.url)
    if (!`${pathname}/`.startsWith(`${prefix}/`)) return otherwise(request, ...rest)
    const answer = await handle({
      ...toAuthRequest(request, describeConnection?.(request, ...rest)),
      path: pathname.slice(prefix.length),
      readBody: limitBytes => readFetchBody(request.body, limitBytes),
    })
    return answer === undefined ? otherwise(request, ...rest) : toResponse(answer, request.method)
  }
}

function notFound(): Response {
  return new Response(null, { status: 404 })
}
