import type { RequestListener } from 'node:http'
import { readNodeBody } from '@authcore/http'
import {
  type AuthState,
  authErrorHandler,
  authRoutes,
  requireAuth,
  requireRole,
  requireScope,
} from '@authcore/koa'
import Router, { type RouterMiddleware } from '@koa/router'
import Koa, { type Context, type Middleware } from 'koa'
import mount from 'koa-mount'
import type { DemoAuth, DemoPrincipal } from '../demo-auth.js'
import { SECURITY_HEADERS } from '../routes/answers.js'
import type { DemoAnswer, DemoRoute } from '../routes/demo-route.js'
import { type AnswerFault, ROUTE_NOT_FOUND } from '../routes/problem.js'
import type { DemoParts } from './demo-parts.js'

declare module '@authcore/koa' {
  interface AuthTypes {
    principal: DemoPrincipal
  }
}

/** The demo on Koa. */
export function createKoaApp(parts: DemoParts): RequestListener {
  const { auth, routes, answerFault } = parts
  const app = new Koa<AuthState>()
  const router = new Router<AuthState>()
  for (const route of routes) {
    router.register(route.path, [route.method], [...guards(auth, route), serve(route)])
  }
  app.use((context, next) => {
    context.set({ ...SECURITY_HEADERS })
    return next()
  })
  app.use(handleFaults(answerFault))
  app.use(authErrorHandler())
  app.use(mount('/auth', authRoutes(auth, parts.authRoutes)))
  app.use(authRoutes(auth, parts.rootRoutes))
  app.use(router.routes())
  app.use(context => send(context, ROUTE_NOT_FOUND))
  return app.callback()
}

function guards(auth: DemoAuth, { access }: DemoRoute): readonly RouterMiddleware<AuthState>[] {
  if (access === undefined) return []
  return [requireAuth(auth, access.policy), requireScope(...access.scope), requireRole(...access.roles)]
}

function serve({ answer }: DemoRoute): RouterMiddleware<AuthState> {
  return async context => {
    const { state, headers, req } = context
    const readBody = (limitBytes: number) => readNodeBody(req, limitBytes)
    send(context, await answer({ principal: state.auth, headers, readBody }))
  }
}

function handleFaults(answerFault: AnswerFault): Middleware<AuthState> {
  return async (context, next) => {
    try {
      await next()
    } catch (error) {
      send(context, answerFault(error))
    }
  }
}

function send(
  context: Pick<Context, 'body' | 'status' | 'set'>,
  { status, headers, body }: DemoAnswer,
): void {
  // in this order: Koa puts fields of its own beside a body
  context.body = body
  context.status = status
  context.set({ ...headers })
}
