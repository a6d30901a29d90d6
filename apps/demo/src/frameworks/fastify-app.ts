import type { RequestListener } from 'node:http'
import {
  authErrorHandler,
  authRoutes,
  fastifyAuth,
  requireAuth,
  requireRole,
  requireScope,
} from '@authcore/fastify'
import { readNodeBody } from '@authcore/http'
import fastify, { type FastifyInstance, type FastifyReply, type RouteOptions } from 'fastify'
import type { DemoPrincipal } from '../demo-auth.js'
import { SECURITY_HEADERS } from '../routes/answers.js'
import type { DemoAnswer, DemoRoute, RouteAccess } from '../routes/demo-route.js'
import { ROUTE_NOT_FOUND } from '../routes/problem.js'
import type { DemoParts } from './demo-parts.js'

declare module '@authcore/fastify' {
  interface AuthTypes {
    principal: DemoPrincipal
  }
}

/** The demo on Fastify. */
export async function createFastifyApp(parts: DemoParts): Promise<RequestListener> {
  const { answerFault } = parts
  const app = fastify({
    // what the router cannot read reaches no error handler
    frameworkErrors: (error, _request, reply) => send(reply.headers(SECURITY_HEADERS), answerFault(error)),
  })
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(SECURITY_HEADERS)
  })
  app.setNotFoundHandler((_request, reply) => send(reply, ROUTE_NOT_FOUND))
  app.setErrorHandler((error, _request, reply) => send(reply, answerFault(error)))
  // in a context inside: what `authErrorHandler` does not answer goes on to the handler of the one around
  app.register(async inner => register(inner, parts))
  await app.ready()
  return (request, response) => app.routing(request, response)
}

function register(app: FastifyInstance, { auth, authRoutes: options, rootRoutes, routes }: DemoParts): void {
  app.register(fastifyAuth)
  app.setErrorHandler(authErrorHandler())
  app.register(authRoutes(auth, options), { prefix: '/auth' })
  app.register(authRoutes(auth, rootRoutes))
  // routes read their bodies themselves
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  for (const route of routes) {
    const { method, path: url, access } = route
    const onRequest = access === undefined ? [] : guards(access)
    app.route({ method, url, onRequest, handler: serve(route) })
  }

  function guards({ policy, scope, roles }: RouteAccess) {
    return [requireAuth(auth, policy), requireScope(...scope), requireRole(...roles)]
  }
}

function serve({ answer }: DemoRoute): RouteOptions['handler'] {
  return async ({ auth: principal, headers, raw }, reply) => {
    const readBody = (limitBytes: number) => readNodeBody(raw, limitBytes)
    return send(reply, await answer({ principal, headers, readBody }))
  }
}

function send(reply: FastifyReply, { status, headers, body }: DemoAnswer): FastifyReply {
  // to text Fastify adds a charset, to bytes it adds nothing
  return reply.code(status).headers(headers).send(Buffer.from(body))
}
