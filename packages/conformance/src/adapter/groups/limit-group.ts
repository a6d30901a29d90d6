import { type AuthPolicy, createHttpAuth } from '@authcore/http'
import { type AdapterRequest, rows } from '../adapter-request.js'
import { type ApplicationPart, answerPrincipal } from '../application.js'
import type { AdapterCredentials } from '../credentials.js'
import { ADAPTER_CLIENT, type HeldDeployment } from '../deployments.js'
import type { TableGroup } from '../table-group.js'
import type { WireRequest } from '../wire.js'

/** Limits by address, before anything is verified, and by caller. */
export const limitGroup: TableGroup = { rows: limitRows, build, issue }

function build({ auth: core }: HeldDeployment): ApplicationPart {
  const auth = createHttpAuth(core, {
    trustedProxies: [ADAPTER_CLIENT.ip],
    rateLimits: {
      address: { name: 'address', limit: 4, windowSeconds: 60, failureCost: 2 },
      caller: { name: 'caller', limit: 2, windowSeconds: 60 },
    },
  })
  const plain = { mount: '', auth, answer: answerPrincipal } as const
  const policy: AuthPolicy = { methods: ['access_token', 'api_key'] }
  const own: AuthPolicy = {
    ...policy,
    rateLimit: { caller: { name: 'report', limit: 10, windowSeconds: 600, cost: 6 } },
  }
  return {
    routes: [
      { ...plain, path: '/limited', policy },
      { ...plain, path: '/limited-optional', policy: { ...policy, optional: true } },
      { ...plain, path: '/limited-not', policy: { ...policy, rateLimit: false } },
      { ...plain, path: '/limited-own', policy: own },
      { ...plain, path: '/limited-then-scope', policy, requireScope: ['write'] },
    ],
    mounts: [{ path: '/limited-auth', auth, options: {}, body: 'unread', isDelayed: false }],
  }
}

async function issue({ auth, advance }: HeldDeployment): Promise<AdapterCredentials> {
  advance(1000)
  const key = { ownerId: 'user-1', name: 'ci', scope: ['read'] }
  const limited = await auth.apiKeys.issue({ ...key, rateLimit: { limit: 1, windowSeconds: 60 } })
  return {
    token: (await auth.accessTokens.issue({ subject: 'user-1', scope: ['read'] })).accessToken,
    otherToken: (await auth.accessTokens.issue({ subject: 'user-2' })).accessToken,
    refreshToken: (await auth.sessions.start({ subject: 'user-3' })).refreshToken,
    apiKey: (await auth.apiKeys.issue(key)).apiKey,
    limitedApiKey: limited.apiKey,
  }
}

const TOKEN = 'Authorization: Bearer {token}'
const OTHER = 'Authorization: Bearer {otherToken}'
const first: WireRequest = { path: '/limited', lines: [TOKEN] }
const bad: WireRequest = { path: '/limited', lines: ['Authorization: Bearer x'] }

function limitRows(): readonly AdapterRequest[] {
  return [...callers(), ...addresses(), ...stages()]
}

function callers(): readonly AdapterRequest[] {
  return [
    { name: 'limit: the first request', ...first, status: 200 },
    { name: 'limit: the first request, HEAD', ...first, method: 'HEAD', status: 200 },
    { name: 'limit: the second request', ...first, before: [first], status: 200 },
    { name: 'limit: one too many', ...first, before: [first, first], status: 429, code: 'rate_limited' },
    { name: 'limit: one too many, HEAD', ...first, method: 'HEAD', before: [first, first], status: 429 },
    { name: 'limit: somebody else', path: '/limited', lines: [OTHER], before: [first, first], status: 200 },
    {
      name: 'limit: a key of the same person',
      path: '/limited',
      lines: ['X-API-Key: {apiKey}'],
      before: [first, first],
      status: 200,
    },
    {
      name: 'limit: of a key itself',
      path: '/limited',
      lines: ['X-API-Key: {limitedApiKey}'],
      status: 200,
    },
    {
      name: 'limit: of a key itself, one too many',
      path: '/limited-not',
      lines: ['X-API-Key: {limitedApiKey}'],
      before: [{ path: '/limited-not', lines: ['X-API-Key: {limitedApiKey}'] }],
      status: 429,
      code: 'rate_limited',
    },
    { name: 'limit: a bad token is 401', ...bad, status: 401, code: 'token_malformed' },
    { name: 'limit: nobody', path: '/limited', status: 401, code: 'credentials_missing' },
    { name: 'limit: nobody, optional', path: '/limited-optional', status: 200 },
    {
      name: 'limit: too little scope',
      path: '/limited-then-scope',
      lines: [TOKEN],
      status: 403,
      code: 'insufficient_scope',
    },
    {
      name: 'limit: too little scope, HEAD',
      method: 'HEAD',
      path: '/limited-then-scope',
      lines: [TOKEN],
      status: 403,
    },
  ]
}

/** The address is that of the connection, or what the proxy says. */
function addresses(): readonly AdapterRequest[] {
  const from = (address: string): WireRequest => ({
    path: '/limited',
    lines: [`X-Forwarded-For: ${address}`],
  })
  const many = (address: string) => Array.from({ length: 4 }, () => from(address))
  const table = {
    'address: one too many': ['198.51.100.1', '198.51.100.1', 429],
    'address: another': ['198.51.100.1', '198.51.100.2', 401],
    'address: with a port': ['198.51.100.1', '198.51.100.1:4711', 429],
    'address: mapped into IPv6': ['198.51.100.1', '::ffff:198.51.100.1', 429],
    'address: the same network of IPv6': ['2001:db8::1', '2001:db8::2:1', 429],
    'address: another network of IPv6': ['2001:db8::1', '2001:db8:0:1::1', 401],
    'address: what the client wrote before': ['198.51.100.1', '203.0.113.9, 198.51.100.1', 429],
    'address: noise': ['127.0.0.1', 'unknown', 429],
  } as const
  return [
    ...rows(table, ([before, address, status]) => ({ ...from(address), before: many(before), status })),
    {
      name: 'address: in two fields',
      path: '/limited',
      lines: ['X-Forwarded-For: 203.0.113.9', 'X-Forwarded-For: 198.51.100.1'],
      before: many('198.51.100.1'),
      status: 429,
      code: 'rate_limited',
    },
    {
      name: 'address: in a field of another name',
      path: '/limited',
      lines: ['X-Real-IP: 203.0.113.9', 'Forwarded: for=203.0.113.9'],
      before: many('127.0.0.1'),
      status: 429,
      code: 'rate_limited',
    },
    {
      name: 'address: refusals cost more',
      path: '/limited',
      before: [bad],
      status: 401,
      code: 'credentials_missing',
    },
    {
      name: 'address: refusals cost more, until nothing is left',
      ...bad,
      before: [bad, bad],
      status: 429,
      code: 'rate_limited',
    },
  ]
}

function stages(): readonly AdapterRequest[] {
  const own: WireRequest = { path: '/limited-own', lines: [TOKEN] }
  const refresh = {
    method: 'POST',
    path: '/limited-auth/refresh',
    lines: ['Content-Type: application/json'],
  } as const
  const noise = { ...refresh, body: '{"refresh_token":"x"}' }
  const jwks = { path: '/limited-auth/.well-known/jwks.json' } as const
  // of somebody whose sessions no other row ends
  const list = { path: '/limited-auth/sessions', lines: [OTHER] } as const
  return [
    { name: 'limit: none', path: '/limited-not', lines: [TOKEN], before: [first, first], status: 200 },
    { name: 'limit: of a route', ...own, status: 200 },
    { name: 'limit: of a route, one too many', ...own, before: [own], status: 429, code: 'rate_limited' },
    { name: 'limit: of a route, not that of others', ...own, before: [first, first], status: 200 },
    { name: 'limit: a list of sessions', ...list, status: 200 },
    {
      name: 'limit: a list of sessions, one too many',
      ...list,
      before: [list, list],
      status: 429,
      code: 'rate_limited',
    },
    { name: 'limit: a refresh', ...refresh, body: '{"refresh_token":"{refreshToken}"}', status: 200 },
    { name: 'limit: noise for a refresh token', ...noise, status: 400, code: 'refresh_token_malformed' },
    {
      name: 'limit: noise for a refresh token, one too many',
      ...noise,
      before: [noise, noise],
      status: 429,
      code: 'rate_limited',
    },
    { name: 'limit: the JWK set is not counted', ...jwks, before: [jwks, jwks, jwks, jwks], status: 200 },
    {
      name: 'limit: while the stores are away',
      ...first,
      isOutage: true,
      status: 503,
      code: 'store_unavailable',
    },
  ]
}
