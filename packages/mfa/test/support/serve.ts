import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AuthCore } from '@authcore/core'
import { authRoutes } from '@authcore/express'
import {
  type AuthRouteExtension,
  createAuthRoutes,
  createHttpAuth,
  createRefreshCookie,
  createSessionCookie,
  writeHeaders,
} from '@authcore/http'
import { createLogin, type PasswordAccounts, passwordRoutes } from '@authcore/password'
import express from 'express'
import { afterAll } from 'vitest'
import { type FactorRoutesOptions, factorRoutes } from '../../src/index.js'
import { createDpopKey, type DpopKey } from './dpop-key.js'
import { type Deployment, type DeployOptions, deploy } from './fixture.js'

export const ORIGIN = 'https://auth.example.com'

export interface Sent {
  readonly token?: string | undefined
  readonly cookie?: string
  readonly key?: DpopKey
  readonly body?: unknown
  /** Instead of `body`. */
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers as they are
  readonly json: any
}

export type Send = (method: string, path: string, sent?: Sent) => Promise<Received>

export interface Served extends Deployment {
  readonly send: Send
  readonly extension: AuthRouteExtension
  /** Logs in with the password and, where it is asked for, a proof. */
  passLogin(proof?: object, sent?: Sent): Promise<Received>
}

export type ServeOptions = DeployOptions & {
  readonly routes?: Partial<FactorRoutesOptions>
  readonly over?: 'http' | 'express'
}

const accounts: PasswordAccounts = {
  find: async name => ({ subject: `user-${name}`, passwordHash: 'plain', scope: ['orders'] }),
  findBySubject: async subject => ({ subject, passwordHash: 'plain', scope: ['orders'] }),
  savePasswordHash: async () => ({ saved: true }),
}

const hasher = {
  hash: async () => 'plain',
  verify: async (password: string) => ({ matches: password === 'right', needsRehash: false }),
  simulate: async () => {},
}

/** A deployment with its routes, called in the process or over a socket of Express. */
export async function serve({ routes, over = 'http', ...options }: ServeOptions = {}): Promise<Served> {
  const deployment = deploy(options)
  const { factors, clock } = deployment
  const auth = createHttpAuth(deployment.auth, { dpop: {}, sessionCookie: {} })
  const login = createLogin({ auth, accounts, hasher, secondFactors: factors })
  const extension = factorRoutes({
    auth,
    secondFactors: factors,
    sessionCookie: createSessionCookie(),
    login,
    ...routes,
  })
  const extensions = [passwordRoutes(login, { passkeys: true }), extension]
  const exchange = over === 'http' ? inProcess(auth, extensions) : await onExpress(auth, extensions)
  const send: Send = async (method, path, sent = {}) => {
    const body = sent.text ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body))
    const scheme = sent.key === undefined ? 'Bearer' : 'DPoP'
    const proof = sent.key?.prove({ method, url: `${ORIGIN}${path}`, now: clock(), token: sent.token })
    return exchange(method, path, body, {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(sent.token !== undefined && { authorization: `${scheme} ${sent.token}` }),
      ...(proof !== undefined && { dpop: proof }),
      ...(sent.cookie !== undefined && { cookie: sent.cookie, origin: ORIGIN }),
      ...sent.headers,
    })
  }
  return {
    ...deployment,
    extension,
    send,
    passLogin: async (proof, sent = {}) => {
      const first = await send('POST', '/login', { ...sent, body: { identifier: 'ada', password: 'right' } })
      if (first.status !== 202) return first
      const { pending_token } = first.json
      return send('POST', '/login/complete', { ...sent, body: { pending_token, proof } })
    },
  }
}

export { createDpopKey, createRefreshCookie }

type Exchange = (
  method: string,
  path: string,
  body: string | undefined,
  headers: Readonly<Record<string, string>>,
) => Promise<Received>

function inProcess(auth: AuthCore, extensions: readonly AuthRouteExtension[]): Exchange {
  const { handle } = createAuthRoutes(auth, { extensions })
  return async (method, path, body, headers) => {
    const request = { method, path, url: path, headers, ip: '192.0.2.1', readBody: async () => body }
    const response = await handle(request)
    if (response === undefined) throw new Error(`${path} is not served.`)
    const fields = new Headers()
    writeHeaders(fields, response.headers)
    return toReceived(response.status, Object.fromEntries(fields), response.body ?? '')
  }
}

async function onExpress(auth: AuthCore, extensions: readonly AuthRouteExtension[]): Promise<Exchange> {
  const app = express()
  app.use(authRoutes(auth, { extensions }))
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterAll(() => {
    server.close()
    server.closeAllConnections()
  })
  // a server that listens on TCP has such an address
  const { port } = server.address() as AddressInfo
  return async (method, path, body, headers) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { ...headers },
      ...(body !== undefined && { body }),
    })
    return toReceived(response.status, Object.fromEntries(response.headers), await response.text())
  }
}

function toReceived(status: number, headers: Readonly<Record<string, string>>, text: string): Received {
  return { status, headers, text, json: text === '' ? undefined : JSON.parse(text) }
}
