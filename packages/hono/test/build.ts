import { setImmediate } from 'node:timers/promises'
import { ADAPTER_CLIENT, type AdapterApplication, type GuardedRoute } from '@authcore/conformance'
import { requireRole as checkRole, requireScope as checkScope } from '@authcore/http'
import { type Handler, Hono, type MiddlewareHandler } from 'hono'
import {
  authErrorHandler,
  authErrorResponse,
  authFetchHandler,
  authRoutes,
  type ConnectionOptions,
  requireAuth,
  requireRole,
  requireScope,
  withAuth,
} from '../src/index.js'

/** The application of the table with Hono. */
export function build(application: AdapterApplication, options: ConnectionOptions = {}): Hono {
  const app = new Hono()
  for (const { path, auth, options: routesOptions, body, isDelayed } of application.mounts) {
    if (isDelayed) app.use(`${path}/*`, delay)
    if (body === 'parsed') app.use(`${path}/*`, parse)
    if (body === 'bytes') app.use(`${path}/*`, readBytes)
    app.route(path, authRoutes(auth, routesOptions, options))
  }
  for (const route of application.routes) {
    const own = new Hono()
    own.all(route.path, ...handlers(route, options))
    app.route(route.mount || '/', own)
  }
  app.notFound(() => send(application.fallback))
  app.onError(authErrorHandler(undefined, error => send(application.failure(error))))
  return app
}

function handlers(route: GuardedRoute, options: ConnectionOptions): [Handler, ...Handler[]] {
  const { auth, policy, requireScope: scopes, requireRole: roles } = route
  return [
    (_c, next) => next(),
    ...(policy === undefined ? [] : [requireAuth(auth, policy, options)]),
    ...(scopes === undefined ? [] : [requireScope(...scopes)]),
    ...(roles === undefined ? [] : [requireRole(...roles)]),
    c => send(route.answer(c.get('auth'))),
  ]
}

const delay: MiddlewareHandler = async (_c, next) => {
  await setImmediate()
  await next()
}

/** Reads bodies the way handlers of Hono do. */
const parse: MiddlewareHandler = async (c, next) => {
  const type = c.req.header('content-type') ?? ''
  const isLarge = Number(c.req.header('content-length') ?? 0) > 8192
  if (type.startsWith('application/json') && !isLarge) await c.req.json().catch(() => {})
  if (type.startsWith('application/x-www-form-urlencoded')) await c.req.parseBody()
  await next()
}

const readBytes: MiddlewareHandler = async (c, next) => {
  await c.req.arrayBuffer()
  await next()
}

/** Where there is no server, nobody but the application can say who calls. */
export const FETCH = { describeConnection: () => ADAPTER_CLIENT } as const

/** The same with nothing but functions: requests in, responses out. */
export function buildFetch(application: AdapterApplication): (request: Request) => Promise<Response> {
  const routes = new Map(application.routes.map(route => [route.mount + route.path, toHandler(route)]))
  let otherwise = async (_request: Request): Promise<Response> => send(application.fallback)
  for (const { path, auth, options } of application.mounts) {
    otherwise = authFetchHandler(auth, options, { prefix: path, otherwise, ...FETCH })
  }
  return async request => {
    const handler = routes.get(new URL(request.url).pathname) ?? otherwise
    const response = await handler(request).catch(
      error => authErrorResponse(error, request) ?? send(application.failure(error)),
    )
    // what every Fetch-style server does
    return request.method === 'HEAD' ? new Response(null, response) : response
  }
}

function toHandler(route: GuardedRoute): (request: Request) => Promise<Response> {
  const { auth, policy } = route
  if (policy === undefined) return async () => send(route.answer(undefined))
  return withAuth(
    auth,
    policy,
    (_request, context) => {
      if (route.requireScope !== undefined) checkScope(context.auth, route.requireScope)
      if (route.requireRole !== undefined) checkRole(context.auth, route.requireRole)
      return send(route.answer(context.auth))
    },
    FETCH,
  )
}

function send({ status, headers, body }: AdapterApplication['fallback']): Response {
  return new Response(body, { status, headers })
}
