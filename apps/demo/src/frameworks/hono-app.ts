import type { RequestListener } from 'node:http'
import { authErrorHandler, authRoutes, requireAuth, requireRole, requireScope } from '@authcore/hono'
import { readFetchBody } from '@authcore/http'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { DemoAuth, DemoPrincipal } from '../demo-auth.js'
import { SECURITY_HEADERS } from '../routes/answers.js'
import type { DemoAnswer, DemoRoute } from '../routes/demo-route.js'
import { ROUTE_NOT_FOUND } from '../routes/problem.js'
import type { DemoParts } from './demo-parts.js'

/** Behind `requireAuth` there is a principal; routes for anybody have none. */
interface DemoEnv {
  readonly Variables: { readonly auth?: DemoPrincipal }
}

/** The demo on Hono, on a server of Node. */
export function createHonoApp(parts: DemoParts): RequestListener {
  const { auth, routes, answerFault } = parts
  const app = new Hono<DemoEnv>()
  app.use(addSecurityHeaders)
  app.route('/auth', authRoutes(auth, parts.authRoutes))
  app.route('/', authRoutes(auth, parts.rootRoutes))
  for (const route of routes) {
    app.on(route.method, [route.path], ...guards(auth, route), c => serve(route, c))
  }
  app.notFound(() => toResponse(ROUTE_NOT_FOUND))
  app.onError(authErrorHandler(undefined, error => toResponse(answerFault(error))))
  return getRequestListener(app.fetch)
}

function guards(auth: DemoAuth, { access }: DemoRoute): MiddlewareHandler[] {
  if (access === undefined) return []
  return [requireAuth(auth, access.policy), requireScope(...access.scope), requireRole(...access.roles)]
}

async function serve({ answer }: DemoRoute, { req, var: { auth: principal } }: Context<DemoEnv>) {
  const headers = Object.fromEntries(req.raw.headers)
  const readBody = (limitBytes: number) => readFetchBody(req.raw.body, limitBytes)
  return toResponse(await answer({ principal, headers, readBody }))
}

/** Headers that are set before an answer is made are not on it. */
const addSecurityHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    if (!c.res.headers.has(name)) c.header(name, value)
  }
}

function toResponse({ status, headers, body }: DemoAnswer): Response {
  return new Response(body, { status, headers })
}
