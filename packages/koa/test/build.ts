import { buffer } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import type { AdapterApplication, GuardedRoute } from '@authcore/conformance'
import Router from '@koa/router'
import type Koa from 'koa'
import koa3 from 'koa'
import bodyParser from 'koa-bodyparser'
import mount from 'koa-mount'
import koa2 from 'koa2'
import { authErrorHandler, authRoutes, requireAuth, requireRole, requireScope } from '../src/index.js'

export const FRAMEWORKS: readonly (readonly [string, typeof koa3])[] = [
  ['Koa 3', koa3],
  ['Koa 2', koa2],
]

/** How routes and mount points are made. */
export type Mounting = 'koa-mount' | '@koa/router'

/** The application of the table. */
export function build(Framework: typeof koa3, application: AdapterApplication, mounting: Mounting): Koa {
  const app = new Framework()
  // what clients that go away come to, which Koa would print
  app.on('error', () => {})
  app.use(async (context, next) => {
    try {
      await next()
    } catch (error) {
      send(context, application.failure(error))
    }
  })
  app.use(authErrorHandler())
  if (mounting === 'koa-mount') mountAll(app, application)
  else routeAll(app, application)
  app.use(context => send(context, application.fallback))
  return app
}

function mountAll(app: Koa, application: AdapterApplication): void {
  for (const routes of application.mounts) {
    for (const middleware of before(routes)) app.use(mount(routes.path, middleware))
    app.use(mount(routes.path, authRoutes(routes.auth, routes.options)))
  }
  for (const route of application.routes) {
    for (const middleware of guards(route)) {
      const onlyThis: Koa.Middleware = (context, next) =>
        context.path === route.path ? middleware(context, next) : next()
      app.use(route.mount === '' ? onlyThis : mount(route.mount, onlyThis))
    }
  }
}

function routeAll(app: Koa, application: AdapterApplication): void {
  const router = new Router()
  for (const routes of application.mounts) {
    const all = [...before(routes), authRoutes(routes.auth, routes.options)]
    router.all(`${routes.path}/{*path}`, ...all)
  }
  for (const route of application.routes) {
    const own = new Router({ prefix: route.mount })
    own.all(route.path, ...guards(route))
    router.use(own.routes())
  }
  app.use(router.routes())
}

function before({ body, isDelayed }: AdapterApplication['mounts'][number]): readonly Koa.Middleware[] {
  return [
    ...(isDelayed ? [delay] : []),
    ...(body === 'parsed' ? [bodyParser({ enableTypes: ['json', 'form'], strict: false })] : []),
    ...(body === 'bytes' ? [readBytes] : []),
  ]
}

const delay: Koa.Middleware = async (_context, next) => {
  await setImmediate()
  await next()
}

const readBytes: Koa.Middleware = async (context, next) => {
  context.request.body = await buffer(context.req)
  await next()
}

function guards(route: GuardedRoute): readonly Koa.Middleware[] {
  const { auth, policy, requireScope: scopes, requireRole: roles } = route
  return [
    ...(policy === undefined ? [] : [requireAuth(auth, policy)]),
    ...(scopes === undefined ? [] : [requireScope(...scopes)]),
    ...(roles === undefined ? [] : [requireRole(...roles)]),
    context => send(context, route.answer(context.state.auth)),
  ]
}

function send(context: Koa.Context, { status, headers, body }: AdapterApplication['fallback']): void {
  context.body = body
  context.status = status
  context.set(headers)
}
