import { createServer, type IncomingMessage } from 'node:http'
import { type Clock, createInternalTokenVerifier, type Principal } from '@authcore/core'
import {
  type AuthPolicy,
  type AuthResponse,
  guardRequest,
  readNodeRequest,
  writeHeaders,
} from '@authcore/http'
import { json } from '../routes/answers.js'
import { closeServer, HOST, listen } from '../server-socket.js'

/** `aud` of the tokens that the inner service accepts. */
export const INNER_AUDIENCE = 'urn:authcore-demo:orders'

/** The plain header for services that cannot verify a token. */
export const SUBJECT_HEADER = 'x-user-id'

/** What the inner service knows of the gateway. */
export interface InnerServiceOptions {
  /** `iss` of the gateway, below which its key set is. */
  readonly issuer: string
  readonly clock: Clock
  readonly report: (error: unknown) => void
}

/** A service behind the gateway that is being served on a port of its own. */
export interface InnerService {
  readonly url: string
  stop(): Promise<void>
}

const POLICY: AuthPolicy = { methods: ['access_token'] }

/**
 * Serves `GET /orders` on a free port of the loopback interface. Its only credentials are internal tokens of the
 * gateway, which it verifies with the public keys; it has no store and no secret.
 */
export async function startInnerService({
  issuer,
  clock,
  report,
}: InnerServiceOptions): Promise<InnerService> {
  const accessTokens = createInternalTokenVerifier({
    issuer,
    audience: INNER_AUDIENCE,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    // the demo speaks HTTP on this machine only
    jwksOptions: { allowHttpOnLoopback: true },
    clock,
  })
  const server = createServer()
  const url = `http://${HOST}:${await listen(server, 0)}`
  server.on('request', async (request, response) => {
    const { status, headers, body } = await answer(url, accessTokens, request).catch((error: unknown) => {
      report(error)
      return json(500, { error: 'internal_error' })
    })
    const set = (name: string, value: string) => response.setHeader(name, value)
    const append = (name: string, value: string) => response.appendHeader(name, value)
    writeHeaders({ set, append }, headers)
    response.writeHead(status).end(body)
  })
  return { url, stop: () => closeServer(server) }
}

type Verifier = ReturnType<typeof createInternalTokenVerifier>

async function answer(
  service: string,
  accessTokens: Verifier,
  request: IncomingMessage,
): Promise<AuthResponse> {
  const guarded = await guardRequest({ accessTokens }, readNodeRequest(request, request.url ?? '/'), POLICY)
  if (guarded.outcome === 'answered') return guarded.response
  return json(200, {
    service,
    orders: [{ id: 7, title: 'Paper, 500 sheets' }],
    internal_token: describePrincipal(guarded.principal),
    x_user_id: request.headers[SUBJECT_HEADER],
    received: Object.keys(request.headers).sort(),
  })
}

function describePrincipal(principal: Principal<string, string, unknown> | undefined): object | undefined {
  if (principal?.method !== 'access_token') return undefined
  const { subject, scope, claims, audience } = principal
  return { audience, subject, scope: scope.join(' '), auth_method: Object(claims).auth_method }
}
