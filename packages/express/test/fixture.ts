import { once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type AuthCore, type AuthEvent, createAuthCore, InvalidRequestError } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import type { Express } from 'express'
import express5 from 'express'
import express4 from 'express4'
import { authErrorHandler, authRoutes, requireAuth } from '../src/index.js'

export const FRAMEWORKS: readonly (readonly [string, typeof express5])[] = [
  ['Express 5', express5],
  ['Express 4', express4],
]

export const ISSUER: string = 'https://api.example.com'

export interface Deployment {
  readonly auth: AuthCore
  readonly events: AuthEvent[]
  advance(seconds: number): void
  setStoresUp(isUp: boolean): void
}

/** A real core on real stores, with a held clock and a switch for outages. */
export function createDeployment(): Deployment {
  const state = { now: Date.UTC(2026, 0, 15, 12), isUp: true }
  const events: AuthEvent[] = []
  const stores = memoryStores()
  const { revocations } = stores
  const auth = createAuthCore({
    issuer: ISSUER,
    audience: ISSUER,
    secrets: ['m0Q8dWQv1nJ3k9ZxT7uYb2LcR5sGhE6pAaFiNoXtVwU='],
    stores: {
      ...stores,
      revocations: {
        revoke: command => revocations.revoke(command),
        find: query =>
          state.isUp ? revocations.find(query) : Promise.reject(new Error('ECONNREFUSED 10.0.0.7')),
        sweep: command => revocations.sweep(command),
      },
    },
    accessToken: { algorithm: 'ES256' },
    clock: () => state.now,
    events: event => events.push(event),
  })
  return {
    auth,
    events,
    advance: seconds => {
      state.now += seconds * 1000
    },
    setStoresUp: isUp => {
      state.isUp = isUp
    },
  }
}

/** An application with what the table of requests cannot have in it. */
export function createApp(express: typeof express5, auth: AuthCore): Express {
  const app = express()
  app.all('/token', requireAuth(auth, { methods: ['access_token'] }), serve)
  app.all('/key', requireAuth(auth, { methods: ['api_key'] }), serve)
  app.get('/throws-late', (_request, response, next) => {
    response.write('begun')
    next(new InvalidRequestError('argument_invalid'))
  })
  app.use('/auth', authRoutes(auth))
  app.use('/json', express.json(), authRoutes(auth))
  app.use('/parsed', express.json(), express.urlencoded({ extended: true }), authRoutes(auth))
  app.use('/raw', express.raw({ type: () => true }), authRoutes(auth))
  app.use('/slow', (_request, _response, next) => void setImmediate(next), authRoutes(auth))
  // a body parser that takes its time, until the client has gone away
  app.use('/gone', (request, _response, next) => void request.once('close', () => next()), authRoutes(auth))
  app.use('/made-up', (request, _response, next) => {
    for (const name of ['rawHeaders', 'socket']) Object.defineProperty(request, name, { value: undefined })
    next()
  })
  app.get('/made-up', requireAuth(auth, { methods: ['access_token', 'api_key'] }), serve)
  app.use('/sent', (_request, response, next) => {
    response.end('sent')
    next()
  })
  app.use('/sent', requireAuth(auth, { methods: ['access_token'] }))
  app.use(authErrorHandler())
  app.use(answerOther)
  return app
}

function serve(_request: unknown, response: { end(text: string): void }): void {
  response.end('served')
}

/** Stands for the error handling of an application. */
function answerOther(
  error: Error & { code?: string },
  _request: unknown,
  response: { headersSent: boolean; statusCode: number; end(text: string): void },
  _next: unknown,
): void {
  if (!response.headersSent) response.statusCode = 500
  response.end(`handled: ${error.name} ${error.code ?? ''}`)
}

/** Serves an application on a free port. */
export function listen(app: Express): Promise<{ port: number; close(): Promise<void> }> {
  return listenOn(createServer(app))
}

/** Lets a server listen on a free port. */
export async function listenOn(
  server: HttpServer | HttpsServer,
): Promise<{ port: number; close(): Promise<void> }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // a server that listens on a port has an AddressInfo
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
