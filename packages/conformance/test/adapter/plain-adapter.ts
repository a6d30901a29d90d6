import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server, createSecureServer } from 'node:http2'
import type { AddressInfo, Server, Socket } from 'node:net'
import { ConfigError, type Principal } from '@authcore/core'
import {
  type AuthRequest,
  type AuthResponse,
  answerError,
  createAuthRoutes,
  guardRequest,
  type PassedGuard,
  readNodeBody,
  readNodeRequest,
  refuseRights,
  rememberGuard,
  writeHeaders,
} from '@authcore/http'
import type { AdapterApplication, AdapterServer, GuardedRoute } from '../../src/index.js'
import { http2Server, httpServer, type ListeningServer, type TlsServerOptions } from '../../src/node/index.js'

/** What an adapter can get wrong; each is a step that the whole one has as it is here. */
export interface Steps {
  toAuthRequest(request: IncomingMessage): AuthRequest
  /** The path below a mount point. */
  toPath(pathname: string, mount: string): string
  readBody(request: IncomingMessage, limitBytes: number): Promise<unknown>
  /** Who the handler sees. */
  toPrincipal(principal: Found): Found
  toAnswer(error: unknown, application: AdapterApplication, request: IncomingMessage): Answer
  /** What the guard has found out goes along with the request. */
  remember(request: IncomingMessage, guard: PassedGuard): void
  send(response: ServerResponse, answer: Answer, request: IncomingMessage): void
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

type Found = Principal<string, string, unknown> | undefined

export type Answer = Pick<AuthResponse, 'status' | 'headers' | 'body'>

export const WHOLE: Steps = {
  toAuthRequest: request => readNodeRequest(request, request.url ?? ''),
  toPath: (pathname, mount) => pathname.slice(mount.length) || '/',
  readBody: readNodeBody,
  toPrincipal: principal => principal,
  toAnswer: (error, application, request) =>
    answerError(error, { carrier: request, toRequest: () => WHOLE.toAuthRequest(request) }) ??
    application.failure(error),
  remember: rememberGuard,
  send: (response, { status, headers, body }) => {
    const set = (name: string, value: string) => response.setHeader(name, value)
    const append = (name: string, value: string) => response.appendHeader(name, value)
    writeHeaders({ set, append }, headers)
    response.statusCode = status
    response.end(body)
  },
}

/** An adapter for no framework at all: Node's own server. */
export function createListener(application: AdapterApplication, steps: Steps = WHOLE): Listener {
  const mounts = application.mounts.map(mount => ({
    mount: mount.path,
    ...createAuthRoutes(mount.auth, mount.options),
  }))
  const serve = async (request: IncomingMessage): Promise<Answer> => {
    const [pathname = ''] = (request.url ?? '').split('?', 1)
    const route = application.routes.find(({ mount, path }) => mount + path === pathname)
    if (route !== undefined) return serveRoute(route, request)
    for (const { mount, handle } of mounts) {
      if (!`${pathname}/`.startsWith(`${mount}/`)) continue
      const answer = await handle({
        ...steps.toAuthRequest(request),
        path: steps.toPath(pathname, mount),
        readBody: limitBytes => steps.readBody(request, limitBytes),
      })
      if (answer !== undefined) return answer
    }
    return application.fallback
  }
  const serveRoute = async (route: GuardedRoute, request: IncomingMessage): Promise<Answer> => {
    const { auth, policy, requireScope: scopes, requireRole: roles } = route
    if (policy === undefined) {
      if ((scopes ?? roles) !== undefined) throw new ConfigError('config_invalid', [])
      return route.answer(undefined)
    }
    const guarded = await guardRequest(auth, steps.toAuthRequest(request), policy)
    if (guarded.outcome === 'answered') return guarded.response
    steps.remember(request, guarded)
    const principal = steps.toPrincipal(guarded.principal)
    const refusal =
      (scopes && refuseRights(request, principal, { scope: scopes })) ??
      (roles && refuseRights(request, principal, { roles }))
    if (refusal !== undefined) return refusal
    const answer = route.answer(principal)
    return { ...answer, headers: { ...guarded.headers, ...answer.headers } }
  }
  return (request, response) => {
    serve(request)
      .catch(error => steps.toAnswer(error, application, request))
      .then(answer => steps.send(response, answer, request))
  }
}

/** Serves a listener over HTTP/1.1. */
export async function listen(listener: Listener): Promise<AdapterServer> {
  return httpServer(await listenOn(createServer(listener)))
}

/** Serves a listener over HTTP/2. */
export async function listenHttp2(listener: Listener): Promise<AdapterServer> {
  // Node's requests and responses of HTTP/2 have what is used here
  return http2Server(await listenOn(createHttp2Server(listener as never)))
}

/** Serves a listener over TLS: HTTP/2, and HTTP/1.1 for those who want that. */
export function listenTls(listener: Listener, tls: TlsServerOptions): Promise<ListeningServer> {
  return listenOn(createSecureServer({ ...tls, allowHTTP1: true }, listener as never))
}

async function listenOn(server: Server): Promise<ListeningServer> {
  const sockets = new Set<Socket>()
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    // a server that listens on a port has an AddressInfo
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
