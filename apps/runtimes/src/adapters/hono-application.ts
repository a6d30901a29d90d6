import {
  ADAPTER_CLIENT,
  type AdapterApplication,
  type ApplicationAnswer,
  type GuardedRoute,
} from '@authcore/conformance'
import { authErrorHandler, authRoutes, requireAuth, requireRole, requireScope } from '@authcore/hono'
import { type Handler, Hono, type MiddlewareHandler } from 'hono'

/** There is no connection here; who is at its other end is what the table takes for it. */
export const CONNECTION = { describeConnection: (): typeof ADAPTER_CLIENT => ADAPTER_CLIENT } as const

/** The application of the table with Hono. */
export function buildHono(application: AdapterApplication): Hono {
  const app = new Hono()
  for (const { path, auth, options, body, isDelayed } of application.mounts) {
    if (isDelayed) app.use(`${path}/*`, delay)
    if (body === 'parsed') app.use(`${path}/*`, parseBodies)
    if (body === 'bytes') app.use(`${path}/*`, readBytes)
    app.route(path, authRoutes(auth, options, CONNECTION))
  }
  for (const route of application.routes) {
    app.route(route.mount || '/', new Hono().all(route.path, ...toHandlers(route)))
  }
  app.notFound(() => toResponse(application.fallback))
  app.onError(authErrorHandler(undefined, error => toResponse(application.failure(error))))
  return app
}

/** Makes a response of what the application answers by itself. */
export function toResponse({ status, headers, body }: ApplicationAnswer): Response {
  return new Response(body, { status, headers })
}

function toHandlers(route: GuardedRoute): [Handler, ...Handler[]] {
  const { auth, policy, requireScope: scopes, requireRole: roles } = route
  return [
    (_c, next) => next(),
    ...(policy === undefined ? [] : [requireAuth(auth, policy, CONNECTION)]),
    ...(scopes === undefined ? [] : [requireScope(...scopes)]),
    ...(roles === undefined ? [] : [requireRole(...roles)]),
    c => toResponse(route.answer(c.get('auth'))),
  ]
}

const delay: MiddlewareHandler = async (_c, next) => {
  await new Promise(resolve => setTimeout(resolve, 0))
  await next()
}

/** Reads bodies the way handlers of Hono do; one that announces more than they take is left to `authRoutes`. */
const parseBodies: MiddlewareHandler = async (c, next) => {
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
