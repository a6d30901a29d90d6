import type { AuthPolicy } from '@authcore/http'
import { type AdapterRequest, rows } from '../adapter-request.js'
import { type ApplicationPart, answerPrincipal } from '../application.js'
import type { AdapterCredentials } from '../credentials.js'
import type { HeldDeployment } from '../deployments.js'
import type { TableGroup } from '../table-group.js'

/** Opaque access tokens, alone and beside those that are JWTs. */
export const opaqueGroup: TableGroup = { rows: opaqueRows, build, issue }

function build({ auth: core, opaqueTokens }: HeldDeployment): ApplicationPart {
  const auth = { ...core, opaqueTokens: opaqueTokens.verifier }
  const policy: AuthPolicy = { methods: ['opaque_token'] }
  const plain = { mount: '', auth, policy, answer: answerPrincipal } as const
  return {
    routes: [
      { ...plain, path: '/opaque' },
      {
        ...plain,
        path: '/opaque-or-token',
        policy: { methods: ['opaque_token', 'access_token', 'api_key'] },
      },
      { ...plain, path: '/opaque-optional', policy: { ...policy, optional: true } },
      { ...plain, path: '/opaque-scoped', policy: { ...policy, scope: ['write'] } },
      { ...plain, path: '/opaque-fresh', policy: { ...policy, maxAgeSeconds: 60 } },
      { ...plain, path: '/opaque-then-scope', requireScope: ['write'] },
    ],
  }
}

async function issue({ auth, opaqueTokens, advance }: HeldDeployment): Promise<AdapterCredentials> {
  const common = { subject: 'user-1', clientId: 'app', ttlSeconds: 3600 } as const
  const expired = opaqueTokens.issue('expired', { ...common, scope: ['read'], ttlSeconds: 60 })
  advance(1000)
  const now = auth.clock()
  const key = await auth.apiKeys.issue({ ownerId: 'user-1', name: 'ci', scope: ['read'] })
  return {
    opaqueToken: opaqueTokens.issue('strong', {
      ...common,
      scope: ['read', 'write'],
      authenticatedAt: now,
    }),
    weakOpaqueToken: opaqueTokens.issue('weak', { ...common, scope: ['read'] }),
    staleOpaqueToken: opaqueTokens.issue('stale', {
      ...common,
      scope: ['read'],
      authenticatedAt: now - 900_000,
    }),
    expiredOpaqueToken: expired,
    token: (await auth.accessTokens.issue({ subject: 'user-1' })).accessToken,
    apiKey: key.apiKey,
  }
}

const STRONG = 'Authorization: Bearer {opaqueToken}'
const WEAK = 'Authorization: Bearer {weakOpaqueToken}'

function opaqueRows(): readonly AdapterRequest[] {
  const table = {
    'opaque: a token': ['/opaque', [STRONG], 200],
    'opaque: the scheme in lower case': ['/opaque', ['authorization: bearer {opaqueToken}'], 200],
    'opaque: nothing': ['/opaque', [], 401, 'credentials_missing'],
    'opaque: expired': ['/opaque', ['Authorization: Bearer {expiredOpaqueToken}'], 401, 'token_expired'],
    'opaque: unknown': ['/opaque', ['Authorization: Bearer at_unknown'], 401, 'token_malformed'],
    'opaque: another kind': ['/opaque', ['Authorization: Bearer {token}'], 401, 'credentials_missing'],
    'opaque: twice': ['/opaque', [STRONG, STRONG], 400, 'credentials_repeated'],
    'opaque: in upper case': [
      '/opaque-or-token',
      ['Authorization: Bearer AT_STRONG'],
      401,
      'token_malformed',
    ],
    'opaque: beside others': ['/opaque-or-token', [STRONG], 200],
    'opaque: a JWT beside': ['/opaque-or-token', ['Authorization: Bearer {token}'], 200],
    'opaque: with a key': ['/opaque-or-token', [STRONG, 'X-API-Key: {apiKey}'], 200],
    'opaque: with a bad key': ['/opaque-or-token', [STRONG, 'X-API-Key: x'], 401, 'api_key_invalid'],
    'opaque: optional, nobody': ['/opaque-optional', [], 200],
    'opaque: optional, expired': [
      '/opaque-optional',
      ['Authorization: Bearer {expiredOpaqueToken}'],
      401,
      'token_expired',
    ],
    'opaque: the scope': ['/opaque-scoped', [STRONG], 200],
    'opaque: not the scope': ['/opaque-scoped', [WEAK], 403, 'insufficient_scope'],
    'opaque: requireScope, not the scope': ['/opaque-then-scope', [WEAK], 403, 'insufficient_scope'],
    'opaque: a fresh login': ['/opaque-fresh', [STRONG], 200],
    'opaque: a login a while ago': [
      '/opaque-fresh',
      ['Authorization: Bearer {staleOpaqueToken}'],
      401,
      'authentication_too_old',
    ],
    'opaque: no login': ['/opaque-fresh', [WEAK], 401, 'authentication_too_old'],
    'opaque: where nobody knows it': ['/token', [STRONG], 401, 'token_malformed'],
  } as const
  return [
    ...rows(table, ([path, lines, status, code]) => ({ path, lines, status, ...(code && { code }) })),
    { name: 'opaque: a token, HEAD', method: 'HEAD', path: '/opaque', lines: [STRONG], status: 200 },
  ]
}
