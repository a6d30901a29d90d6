import { type AnyAuthCore, type AuthRoutesOptions, createAuthRoutes, readFetchBody } from '@authcore/http'
import { type Context, Hono } from 'hono'
import { routePath } from 'hono/route'
import { toAuthRequest } from './fetch-request.js'
import { type ConnectionOptions, describeNodeConnection } from './hono-connection.js'
import { respond } from './respond.js'

/**
 * Serves the JWK set, refresh, logout, and the caller's sessions and API keys below the path of `app.route`.
 * @param auth the deployment
 * @param options which routes are served, and how
 * @throws ConfigError `config_invalid` while wiring, with every problem of the options
 * @example
 * app.route('/auth', authRoutes(auth, { refreshCookie: false }))
 */
export function authRoutes(
  auth: AnyAuthCore,
  options: AuthRoutesOptions = {},
  { describeConnection = describeNodeConnection }: ConnectionOptions = {},
): Hono {
  const { handle } = createAuthRoutes(auth, options)
  return new Hono().all('/*', async (c, next) => {
    const answer = await handle({
      ...toAuthRequest(c.req.raw, describeConnection(c)),
      path: toPath(c),
      readBody: limitBytes => readBody(c, limitBytes),
    })
    return answer === undefined ? next() : respond(c, answer)
  })
}

/** The path below the mount point, as it came: Hono decodes parts of its own. */
function toPath(c: Context): string {
  const depth = routePath(c).split('/').length - 1
  return `/${new URL(c.req.url).pathname.split('/').slice(depth).join('/')}`
}

/** A middleware that has read the body has left it in Hono's cache: a form in its parts, all else as it came. */
async function readBody({ req }: Context, limitBytes: number): Promise<unknown> {
  if (!req.raw.bodyUsed) return readFetchBody(req.raw.body, limitBytes)
  return 'formData' in req.bodyCache ? req.parseBody({ all: true }) : new Uint8Array(await req.arrayBuffer())
}
