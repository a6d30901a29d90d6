import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RequestHandler } from 'express'
import type { Group, Subject } from '../harness/operation.js'
import { listen, loadServer, type RunningServer } from '../setup/load.js'
import { AUDIENCE, type BenchKey, createBenchKey, createTokens, ISSUER, toJwk } from '../setup/tokens.js'
import { createFloor } from './floor.js'
import { createVerifier } from './verifier.js'

const TOKENS = 500
const POLICY = { methods: ['access_token'] } as const

/** Starts a server whose route `/me` answers with the subject, or with a fixed one. */
type StartServer = (key: BenchKey) => Promise<RunningServer>

type ServerKinds = Readonly<Record<string, StartServer>>

const express: ServerKinds = {
  'open route': () => startExpress(undefined),
  authcore: key => startExpress(expressAuth(key, 0)),
  'authcore, cached': key => startExpress(expressAuth(key, 1000)),
  'floor in the route': key => startExpress(async () => floorOfExpress(key)),
  'express-jwt': key =>
    startExpress(async () => {
      const { expressjwt } = await import('express-jwt')
      return expressjwt({
        secret: key.publicKey,
        algorithms: ['RS256'],
        issuer: ISSUER,
        audience: AUDIENCE,
      }) as RequestHandler
    }),
  'express-oauth2-jwt-bearer': key =>
    startExpress(async () => {
      const { auth } = await import('express-oauth2-jwt-bearer')
      const keys = await listen(
        createServer((_request, response) => {
          response.setHeader('content-type', 'application/json')
          response.end(JSON.stringify({ keys: [toJwk(key)] }))
        }),
      )
      return auth({
        issuer: ISSUER,
        audience: AUDIENCE,
        jwksUri: `http://127.0.0.1:${keys.port}/jwks`,
        tokenSigningAlg: 'RS256',
      })
    }),
}

const fastify: ServerKinds = {
  'open route': () => startFastify(undefined),
  authcore: key => startFastify({ key, kind: 'authcore', cacheSize: 0 }),
  'authcore, cached': key => startFastify({ key, kind: 'authcore', cacheSize: 1000 }),
  'floor in the route': key => startFastify({ key, kind: 'floor' }),
  '@fastify/jwt': key => startFastify({ key, kind: '@fastify/jwt', cacheSize: 0 }),
  '@fastify/jwt, cached': key => startFastify({ key, kind: '@fastify/jwt', cacheSize: 1000 }),
}

const koa: ServerKinds = {
  'open route': () => startKoa(undefined),
  authcore: key => startKoa({ key, kind: 'authcore', cacheSize: 0 }),
  'authcore, cached': key => startKoa({ key, kind: 'authcore', cacheSize: 1000 }),
  'floor in the route': key => startKoa({ key, kind: 'floor' }),
  'koa-jwt': key => startKoa({ key, kind: 'koa-jwt' }),
}

const hono: ServerKinds = {
  'open route': () => startHono(undefined),
  authcore: key => startHono({ key, kind: 'authcore', cacheSize: 0 }),
  'authcore, cached': key => startHono({ key, kind: 'authcore', cacheSize: 1000 }),
  'floor in the route': key => startHono({ key, kind: 'floor' }),
  'hono/jwt': key => startHono({ key, kind: 'hono/jwt' }),
}

const NOTES = [
  `RS256, ${TOKENS} different tokens, 32 connections from another process. CPU time is that of the server: its inverse is what one core serves in a second.`,
  'floor in the route: the open route whose handler makes the raw check of node:crypto, decodes and parses. Nothing that verifies on the event loop without a cache can cost less.',
]

/** A route that only bearers of a token may call, beside the same route open to all. */
export const protectedRouteGroups: readonly Group[] = Object.entries({ express, fastify, koa, hono }).map(
  ([framework, kinds]) => ({
    id: `route-${framework}`,
    title: `A protected route, ${framework}`,
    notes: NOTES,
    pace: { rounds: 9, sliceMilliseconds: 250, batchMilliseconds: 60 },
    subjects: Object.entries(kinds).map(([name, start]) => toSubject(name, start)),
  }),
)

function toSubject(name: string, start: StartServer): Subject {
  return {
    name,
    async prepare() {
      const key = createBenchKey('RS256')
      // the middleware of Hono takes no other type
      const tokens = createTokens(key, TOKENS, name === 'hono/jwt' ? { typ: 'JWT' } : {})
      return loadServer(
        await start(key),
        tokens.map(token => ({ authorization: `Bearer ${token}` })),
      )
    },
  }
}

async function startExpress(guard: (() => Promise<RequestHandler>) | undefined): Promise<RunningServer> {
  const { default: createApp } = await import('express')
  const app = createApp()
  if (guard !== undefined) app.use(await guard())
  app.get('/me', (request, response) => {
    // several middlewares declare the place each in its own form
    const auth: unknown = request.auth
    response.json({ subject: subjectOf(auth) })
  })
  return listen(createServer(app))
}

function expressAuth(key: BenchKey, cacheSize: number): () => Promise<RequestHandler> {
  return async () => {
    const { requireAuth } = await import('@authcore/express')
    const handler = requireAuth({ accessTokens: await createVerifier(key, { cacheSize }) }, POLICY)
    // another middleware in this package declares `req.auth` in a form of its own
    return handler as unknown as RequestHandler
  }
}

function floorOfExpress(key: BenchKey): RequestHandler {
  const check = createFloor(key)
  return (request, _response, next) => {
    check(String(request.headers.authorization).slice('Bearer '.length))
    next()
  }
}

/** Answers are of the same length, whoever is told. */
function subjectOf(auth: unknown): string {
  const { subject } = Object(auth)
  return typeof subject === 'string' ? subject : '00000000-0000-4000-8000-000000000000'
}

/** Who guards a route of the other frameworks. */
interface Guard {
  readonly key: BenchKey
  readonly kind: string
  readonly cacheSize?: number
}

async function startFastify(guard: Guard | undefined): Promise<RunningServer> {
  const { fastify: createApp } = await import('fastify')
  const app = createApp()
  const onRequest = await createFastifyHook(app, guard)
  app.get('/me', { ...(onRequest !== undefined && { onRequest }) }, async request => ({
    subject: subjectOf(request.auth),
  }))
  await app.listen({ port: 0, host: '127.0.0.1' })
  // a server that listens on a port has an address of this form
  const { port } = app.server.address() as AddressInfo
  return { port, close: () => app.close() }
}

type FastifyHook = import('fastify').onRequestAsyncHookHandler

async function createFastifyHook(
  app: import('fastify').FastifyInstance,
  guard: Guard | undefined,
): Promise<FastifyHook | undefined> {
  if (guard === undefined) return undefined
  const { key, kind, cacheSize = 0 } = guard
  if (kind === 'floor') {
    const check = createFloor(key)
    return async request => check(String(request.headers.authorization).slice('Bearer '.length))
  }
  if (kind === 'authcore') {
    const { fastifyAuth, requireAuth } = await import('@authcore/fastify')
    app.register(fastifyAuth)
    return requireAuth({ accessTokens: await createVerifier(key, { cacheSize }) }, POLICY) as FastifyHook
  }
  const { default: fastifyJwt } = await import('@fastify/jwt')
  app.register(fastifyJwt, {
    // it asks for a private key also of who only verifies
    secret: { private: key.privatePem, public: key.publicPem },
    sign: { algorithm: 'RS256' },
    verify: {
      algorithms: ['RS256'],
      allowedIss: ISSUER,
      allowedAud: AUDIENCE,
      cache: cacheSize === 0 ? false : cacheSize,
    },
  })
  return request => request.jwtVerify()
}

async function startKoa(guard: Guard | undefined): Promise<RunningServer> {
  const { default: Koa } = await import('koa')
  const app = new Koa()
  if (guard !== undefined) app.use(await createKoaMiddleware(guard))
  app.use(context => {
    context.body = { subject: subjectOf(context.state['auth']) }
  })
  return listen(createServer(app.callback()))
}

async function createKoaMiddleware({ key, kind, cacheSize = 0 }: Guard): Promise<import('koa').Middleware> {
  if (kind === 'floor') {
    const check = createFloor(key)
    return (context, next) => {
      check(context.get('authorization').slice('Bearer '.length))
      return next()
    }
  }
  if (kind === 'authcore') {
    const { requireAuth } = await import('@authcore/koa')
    const verifiers = { accessTokens: await createVerifier(key, { cacheSize }) }
    return requireAuth(verifiers, POLICY) as import('koa').Middleware
  }
  const { default: koaJwt } = await import('koa-jwt')
  // its types know only text and bytes; what it hands on to jsonwebtoken may be a KeyObject, which is faster
  const secret = key.publicKey as unknown as Buffer
  return koaJwt({ secret, algorithms: ['RS256'], issuer: ISSUER, audience: AUDIENCE })
}

async function startHono(guard: Guard | undefined): Promise<RunningServer> {
  const { Hono } = await import('hono')
  const { createAdaptorServer } = await import('@hono/node-server')
  const app = new Hono<{ Variables: { auth?: { readonly subject: string } } }>()
  if (guard !== undefined) app.use(await createHonoMiddleware(guard))
  app.get('/me', context => context.json({ subject: subjectOf(context.get('auth')) }))
  // without options for HTTP/2 it is a server of node:http
  return listen(createAdaptorServer({ fetch: app.fetch }) as import('node:http').Server)
}

async function createHonoMiddleware({
  key,
  kind,
  cacheSize = 0,
}: Guard): Promise<import('hono').MiddlewareHandler> {
  if (kind === 'floor') {
    const check = createFloor(key)
    return async (context, next) => {
      check(String(context.req.header('authorization')).slice('Bearer '.length))
      await next()
    }
  }
  if (kind === 'authcore') {
    const { requireAuth } = await import('@authcore/hono')
    return requireAuth({ accessTokens: await createVerifier(key, { cacheSize }) }, POLICY)
  }
  const { jwt } = await import('hono/jwt')
  return jwt({ secret: key.publicPem, alg: 'RS256', verification: { iss: ISSUER, aud: AUDIENCE } })
}
