import { authErrorHandler, authRoutes, requireAuth, requireRole, requireScope } from '@authcore/express'
import { readNodeBody } from '@authcore/http'
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express'
import type { DemoAuth, DemoPrincipal } from '../demo-auth.js'
import { SECURITY_HEADERS } from '../routes/answers.js'
import type { DemoAnswer, DemoRoute } from '../routes/demo-route.js'
import { type AnswerFault, ROUTE_NOT_FOUND } from '../routes/problem.js'
import type { DemoParts } from './demo-parts.js'

declare module '@authcore/express' {
  interface AuthTypes {
    principal: DemoPrincipal
  }
}

/** The demo on Express. */
export function createExpressApp(parts: DemoParts): Express {
  const { auth, routes, answerFault } = parts
  const app = express().disable('x-powered-by').disable('etag')
  app.use((_request, response, next) => {
    response.set(SECURITY_HEADERS)
    next()
  })
  app.use('/auth', authRoutes(auth, parts.authRoutes))
  app.use(authRoutes(auth, parts.rootRoutes))
  for (const route of routes) {
    const method = route.method === 'GET' ? 'get' : 'post'
    app.route(route.path)[method](...guards(auth, route), serve(route))
  }
  app.use((_request, response) => send(response, ROUTE_NOT_FOUND))
  app.use(authErrorHandler(), handleFaults(answerFault))
  return app
}

function guards(auth: DemoAuth, { access }: DemoRoute): readonly RequestHandler[] {
  if (access === undefined) return []
  return [requireAuth(auth, access.policy), requireScope(...access.scope), requireRole(...access.roles)]
}

function serve({ answer }: DemoRoute): RequestHandler {
  return async (request, response) => {
    const { auth: principal, headers } = request
    const readBody = (limitBytes: number) => readNodeBody(request, limitBytes)
    send(response, await answer({ principal, headers, readBody }))
  }
}

function handleFaults(answerFault: AnswerFault): ErrorRequestHandler {
  // Express tells error handlers from others by their four parameters
  return (error, _request, response, next) => {
    if (response.headersSent) next(error)
    else send(response, answerFault(error))
  }
}

function send(response: Response, { status, headers, body }: DemoAnswer): void {
  response.writeHead(status, headers).end(body)
}
