import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AuthCore, type AuthEvent, createAuthCore, InvalidRequestError } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import type { AuthPolicy } from '@authcore/http'
import type { Express } from 'express'
import express5 from 'express'
import express4 from 'express4'
import { authErrorHandler, authRoutes, requireAuth, requireRole, requireScope } from '../src/index.js'

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

const POLICIES: Readonly<Record<string, AuthPolicy>> = {
  '/token': { methods: ['access_token'] },
  '/key': { methods: ['api_key'] },
  '/either': { methods: ['access_token', 'api_key'] },
  '/optional': { methods: ['access_token', 'api_key'], optional: true },
  '/scoped': { methods: ['access_token', 'api_key'], scope: ['write'] },
  '/editors': { methods: ['access_token', 'api_key'], roles: ['editor'] },
  '/fresh': { methods: ['access_token', 'api_key'], maxAgeSeconds: 60 },
}

/** An application that uses everything. */
export function createApp(express: typeof express5, auth: AuthCore): Express {
  const app = express()
  app.disable('x-powered-by')
  for (const [path, policy] of Object.entries(POLICIES)) {
    app.all(path, requireAuth(auth, policy), (request, response) => {
      const { auth: principal } = request
      response.setHeader(
        'x-principal',
        `${principal?.method} ${principal?.subject} ${Object.isFrozen(principal)}`,
      )
      response.end('served')
    })
  }
  app.get(
    '/then-scope',
    requireAuth(auth, { methods: ['access_token'] }),
    requireScope('read', 'write'),
    serve,
  )
  app.get('/then-role', requireAuth(auth, { methods: ['access_token'] }), requireRole('editor'), serve)
  const optional = requireAuth(auth, { methods: ['access_token'], optional: true })
  app.get('/optional-then-role', optional, requireRole('editor'), serve)
  app.get('/unguarded', requireScope('read'), serve)
  app.get('/throws-ours', () => {
    throw new InvalidRequestError('argument_invalid')
  })
  app.get('/throws-other', () => {
    throw new TypeError('a bug')
  })
  app.get('/throws-late', (_request, response, next) => {
    response.write('begun')
    next(new InvalidRequestError('argument_invalid'))
  })
  app.use('/auth', authRoutes(auth))
  app.use('/json', express.json(), authRoutes(auth))
  app.use('/parsed', express.json(), express.urlencoded({ extended: true }), authRoutes(auth))
  app.use('/raw', express.raw({ type: () => true }), authRoutes(auth))
  app.use('/small', authRoutes(auth, { bodyLimitBytes: 64, refreshCookie: false }))
  app.use('/slow', (_request, _response, next) => void setImmediate(next), authRoutes(auth))
  // a body parser that takes its time, until the client has gone away
  app.use('/gone', (request, _response, next) => void request.once('close', () => next()), authRoutes(auth))
  // HTTP/2 has no such property
  app.use('/http2', (request, _response, next) => {
    Object.defineProperty(request, 'headersDistinct', { value: undefined })
    next()
  })
  app.get('/http2', requireAuth(auth, { methods: ['access_token', 'api_key'] }), serve)
  const broken = { verify: () => Promise.reject(new TypeError('a bug')) }
  app.get('/broken', requireAuth({ accessTokens: broken }, { methods: ['access_token'] }), serve)
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
export async function listen(app: Express): Promise<{ port: number; close(): Promise<void> }> {
  const server: Server = createServer(app)
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
