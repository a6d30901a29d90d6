import { createInternalTokenVerifier, InsufficientScopeError } from '@authcore/core'
import { type AuthPolicy, createGateway, createHttpAuth, type ExtensionRoute } from '@authcore/http'
import { type AdapterRequest, rows } from '../adapter-request.js'
import { type ApplicationPart, answerPrincipal } from '../application.js'
import type { AdapterCredentials } from '../credentials.js'
import { ADAPTER_CLIENT, type HeldDeployment, ORIGIN } from '../deployments.js'
import type { TableGroup } from '../table-group.js'

/** HTTPS and HSTS behind a proxy, the metadata of the resource (RFC 9728), and what stands behind a gateway. */
export const transportGroup: TableGroup = { rows: transportRows, build, issue }

const INNER = 'https://orders.internal'
const POLICY: AuthPolicy = { methods: ['access_token'] }

function build(deployment: HeldDeployment): ApplicationPart {
  const parts = [buildTransport(deployment), buildResource(deployment), buildGateway(deployment)]
  return {
    routes: parts.flatMap(({ routes = [] }) => routes),
    mounts: parts.flatMap(({ mounts = [] }) => mounts),
  }
}

const plain = { mount: '', policy: POLICY, answer: answerPrincipal } as const
const mounted = { options: {}, body: 'unread', isDelayed: false } as const

function buildTransport({ auth }: HeldDeployment): ApplicationPart {
  const hsts = { maxAgeSeconds: 31_536_000, includeSubDomains: true }
  const transport = { requireHttps: true, hsts }
  const secure = createHttpAuth(auth, { trustedProxies: [ADAPTER_CLIENT.ip], transport })
  const elsewhere = createHttpAuth(auth, { trustedProxies: ['192.0.2.1'], transport })
  const local = createHttpAuth(auth, { transport: { ...transport, allowLoopback: true } })
  return {
    routes: [
      { ...plain, path: '/secure', auth: secure },
      { ...plain, path: '/secure-then-scope', auth: secure, requireScope: ['write'] },
      { ...plain, path: '/secure-elsewhere', auth: elsewhere },
      { ...plain, path: '/secure-local', auth: local },
    ],
    mounts: [{ ...mounted, path: '/secure-auth', auth: secure }],
  }
}

function buildResource({ auth }: HeldDeployment): ApplicationPart {
  const described = createHttpAuth(auth, {
    dpop: {},
    protectedResource: {
      resource: `${ORIGIN}/v1`,
      authorizationServers: ['https://login.example.com'],
      scopesSupported: ['read', 'write'],
      resourceName: 'Orders "and" more é',
    },
  })
  const optional: AuthPolicy = { ...POLICY, optional: true }
  return {
    routes: [
      { ...plain, path: '/described', auth: described },
      { ...plain, path: '/described-scoped', auth: described, policy: { ...POLICY, scope: ['write'] } },
      { ...plain, path: '/described-fresh', auth: described, policy: { ...POLICY, maxAgeSeconds: 60 } },
      { ...plain, path: '/described-then-scope', auth: described, requireScope: ['write'] },
      { ...plain, path: '/described-then-role', auth: described, requireRole: ['admin'] },
      {
        ...plain,
        path: '/described-optional-then-scope',
        auth: described,
        policy: optional,
        requireScope: ['a'],
      },
      { ...plain, path: '/described-throws', auth: described, answer: throwChallenge },
    ],
    mounts: [{ ...mounted, path: '/described-auth', auth: described }],
  }
}

function throwChallenge(): never {
  throw new InsufficientScopeError('insufficient_scope', ['admin'])
}

/** A gateway that shows what it would send on, and the service that gets it. */
function buildGateway({ auth, jwks }: HeldDeployment): ApplicationPart {
  const gateway = createGateway(auth, {
    audience: INNER,
    plainHeaders: { subject: 'x-user-id', scope: 'x-scope' },
  })
  const show: ExtensionRoute = {
    method: 'GET',
    path: '/forward',
    policy: { ...POLICY, optional: true },
    handle: async ({ headers, principal }) => {
      const forwarded = await gateway.forwardHeaders(headers, principal)
      // in one order, whatever that of the framework
      const fields = Object.entries(forwarded).map(([name, value]) => [name, [value].flat().join()] as const)
      return { status: 200, body: fields.sort(([a], [b]) => (a < b ? -1 : 1)) }
    },
  }
  const accessTokens = createInternalTokenVerifier({
    issuer: ORIGIN,
    audience: INNER,
    jwks,
    clock: auth.clock,
  })
  return {
    routes: [{ ...plain, path: '/inner', auth: { accessTokens } }],
    mounts: [{ ...mounted, path: '/gateway', auth, options: { extensions: [{ routes: [show] }] } }],
  }
}

async function issue({ auth, proofKeys, advance }: HeldDeployment): Promise<AdapterCredentials> {
  const user = { subject: 'user-1', scope: ['read'] } as const
  const old = await auth.accessTokens.issue(user)
  const before = await auth.internalTokens.issue(await auth.accessTokens.verify(old.accessToken), {
    audience: INNER,
  })
  advance(1000)
  const { accessToken } = await auth.accessTokens.issue(user)
  const principal = await auth.accessTokens.verify(accessToken)
  const internal = await auth.internalTokens.issue(principal, { audience: INNER })
  const elsewhere = await auth.internalTokens.issue(principal, { audience: 'https://stock.internal' })
  const [key] = proofKeys
  const bound = await auth.accessTokens.issue({ ...user, confirmation: { jkt: key.jkt } })
  const proof = {
    htm: 'GET',
    htu: `${ORIGIN}/described-then-scope`,
    iat: Math.floor(auth.clock() / 1000),
    jti: 'described',
    token: bound.accessToken,
  }
  return {
    token: accessToken,
    otherToken: (await auth.accessTokens.issue({ subject: 'user-2' })).accessToken,
    internalToken: internal.internalToken,
    internalTokenElsewhere: elsewhere.internalToken,
    expiredInternalToken: before.internalToken,
    boundToken: bound.accessToken,
    proof: await key.prove(proof),
  }
}

const TOKEN = 'Authorization: Bearer {token}'
const BAD = 'Authorization: Bearer x'
const HTTPS = 'X-Forwarded-Proto: https'

function transportRows(): readonly AdapterRequest[] {
  return [...https(), ...described(), ...metadata(), ...gateways()]
}

function https(): readonly AdapterRequest[] {
  const refused = [403, 'https_required'] as const
  const table = {
    'HTTPS: by the proxy': ['/secure', [TOKEN, HTTPS], 200],
    'HTTPS: in upper case': ['/secure', [TOKEN, 'X-FORWARDED-PROTO: HTTPS'], 200],
    'HTTPS: a bad token': ['/secure', [BAD, HTTPS], 401, 'token_malformed'],
    'HTTPS: too little scope': ['/secure-then-scope', [TOKEN, HTTPS], 403, 'insufficient_scope'],
    'HTTPS: not': ['/secure', [TOKEN], ...refused],
    'HTTPS: not, by the proxy': ['/secure', [TOKEN, 'X-Forwarded-Proto: http'], ...refused],
    'HTTPS: the last proxy counts': ['/secure', [TOKEN, 'X-Forwarded-Proto: http, https'], 200],
    'HTTPS: what the client wrote does not': [
      '/secure',
      [TOKEN, 'X-Forwarded-Proto: https, http'],
      ...refused,
    ],
    'HTTPS: in two fields': [
      '/secure',
      [TOKEN, 'X-Forwarded-Proto: https', 'X-Forwarded-Proto: http'],
      ...refused,
    ],
    'HTTPS: by somebody else': ['/secure-elsewhere', [TOKEN, HTTPS], ...refused],
    'HTTPS: from this machine': ['/secure-local', [TOKEN], 200],
    'HTTPS: not, and nobody': ['/secure', [], ...refused],
    // of somebody whose sessions no other row ends
    'HTTPS: a route': ['/secure-auth/sessions', ['Authorization: Bearer {otherToken}', HTTPS], 200],
    'HTTPS: a route, not': ['/secure-auth/sessions', [TOKEN], ...refused],
    'HTTPS: a route that is not there': ['/secure-auth/nothing', [TOKEN, HTTPS], 404],
    'HTTPS: the JWK set': ['/secure-auth/.well-known/jwks.json', [HTTPS], 200],
    'HTTPS: the JWK set, not': ['/secure-auth/.well-known/jwks.json', [], ...refused],
  } as const
  return [
    ...rows(table, ([path, lines, status, code]) => ({ path, lines, status, ...(code && { code }) })),
    { name: 'HTTPS: HEAD', method: 'HEAD', path: '/secure', lines: [TOKEN, HTTPS], status: 200 },
    { name: 'HTTPS: not, HEAD', method: 'HEAD', path: '/secure', lines: [TOKEN], status: 403 },
    {
      name: 'HTTPS: a method that is not there',
      method: 'PUT',
      path: '/secure-auth/refresh',
      lines: [HTTPS],
      status: 405,
    },
    { name: 'HTTPS: OPTIONS', method: 'OPTIONS', path: '/secure-auth/refresh', lines: [HTTPS], status: 204 },
  ]
}

/** Every challenge says where the metadata is. */
function described(): readonly AdapterRequest[] {
  const table = {
    'resource: nobody': ['/described', [], 401, 'credentials_missing'],
    'resource: a bad token': ['/described', [BAD], 401, 'token_malformed'],
    'resource: noise': ['/described', ['Authorization: Bearer'], 400, 'credentials_malformed'],
    'resource: a good token': ['/described', [TOKEN], 200],
    'resource: too little scope': ['/described-scoped', [TOKEN], 403, 'insufficient_scope'],
    'resource: no login': ['/described-fresh', [TOKEN], 401, 'authentication_too_old'],
    'resource: requireScope': ['/described-then-scope', [TOKEN], 403, 'insufficient_scope'],
    'resource: requireScope, with DPoP': [
      '/described-then-scope',
      ['Authorization: DPoP {boundToken}', 'DPoP: {proof}'],
      403,
      'insufficient_scope',
    ],
    'resource: requireScope, nobody': ['/described-optional-then-scope', [], 401, 'credentials_missing'],
    'resource: requireRole': ['/described-then-role', [TOKEN], 403, 'insufficient_role'],
    'resource: a handler that throws': ['/described-throws', [TOKEN], 403, 'insufficient_scope'],
    'resource: a route, nobody': ['/described-auth/sessions', [], 401, 'credentials_missing'],
    'resource: a route, a bad token': ['/described-auth/api-keys', [BAD], 401, 'token_malformed'],
  } as const
  return [
    ...rows(table, ([path, lines, status, code]) => ({ path, lines, status, ...(code && { code }) })),
    {
      name: 'resource: signing out, nobody',
      method: 'POST',
      path: '/described-auth/logout',
      status: 401,
      code: 'credentials_missing',
    },
    {
      name: 'resource: requireScope, HEAD',
      method: 'HEAD',
      path: '/described-then-scope',
      lines: [TOKEN],
      status: 403,
    },
    {
      name: 'resource: nobody throws after somebody',
      path: '/throws-ours',
      before: [{ path: '/described', lines: [TOKEN] }],
      status: 400,
      code: 'argument_invalid',
    },
  ]
}

function metadata(): readonly AdapterRequest[] {
  const path = '/described-auth/.well-known/oauth-protected-resource/v1'
  return [
    { name: 'metadata', path, status: 200 },
    { name: 'metadata: with a query', path: `${path}?a=b`, status: 200 },
    { name: 'metadata: HEAD', method: 'HEAD', path, status: 200 },
    { name: 'metadata: OPTIONS', method: 'OPTIONS', path, status: 204 },
    { name: 'metadata: POST', method: 'POST', path, status: 405, code: 'request_method_not_allowed' },
    { name: 'metadata: of another resource', path: path.replace('v1', 'v2'), status: 404 },
    { name: 'metadata: of the whole origin', path: path.replace('/v1', ''), status: 404 },
    {
      name: 'metadata: where there is none',
      path: '/auth/.well-known/oauth-protected-resource',
      status: 404,
    },
    { name: 'metadata: while the stores are away', path, isOutage: true, status: 200 },
  ]
}

function gateways(): readonly AdapterRequest[] {
  const path = '/gateway/forward'
  const own = ['X-Trace: 1', 'Accept: a/b;q=0.5, */*', 'X-Empty:']
  const forged = [
    'X-User-Id: admin',
    'X_User_Id: admin',
    'X-Scope: admin',
    'Cookie: a=b',
    'X-API-Key: x',
    'DPoP: x',
  ]
  const table = {
    'inner: an internal token': ['{internalToken}', 200],
    'inner: an access token': ['{token}', 401, 'token_type_invalid'],
    'inner: a token for another service': ['{internalTokenElsewhere}', 401, 'token_audience_mismatch'],
    'inner: an expired token': ['{expiredInternalToken}', 401, 'token_expired'],
  } as const
  return [
    { name: 'gateway: somebody', path, lines: [TOKEN, ...own], status: 200 },
    { name: 'gateway: nobody', path, lines: own, status: 200 },
    {
      name: 'gateway: somebody who says to be another',
      path,
      lines: [TOKEN, ...own, ...forged],
      status: 200,
    },
    { name: 'gateway: nobody who says to be somebody', path, lines: [...own, ...forged], status: 200 },
    {
      name: 'gateway: fields of this connection',
      path,
      lines: [TOKEN, ...own, 'Connection: X-Hop', 'X-Hop: 1', 'TE: trailers', 'Keep-Alive: timeout=5'],
      status: 200,
      protocols: ['http/1.1'],
    },
    {
      name: 'gateway: the only field of the connection in HTTP/2',
      path,
      lines: [TOKEN, ...own, 'TE: trailers'],
      status: 200,
      protocols: ['h2'],
    },
    { name: 'gateway: a bad token', path, lines: [BAD], status: 401, code: 'token_malformed' },
    ...rows(table, ([token, status, code]) => ({
      path: '/inner',
      lines: [`Authorization: Bearer ${token}`],
      status,
      ...(code && { code }),
    })),
    {
      name: 'inner: an internal token at the outer side',
      path: '/token',
      lines: ['Authorization: Bearer {internalToken}'],
      status: 401,
      code: 'token_type_invalid',
    },
  ]
}
