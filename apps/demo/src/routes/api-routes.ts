import { InvalidRequestError } from '@authcore/core'
import type { CleanUp } from '../clean-up.js'
import type { DemoAuth, DemoPrincipal } from '../demo-auth.js'
import type { Mail, Mailbox } from '../people/mailbox.js'
import type { UserDirectory } from '../people/user-directory.js'
import { json } from './answers.js'
import type { DemoRoute, RouteAccess } from './demo-route.js'
import { readJsonBody } from './json-body.js'
import { describeMethods } from './methods.js'

/** What the routes work with. */
export interface ApiRoutesOptions {
  readonly auth: DemoAuth
  readonly users: UserDirectory
  readonly mailbox: Mailbox
  readonly cleanUp: CleanUp
}

/** How many users the list for admins shows. */
const MAX_LISTED_USERS = 20

const TOKENS_ONLY: RouteAccess = { policy: { methods: ['access_token'] }, scope: [], roles: [] }
const KEYS_ONLY: RouteAccess = {
  policy: { methods: ['api_key'], scope: ['reports:read'] },
  scope: [],
  roles: [],
}
const EITHER: RouteAccess = { policy: { methods: ['access_token', 'api_key'] }, scope: [], roles: [] }
const ADMINS: RouteAccess = { ...TOKENS_ONLY, roles: ['admin'] }

/** What there is to protect: one route for each way of asking who is calling. */
export function apiRoutes(options: ApiRoutesOptions): readonly DemoRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/methods',
      answer: () => json(200, describeMethods(options.auth)),
    },
    {
      method: 'GET',
      path: '/api/me',
      access: TOKENS_ONLY,
      answer: ({ principal }) => json(200, describePrincipal(principal)),
    },
    {
      method: 'GET',
      path: '/api/machine',
      access: KEYS_ONLY,
      answer: ({ principal }) => json(200, describePrincipal(principal)),
    },
    {
      method: 'GET',
      path: '/api/reports',
      access: { ...EITHER, scope: ['reports:read'] },
      answer: ({ principal }) =>
        json(200, {
          reports: [{ id: 1, title: 'Visitors by week' }],
          read_by: describePrincipal(principal),
        }),
    },
    {
      method: 'POST',
      path: '/api/reports',
      access: { ...EITHER, scope: ['reports:write'] },
      answer: ({ principal }) => json(201, { id: 2, written_by: describePrincipal(principal) }),
    },
    ...adminRoutes(options),
  ]
}

function adminRoutes({ auth, users, mailbox, cleanUp }: ApiRoutesOptions): readonly DemoRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/admin/users',
      access: ADMINS,
      answer: async () => {
        const oldest = await users.list(MAX_LISTED_USERS)
        return json(200, { users: oldest.map(({ id, email, roles }) => ({ id, email, roles })) })
      },
    },
    {
      method: 'GET',
      path: '/api/admin/mails',
      access: ADMINS,
      answer: () => json(200, { mails: mailbox.list().map(toWireMail) }),
    },
    {
      method: 'GET',
      path: '/api/admin/signing-keys',
      access: ADMINS,
      answer: async () => {
        const signingKeys = await auth.signingKeys.list()
        return json(200, { signing_keys: signingKeys.map(toWireSigningKey) })
      },
    },
    {
      method: 'POST',
      path: '/api/admin/signing-keys/rotate',
      access: ADMINS,
      answer: async () => json(201, toWireSigningKey(await auth.signingKeys.rotate())),
    },
    {
      method: 'POST',
      path: '/api/admin/clean-up',
      access: ADMINS,
      answer: async call => cleanUpNow(cleanUp, readBatchSize(await readJsonBody(call))),
    },
  ]
}

async function cleanUpNow(cleanUp: CleanUp, batchSize: number | undefined) {
  const { removed, batches } = await cleanUp(batchSize)
  return json(200, {
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

/** AuthCore checks the range; what is no number at all is refused here. */
function readBatchSize({ batch_size: batchSize }: Readonly<Record<string, unknown>>): number | undefined {
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

function toWireMail({ to, subject, text, writtenAt }: Mail): object {
  return { to, subject, text, written_at: toNumericDate(writtenAt) }
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
