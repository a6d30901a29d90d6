import { createHttpAuth, type OAuthClients } from '@authcore/http'
import { type AdapterRequest, rows } from '../adapter-request.js'
import { type ApplicationPart, answerPrincipal } from '../application.js'
import type { AdapterCredentials } from '../credentials.js'
import type { HeldDeployment } from '../deployments.js'
import type { TableGroup } from '../table-group.js'

/** Introspection (RFC 7662) and revocation (RFC 7009), which OAuth clients call. */
export const clientGroup: TableGroup = { rows: clientRows, build, issue }

/** Secrets by client; the clients of a table need no protection against timing. */
const SECRETS: Readonly<Record<string, string>> = {
  app: 'app secret',
  other: 'other secret',
  api: 'api secret',
}

/** `api` is a resource server, `public` a client without a secret. */
const CLIENTS: OAuthClients = {
  authenticate: async ({ method, clientId = '', clientSecret }) => {
    if (method === 'none') return clientId === 'public' ? { clientId } : undefined
    if (!Object.hasOwn(SECRETS, clientId) || SECRETS[clientId] !== clientSecret) return undefined
    return { clientId, introspects: clientId === 'api' ? 'any' : 'own' }
  },
}

function build({ auth: core, opaqueTokens }: HeldDeployment): ApplicationPart {
  const auth = createHttpAuth({ ...core, opaqueTokens: opaqueTokens.verifier }, {})
  const plain = { auth, body: 'unread', isDelayed: false } as const
  const introspection = { apiKeyScope: 'introspect' }
  return {
    routes: [
      {
        mount: '',
        path: '/client-token',
        auth,
        policy: { methods: ['access_token', 'opaque_token'] },
        answer: answerPrincipal,
      },
    ],
    mounts: [
      { ...plain, path: '/oauth', options: { clients: CLIENTS, introspection } },
      { ...plain, path: '/oauth-parsed', body: 'parsed', options: { clients: CLIENTS, introspection } },
      { ...plain, path: '/oauth-introspection', options: { clients: CLIENTS, revocation: false } },
    ],
  }
}

async function issue({ auth, stranger, opaqueTokens, advance }: HeldDeployment): Promise<AdapterCredentials> {
  const user = { subject: 'user-1', clientId: 'app', scope: ['read'] } as const
  const expired = await auth.accessTokens.issue(user)
  advance(1000)
  const login = await auth.sessions.start({ ...user, amr: ['pwd'] })
  const ended = await auth.sessions.start(user)
  await auth.sessions.revoke(ended.session.id)
  const page = await auth.sessions.startCookie({ subject: 'user-1', scope: ['read'] })
  const foreign = await stranger.accessTokens.issue(user)
  const key = await auth.apiKeys.issue({ ownerId: 'user-1', name: 'ci', scope: ['read'] })
  const apiKey = await auth.apiKeys.issue({ ownerId: 'service', name: 'api', scope: ['introspect'] })
  return {
    ...Object.fromEntries(Object.entries(SECRETS).map(([name, secret]) => [name, basic(name, secret)])),
    wrongSecret: basic('app', 'wrong'),
    wrongClient: basic('nobody', 'app secret'),
    token: login.accessToken,
    refreshToken: login.refreshToken,
    endedToken: ended.accessToken,
    endedRefreshToken: ended.refreshToken,
    sessionToken: page.sessionToken,
    foreignToken: foreign.accessToken,
    expiredToken: expired.accessToken,
    opaqueToken: opaqueTokens.issue('of-app', { ...user, ttlSeconds: 3600 }),
    apiKey: key.apiKey,
    serviceKey: apiKey.apiKey,
    serviceKeyId: apiKey.record.id,
  }
}

function basic(name: string, secret: string): string {
  return btoa(`${encodeURIComponent(name)}:${encodeURIComponent(secret).replaceAll('%20', '+')}`)
}

const FORM = 'Content-Type: application/x-www-form-urlencoded'
const APP = 'Authorization: Basic {app}'
const API = 'Authorization: Basic {api}'
const OTHER = 'Authorization: Basic {other}'
const INACTIVE = '{"active":false}'

function clientRows(): readonly AdapterRequest[] {
  return [...clients(), ...introspections(), ...inactive(), ...revocations(), ...requests()]
}

/** Who may call, at both routes alike. */
function clients(): readonly AdapterRequest[] {
  const table = {
    'by Basic': [[APP], '', 200],
    'by Basic in lower case': [['authorization: basic {app}'], '', 200],
    'by a secret in the body': [[], '&client_id=app&client_secret=app+secret', 200],
    'with a wrong secret': [['Authorization: Basic {wrongSecret}'], '', 401],
    'with a wrong secret in the body': [[], '&client_id=app&client_secret=wrong', 401],
    'of an unknown name': [['Authorization: Basic {wrongClient}'], '', 401],
    'of no name': [[], '', 401],
    'that is no Basic': [['Authorization: Basic ****'], '', 400],
    'by Basic twice': [[APP, APP], '', 400],
    'in two ways': [[APP], '&client_id=app&client_secret=app+secret', 400],
    'by an access token': [['Authorization: Bearer {token}'], '', 401],
    'by a key without the scope': [['X-API-Key: {apiKey}'], '', 403],
  } as const
  return ['introspect', 'revoke'].flatMap(route =>
    rows(prefixed(`${route}: a client `, table), ([lines, more, status]) => ({
      method: 'POST',
      path: `/oauth/${route}`,
      lines: [FORM, ...lines],
      body: `token={token}${more}`,
      // only introspection takes keys here
      status: route === 'revoke' && status === 403 ? 401 : status,
    })),
  )
}

function prefixed<Row>(prefix: string, table: Readonly<Record<string, Row>>): Readonly<Record<string, Row>> {
  return Object.fromEntries(Object.entries(table).map(([name, row]) => [prefix + name, row]))
}

function introspections(): readonly AdapterRequest[] {
  const table = {
    'introspect: an access token': [APP, '{token}'],
    'introspect: a refresh token': [APP, '{refreshToken}'],
    'introspect: an opaque token': [APP, '{opaqueToken}'],
    'introspect: an access token, by a resource server': [API, '{token}'],
    'introspect: a session token, by a resource server': [API, '{sessionToken}'],
    'introspect: a key, by a resource server': [API, '{apiKey}'],
    'introspect: an access token, by a key in its field': ['X-API-Key: {serviceKey}', '{token}'],
    'introspect: an access token, by a key as a bearer': ['Authorization: Bearer {serviceKey}', '{token}'],
  } as const
  return rows(table, ([line, token]) => ({
    method: 'POST',
    path: '/oauth/introspect',
    lines: [FORM, line],
    body: `token=${token}`,
    status: 200,
  }))
}

/** Whatever is not active, and whatever is nobody's business, is answered alike. */
function inactive(): readonly AdapterRequest[] {
  const table = {
    'inactive: expired': [APP, '{expiredToken}'],
    'inactive: ended': [APP, '{endedToken}'],
    'inactive: ended, a refresh token': [APP, '{endedRefreshToken}'],
    'inactive: of another deployment': [API, '{foreignToken}'],
    'inactive: of another client': [OTHER, '{token}'],
    'inactive: a refresh token of another client': [OTHER, '{refreshToken}'],
    'inactive: an opaque token of another client': [OTHER, '{opaqueToken}'],
    'inactive: a key, for a client': [APP, '{apiKey}'],
    'inactive: a session token, for a client': [APP, '{sessionToken}'],
    'inactive: noise': [API, 'x'],
    'inactive: an unknown opaque token': [API, 'at_unknown'],
    'inactive: 8 bit': [API, '%C3%A9'],
  } as const
  return [
    ...rows(table, ([line, token]) => ({
      method: 'POST',
      path: '/oauth/introspect',
      lines: [FORM, line],
      body: `token=${token}`,
      status: 200,
      answer: INACTIVE,
    })),
    {
      name: 'inactive: after its revocation',
      method: 'POST',
      path: '/oauth/introspect',
      lines: [FORM, APP],
      body: 'token={token}',
      before: [{ method: 'POST', path: '/oauth/revoke', lines: [FORM, APP], body: 'token={token}' }],
      status: 200,
      answer: INACTIVE,
    },
  ]
}

function revocations(): readonly AdapterRequest[] {
  const revoke = { method: 'POST', path: '/oauth/revoke', status: 200 } as const
  const by = (line: string, token: string) => ({ ...revoke, lines: [FORM, line], body: `token=${token}` })
  const bearer = (token: string) => [`Authorization: Bearer ${token}`]
  const refresh = {
    method: 'POST',
    path: '/oauth/refresh',
    lines: [FORM],
    body: 'refresh_token={refreshToken}&client_id=app',
  } as const
  return [
    { name: 'revoke: an access token', ...by(APP, '{token}') },
    { name: 'revoke: twice', ...by(APP, '{token}'), before: [by(APP, '{token}')] },
    { name: 'revoke: noise', ...by(APP, 'x') },
    { name: 'revoke: expired', ...by(APP, '{expiredToken}') },
    { name: 'revoke: a key', ...by(APP, '{apiKey}'), status: 400, code: 'token_type_unsupported' },
    {
      name: 'revoke: a session token',
      ...by(APP, '{sessionToken}'),
      status: 400,
      code: 'token_type_unsupported',
    },
    {
      name: 'revoke: an access token, and it is dead',
      path: '/client-token',
      lines: bearer('{token}'),
      before: [by(APP, '{token}')],
      status: 401,
      code: 'token_revoked',
    },
    {
      name: 'revoke: an access token of another client, and it lives',
      path: '/client-token',
      lines: bearer('{token}'),
      before: [by(OTHER, '{token}')],
      status: 200,
    },
    {
      name: 'revoke: an opaque token, and it is dead',
      path: '/client-token',
      lines: bearer('{opaqueToken}'),
      before: [by(APP, '{opaqueToken}')],
      status: 401,
      code: 'token_malformed',
    },
    {
      name: 'revoke: an opaque token of another client, and it lives',
      path: '/client-token',
      lines: bearer('{opaqueToken}'),
      before: [by(OTHER, '{opaqueToken}')],
      status: 200,
    },
    {
      name: 'revoke: a refresh token, and it is dead',
      ...refresh,
      before: [by(APP, '{refreshToken}')],
      status: 400,
      code: 'session_revoked',
    },
    {
      name: 'revoke: a refresh token, and its access token is dead',
      path: '/client-token',
      lines: bearer('{token}'),
      before: [by(APP, '{refreshToken}')],
      status: 401,
      code: 'token_revoked',
    },
    {
      name: 'revoke: a refresh token of another client, and it lives',
      ...refresh,
      before: [by(OTHER, '{refreshToken}')],
      status: 200,
    },
    {
      name: 'revoke: by a client without a secret',
      ...revoke,
      lines: [FORM],
      body: 'token=x&client_id=public',
    },
    {
      name: 'introspect: by a client without a secret',
      method: 'POST',
      path: '/oauth/introspect',
      lines: [FORM],
      body: 'token=x&client_id=public',
      status: 401,
      code: 'client_authentication_failed',
    },
    {
      name: 'revoke: while the stores are away',
      ...by(APP, '{token}'),
      isOutage: true,
      status: 503,
      code: 'store_unavailable',
    },
  ]
}

function requests(): readonly AdapterRequest[] {
  const post = { method: 'POST', path: '/oauth/introspect', lines: [FORM, APP] } as const
  return [
    {
      name: 'introspect: JSON',
      ...post,
      lines: ['Content-Type: application/json', APP],
      body: '{"token":"{token}"}',
      status: 200,
    },
    {
      name: 'introspect: a parsed form',
      ...post,
      path: '/oauth-parsed/introspect',
      body: 'token={token}',
      status: 200,
    },
    {
      name: 'introspect: a parsed form without a token',
      ...post,
      path: '/oauth-parsed/introspect',
      body: 'a=b',
      status: 400,
      code: 'request_body_malformed',
    },
    {
      name: 'introspect: no token',
      ...post,
      body: 'token_type_hint=access_token',
      status: 400,
      code: 'request_body_malformed',
    },
    {
      name: 'introspect: two tokens',
      ...post,
      body: 'token=a&token=b',
      status: 400,
      code: 'request_body_malformed',
    },
    {
      name: 'introspect: no body',
      method: 'POST',
      path: post.path,
      lines: [APP],
      status: 400,
      code: 'request_body_malformed',
    },
    {
      name: 'introspect: in the query',
      ...post,
      path: '/oauth/introspect?access_token={token}',
      body: 'token={token}',
      status: 400,
      code: 'credentials_in_query',
    },
    {
      name: 'introspect: GET',
      path: '/oauth/introspect',
      lines: [APP],
      status: 405,
      code: 'request_method_not_allowed',
    },
    { name: 'introspect: OPTIONS', method: 'OPTIONS', path: '/oauth/introspect', status: 204 },
    {
      name: 'revoke: GET',
      path: '/oauth/revoke',
      lines: [APP],
      status: 405,
      code: 'request_method_not_allowed',
    },
    {
      name: 'revoke: where it is not served',
      ...post,
      path: '/oauth-introspection/revoke',
      body: 'token={token}',
      status: 404,
    },
    {
      name: 'introspect: while the stores are away',
      ...post,
      body: 'token={token}',
      isOutage: true,
      status: 503,
      code: 'store_unavailable',
    },
    { name: 'introspect: aborted', ...post, body: 'token={token}', isAborted: true, status: 200 },
  ]
}
