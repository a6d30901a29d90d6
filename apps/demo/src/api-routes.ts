import { InvalidRequestError } from '@authcore/core'
import { requireAuth, requireRole, requireScope } from '@authcore/express'
import { Router } from 'express'
import type { DemoAuth, DemoPrincipal } from './demo-auth.js'
import type { UserDirectory } from './login/user-directory.js'
import { describeMethods } from './methods.js'

/** What there is to protect: one route for each way of asking who is calling. */
export function apiRoutes(auth: DemoAuth, users: UserDirectory): Router {
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

  router.use('/admin', adminRoutes(auth, users))
  return router
}

function adminRoutes(auth: DemoAuth, users: UserDirectory): Router {
  const router = Router()
  router.use(requireAuth(auth, { methods: ['access_token'] }), requireRole('admin'))

  router.get('/users', (_request, response) => {
    response.json({ users: users.list().map(({ id, email, roles }) => ({ id, email, roles })) })
  })
  router.get('/signing-keys', async (_request, response) => {
    const signingKeys = await auth.signingKeys.list()
    response.json({ signing_keys: signingKeys.map(toWireSigningKey) })
  })
  router.post('/signing-keys/rotate', async (_request, response) => {
    response.status(201).json(toWireSigningKey(await auth.signingKeys.rotate()))
  })
  return router
}

function describePrincipal(principal: DemoPrincipal | undefined): object {
  if (principal === undefined) throw new InvalidRequestError('credentials_missing')
  return {
    subject: principal.subject,
    method: principal.method,
    scope: principal.scope.join(' '),
    roles: principal.roles,
    ...(principal.method === 'api_key'
      ? { api_key_id: principal.apiKeyId, api_key_name: principal.name }
      : { session_id: principal.sessionId }),
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
