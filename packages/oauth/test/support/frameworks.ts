import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as forExpress from '@authcore/express'
import * as forFastify from '@authcore/fastify'
import * as forHono from '@authcore/hono'
import type { AnyAuthCore, AuthRoutesOptions } from '@authcore/http'
import * as forKoa from '@authcore/koa'
import { createAdaptorServer } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import mount from 'koa-mount'

/** What is served, whatever the framework: one set of routes at `/auth`, one at the root, and a page that is guarded. */
export interface Application {
  readonly auth: AnyAuthCore
  readonly signIn: AuthRoutesOptions
  readonly server: AuthRoutesOptions
  readonly policy: Parameters<typeof forExpress.requireAuth>[1]
  /** What `GET /me` answers. */
  me(principal: object | undefined): object
}

/** A server on a free port of loopback. */
export interface RunningServer {
  readonly port: number
  close(): Promise<void>
}

/** Serves an application the way the README of each framework says. */
export const FRAMEWORKS: readonly (readonly [
  string,
  (application: Application) => Promise<RunningServer>,
])[] = [
  ['Express', serveExpress],
  ['Fastify', serveFastify],
  ['Koa', serveKoa],
  ['Hono', serveHono],
  ['Fetch', serveFetch],
]

async function serveExpress({ auth, signIn, server, policy, me }: Application): Promise<RunningServer> {
  const app = express()
  app.use('/auth', forExpress.authRoutes(auth, signIn))
  app.use(forExpress.authRoutes(auth, server))
  app.get('/me', forExpress.requireAuth(auth, policy), (request, response) => {
    response.json(me(request.auth))
  })
  app.use(forExpress.authErrorHandler())
  return listen(createServer(app))
}

async function serveFastify({ auth, signIn, server, policy, me }: Application): Promise<RunningServer> {
  const app = fastify()
  app.register(forFastify.fastifyAuth)
  app.setErrorHandler(forFastify.authErrorHandler())
  app.register(forFastify.authRoutes(auth, signIn), { prefix: '/auth' })
  app.register(forFastify.authRoutes(auth, server))
  app.get('/me', { onRequest: forFastify.requireAuth(auth, policy) }, async request => me(request.auth))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { port: portOf(app.server), close: () => app.close() }
}

async function serveKoa({ auth, signIn, server, policy, me }: Application): Promise<RunningServer> {
  const app = new Koa()
  const guard = forKoa.requireAuth(auth, policy)
  app.use(forKoa.authErrorHandler())
  app.use(mount('/auth', forKoa.authRoutes(auth, signIn)))
  app.use(mount('/me', guard))
  app.use(
    mount('/me', context => {
      context.body = me(context.state['auth'])
    }),
  )
  app.use(forKoa.authRoutes(auth, server))
  return listen(createServer(app.callback()))
}

async function serveHono({ auth, signIn, server, policy, me }: Application): Promise<RunningServer> {
  const app = new Hono()
  app.route('/auth', forHono.authRoutes(auth, signIn))
  app.get('/me', forHono.requireAuth(auth, policy), c => c.json(me(c.get('auth'))))
  app.route('/', forHono.authRoutes(auth, server))
  app.onError(forHono.authErrorHandler())
  return listen(createAdaptorServer({ fetch: app.fetch }) as Server)
}

/** Functions on requests and responses alone, as every Fetch-style server calls them. */
async function serveFetch({ auth, signIn, server, policy, me }: Application): Promise<RunningServer> {
  const guarded = forHono.withAuth(auth, policy, (_request, context) => Response.json(me(context.auth)))
  const atRoot = forHono.authFetchHandler(auth, server, {
    otherwise: request =>
      new URL(request.url).pathname === '/me' ? guarded(request) : new Response(null, { status: 404 }),
  })
  const handler = forHono.authFetchHandler(auth, signIn, { prefix: '/auth', otherwise: atRoot })
  return listen(createAdaptorServer({ fetch: (request: Request) => handler(request) }) as Server)
}

async function listen(server: Server): Promise<RunningServer> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function portOf(server: Server): number {
  // a server that listens on a port has an AddressInfo
  return (server.address() as AddressInfo).port
}
