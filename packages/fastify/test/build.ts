import type { AddressInfo, Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import type { AdapterApplication, GuardedRoute } from '@authcore/conformance'
import type { ListeningServer } from '@authcore/conformance/node'
import type { FastifyInstance, FastifyReply } from 'fastify'
import fastify5 from 'fastify'
import fastify4 from 'fastify4'
import {
  authErrorHandler,
  authRoutes,
  fastifyAuth,
  requireAuth,
  requireRole,
  requireScope,
} from '../src/index.js'

export const FRAMEWORKS: readonly (readonly [string, typeof fastify5])[] = [
  ['Fastify 5', fastify5],
  ['Fastify 4', fastify4],
]

/** The application of the table. */
export function build(app: FastifyInstance, application: AdapterApplication): FastifyInstance {
  app.register(fastifyAuth)
  app.setErrorHandler((error, _request, reply) => send(reply, application.failure(error)))
  app.setNotFoundHandler((_request, reply) => send(reply, application.fallback))
  // a context within the one that answers all other errors
  app.register(async own => {
    own.setErrorHandler(authErrorHandler())
    for (const route of application.routes) {
      own.register(async mounted => addRoute(mounted, route), { prefix: route.mount })
    }
  })
  for (const { path, auth, options, body, isDelayed } of application.mounts) {
    app.register(async own => {
      if (isDelayed) own.addHook('onRequest', () => setImmediate())
      if (body === 'parsed') addFormParser(own)
      own.register(authRoutes(auth, options), { prefix: path })
    })
  }
  return app
}

function addFormParser(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, text, done) => done(null, Object.fromEntries(new URLSearchParams(text.toString()))),
  )
}

function addRoute(app: FastifyInstance, route: GuardedRoute): void {
  const { auth, policy, requireScope: scopes, requireRole: roles } = route
  const onRequest = [
    ...(policy === undefined ? [] : [requireAuth(auth, policy)]),
    ...(scopes === undefined ? [] : [requireScope(...scopes)]),
    ...(roles === undefined ? [] : [requireRole(...roles)]),
  ]
  // the table sends bodies of any type to routes that do not look at them
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume()
    done(null)
  })
  app.all(route.path, { onRequest }, async (request, reply) => send(reply, route.answer(request.auth)))
}

function send(reply: FastifyReply, { status, headers, body }: AdapterApplication['fallback']): FastifyReply {
  return reply.code(status).headers(headers).send(body)
}

/** Serves on a free port. */
export async function listen(app: FastifyInstance): Promise<ListeningServer> {
  const sockets = new Set<Socket>()
  app.server.on('connection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    // a server that listens on a port has an AddressInfo
    port: (app.server.address() as AddressInfo).port,
    close: async () => {
      // what clients have left open would hold up the close
      for (const socket of sockets) socket.destroy()
      await app.close()
    },
  }
}
