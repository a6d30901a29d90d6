import { InvalidRequestError } from '@authcore/core'
import { requireAuth, requireRole, requireScope } from '@authcore/express'
import express, { type RequestHandler, Router } from 'express'
import type { CleanUp } from './clean-up.js'
import type { DemoAuth, DemoPrincipal } from './demo-auth.js'
import type { UserDirectory } from './login/user-directory.js'
import { describeMethods } from './methods.js'
import { bodyErrorHandler } from './problem.js'

/** What the routes work with. */
export interface ApiRoutesOptions {
  readonly auth: DemoAuth
  readonly users: UserDirectory
  readonly cleanUp: CleanUp
}

/** How many users the list for admins shows. */
const MAX_LISTED_USERS = 20

/** What there is to protect: one route for each way of asking who is calling. */
export function apiRoutes(options: ApiRoutesOptions): Router {
  const { auth } = options
  const router = Router()

  router.get('/methods', (_request, response) => {
    response.json(describeMethods(auth))
  })

  router.get('/me', requireAuth(auth, { methods: ['access_token'] }), (request, response) => {
    response.json(describePrincipal(request.auth))
  })

  const keysOnly = requireAuth(auth, { methods: ['api_key'], scope: ['reports:read'] })
  router.get('/machine', keysOnly, (request, response) => {
    response.json(describePrincipal(request.auth))
  })

  const either = requireAuth(auth, { methods: ['access_token', 'api_key'] })
  router.get('/reports', either, requireScope('reports:read'), (request, response) => {
    response.json({
      reports: [{ id: 1, title: 'Visitors by week' }],
      read_by: describePrincipal(request.auth),
    })
  })
  router.post('/reports', either, requireScope('reports:write'), (request, response) => {
    response.status(201).json({ id: 2, written_by: describePrincipal(request.auth) })
  })

  router.use('/admin', adminRoutes(options))
  return router
}

function adminRoutes({ auth, users, cleanUp }: ApiRoutesOptions): Router {
  const router = Router()
  router.use(requireAuth(auth, { methods: ['access_token'] }), requireRole('admin'))

  router.get('/users', async (_request, response) => {
    const oldest = await users.list(MAX_LISTED_USERS)
    response.json({ users: oldest.map(({ id, email, roles }) => ({ id, email, roles })) })
  })
  router.get('/signing-keys', async (_request, response) => {
    const signingKeys = await auth.signingKeys.list()
    response.json({ signing_keys: signingKeys.map(toWireSigningKey) })
  })
  router.post('/signing-keys/rotate', async (_request, response) => {
    response.status(201).json(toWireSigningKey(await auth.signingKeys.rotate()))
  })
  router.post('/clean-up', express.json(), bodyErrorHandler, cleanUpNow(cleanUp))
  return router
}

function cleanUpNow(cleanUp: CleanUp): RequestHandler {
  return async (request, response) => {
    const { removed, batches } = await cleanUp(readBatchSize(request.body))
    response.json({
      removed: {
        sessions: removed.sessions,
        api_keys: removed.apiKeys,
        revocations: removed.revocations,
        one_time: removed.oneTime,
        rate_limits: removed.rateLimits,
        documents: removed.documents,
      },
      batches,
    })
  }
}

/** AuthCore checks the range; what is no number at all is refused here. */
function readBatchSize(body: unknown): number | undefined {
  const { batch_size: batchSize }: { readonly batch_size?: unknown } = { ...Object(body) }
  if (batchSize === undefined || typeof batchSize === 'number') return batchSize
  throw new InvalidRequestError('request_body_malformed', { detail: 'batch_size must be a number.' })
}

function describePrincipal(principal: DemoPrincipal | undefined): object {
  if (principal === undefined) throw new InvalidRequestError('credentials_missing')
  return {
    subject: principal.subject,
    method: principal.method,
    scope: principal.scope.join(' '),
    roles: principal.roles,
    ...(principal.method === 'api_key' && {
      api_key_id: principal.apiKeyId,
      api_key_name: principal.name,
    }),
    ...('sessionId' in principal && { session_id: principal.sessionId }),
    ...(principal.expiresAt !== undefined && { expires_at: toNumericDate(principal.expiresAt) }),
  }
}

type SigningKeyStatus = Awaited<ReturnType<DemoAuth['signingKeys']['rotate']>>

function toWireSigningKey({ kid, algorithm, state, announcedAt, activatesAt }: SigningKeyStatus): object {
  return {
    kid,
    alg: algorithm,
    state,
    announced_at: toNumericDate(announcedAt),
    activates_at: toNumericDate(activatesAt),
  }
}

/** RFC 7519 section 2: seconds on the wire. */
function toNumericDate(instant: number): number {
  return Math.floor(instant / 1000)
}
