import { type AdapterRequest, rows } from '../adapter-request.js'

/** What a route demands beside a good credential, and errors of the application itself. */
export function demandRows(): readonly AdapterRequest[] {
  return [...rights(), ...rightsBehind(), ...connections(), ...applicationErrors()]
}

const strong = 'Authorization: Bearer {token}'
const weak = 'Authorization: Bearer {weakToken}'
const key = 'X-API-Key: {apiKey}'

function rights(): readonly AdapterRequest[] {
  const table = {
    'scope: enough': ['/scoped', strong, 200],
    'scope: enough in a key': ['/scoped', 'X-API-Key: {strongApiKey}', 200],
    'scope: too little': ['/scoped', weak, 403, 'insufficient_scope'],
    'scope: too little in a key': ['/scoped', key, 403, 'insufficient_scope'],
    'scope: none': ['/scoped', 'Authorization: Bearer {bareToken}', 403, 'insufficient_scope'],
    'role: held': ['/editors', strong, 200],
    'role: not held': ['/editors', weak, 403, 'insufficient_role'],
    'role: a key': ['/editors', key, 403, 'insufficient_role'],
    'login: fresh': ['/fresh', strong, 200],
    'login: stale': ['/fresh', 'Authorization: Bearer {staleToken}', 401, 'authentication_too_old'],
    'login: none': ['/fresh', weak, 401, 'authentication_too_old'],
    'login: a key': ['/fresh', key, 401, 'authentication_too_old'],
  } as const
  return rows(table, ([path, line, status, code]) => ({ path, lines: [line], status, ...(code && { code }) }))
}

function rightsBehind(): readonly AdapterRequest[] {
  const table = {
    'requireScope: enough': ['/then-scope', [strong], 200],
    'requireScope: too little': ['/then-scope', [weak], 403, 'insufficient_scope'],
    'requireScope: none': ['/then-scope', ['Authorization: Bearer {bareToken}'], 403, 'insufficient_scope'],
    'requireScope: a bad token': ['/then-scope', ['Authorization: Bearer x'], 401, 'token_malformed'],
    'requireScope: nobody': ['/optional-then-scope', [], 401, 'credentials_missing'],
    'requireScope: somebody': ['/optional-then-scope', [weak], 200],
    'requireScope: without requireAuth': ['/unguarded', [strong], 500],
    'requireRole: held': ['/then-role', [strong], 200],
    'requireRole: not held': ['/then-role', [weak], 403, 'insufficient_role'],
    'requireRole: nobody': ['/optional-then-role', [], 401, 'credentials_missing'],
    'requireRole: somebody else': ['/optional-then-role', [weak], 403, 'insufficient_role'],
    'requireRole: without requireAuth': ['/unguarded-role', [strong], 500],
    'requireScope and requireRole: both': ['/then-both', [strong], 200],
    'requireScope and requireRole: one': ['/then-both', [weak], 403, 'insufficient_role'],
  } as const
  return [
    ...rows(table, ([path, lines, status, code]) => ({ path, lines, status, ...(code && { code }) })),
    {
      name: 'requireScope: too little, HEAD',
      method: 'HEAD',
      path: '/then-scope',
      lines: [weak],
      status: 403,
    },
  ]
}

/** What one request of a connection says holds for that request alone. */
function connections(): readonly AdapterRequest[] {
  const first = { path: '/either', lines: [strong] }
  return [
    {
      name: 'connection: nobody after somebody',
      path: '/either',
      before: [first],
      status: 401,
      code: 'credentials_missing',
    },
    { name: 'connection: nobody after somebody, optional', path: '/optional', before: [first], status: 200 },
    { name: 'connection: somebody else', path: '/either', lines: [weak], before: [first], status: 200 },
    {
      name: 'connection: another method',
      path: '/either',
      lines: [key],
      before: [first, { path: '/optional' }],
      status: 200,
    },
    {
      name: 'connection: good after bad',
      path: '/either',
      lines: [strong],
      before: [{ path: '/either', lines: ['Authorization: Bearer x'] }],
      status: 200,
    },
    {
      name: 'connection: good after malformed',
      path: '/either',
      lines: [strong],
      before: [{ path: '/either', lines: ['Authorization:'] }],
      status: 200,
    },
    {
      name: 'connection: GET after HEAD',
      path: '/token',
      before: [
        { method: 'HEAD', path: '/token' },
        { method: 'HEAD', path: '/token', lines: [strong] },
      ],
      status: 401,
      code: 'credentials_missing',
    },
    {
      name: 'connection: after a refused body',
      path: '/token',
      lines: [strong],
      before: [
        { method: 'POST', path: '/token', lines: ['Content-Type: application/json'], body: '{"a":"b"}' },
      ],
      status: 200,
    },
    {
      name: 'connection: after a bug',
      path: '/token',
      lines: [strong],
      before: [{ path: '/throws-other' }],
      status: 200,
    },
  ]
}

function applicationErrors(): readonly AdapterRequest[] {
  return [
    { name: 'application: an AuthError', path: '/throws-ours', status: 400, code: 'argument_invalid' },
    { name: 'application: an AuthError, HEAD', method: 'HEAD', path: '/throws-ours', status: 400 },
    { name: 'application: another error', path: '/throws-other', status: 500 },
    {
      name: 'application: an AuthError behind requireAuth',
      path: '/guarded-throws-ours',
      lines: [strong],
      status: 400,
      code: 'argument_invalid',
    },
    {
      name: 'application: another error behind requireAuth',
      path: '/guarded-throws-other',
      lines: [strong],
      status: 500,
    },
    {
      name: 'application: nobody gets that far',
      path: '/guarded-throws-other',
      status: 401,
      code: 'credentials_missing',
    },
    { name: 'application: a verifier with a bug', path: '/buggy', lines: [strong], status: 500 },
    {
      name: 'application: a verifier with a bug, not asked',
      path: '/buggy',
      status: 401,
      code: 'credentials_missing',
    },
    { name: 'application: nothing here', path: '/nothing', status: 404 },
    { name: 'application: nothing here, with a token', path: '/nothing', lines: [strong], status: 404 },
    {
      name: 'application: nothing here, POST',
      method: 'POST',
      path: '/nothing/at/all',
      lines: ['Content-Type: application/json'],
      body: '{}',
      status: 404,
    },
  ]
}
