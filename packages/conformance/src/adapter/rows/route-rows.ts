import { type AdapterRequest, rows } from '../adapter-request.js'

/** The routes of `authRoutes`: where they stand, whom they serve, what they take. */
export function routeRows(): readonly AdapterRequest[] {
  return [...places(), ...jwkSet(), ...methods(), ...sessions(), ...apiKeys(), ...extensions()]
}

const bearer = 'Authorization: Bearer {token}'
const JSON_TYPE = 'Content-Type: application/json'

function places(): readonly AdapterRequest[] {
  const paths = {
    'place: an unknown path': '/auth/nothing',
    'place: the mount point': '/auth',
    'place: the mount point with a slash': '/auth/',
    'place: a slash more': '/auth/refresh/',
    'place: two slashes': '/auth//sessions',
    'place: another case': '/auth/Sessions',
    'place: an encoded letter': '/auth/sess%69ons',
    'place: an encoded slash': '/auth%2fsessions',
    'place: a name that only begins alike': '/authentic/sessions',
    'place: deeper': '/auth/sessions/{sessionId}/more',
    'place: twice below': '/auth/auth/sessions',
    'place: of another mount point': '/some/.well-known/jwks.json',
    'place: of a group that is not served': '/some/api-keys',
  }
  return [
    ...rows(paths, path => ({ path, lines: [bearer], status: 404 })),
    {
      name: 'place: below a mount point of two segments',
      path: '/api/v1/auth/sessions',
      lines: [bearer],
      status: 200,
    },
    {
      name: 'place: an unknown path, POST with a body',
      method: 'POST',
      path: '/auth/nothing',
      lines: [JSON_TYPE],
      body: '{"a":1}',
      status: 404,
    },
    { name: 'place: an unknown path, HEAD', method: 'HEAD', path: '/auth/nothing', status: 404 },
  ]
}

function jwkSet(): readonly AdapterRequest[] {
  const path = '/auth/.well-known/jwks.json'
  return [
    { name: 'JWK set', path, status: 200 },
    { name: 'JWK set, with a query', path: `${path}?a=b`, status: 200 },
    { name: 'JWK set, HEAD', method: 'HEAD', path, status: 200 },
    { name: 'JWK set, OPTIONS', method: 'OPTIONS', path, status: 204 },
    { name: 'JWK set, POST', method: 'POST', path, status: 405, code: 'request_method_not_allowed' },
    { name: 'JWK set, below two segments', path: '/api/v1/auth/.well-known/jwks.json', status: 200 },
    { name: 'JWK set, with a bad token', path, lines: ['Authorization: Bearer x'], status: 200 },
    { name: 'JWK set, while the stores are away', path, isOutage: true, status: 200 },
  ]
}

function methods(): readonly AdapterRequest[] {
  const refused = {
    'method: GET refresh': ['GET', '/auth/refresh'],
    'method: PUT refresh': ['PUT', '/auth/refresh'],
    'method: DELETE refresh': ['DELETE', '/auth/refresh'],
    'method: PATCH a session': ['PATCH', '/auth/sessions/{sessionId}'],
    'method: GET a session': ['GET', '/auth/sessions/{sessionId}'],
    'method: DELETE all keys': ['DELETE', '/auth/api-keys'],
    'method: PUT below two segments': ['PUT', '/api/v1/auth/logout'],
  } as const
  const options = {
    'OPTIONS: refresh': '/auth/refresh',
    'OPTIONS: keys': '/auth/api-keys',
    'OPTIONS: a session': '/auth/sessions/x',
    'OPTIONS: revoke-all': '/auth/sessions/revoke-all',
  }
  return [
    ...rows(refused, ([method, path]) => ({ method, path, status: 405, code: 'request_method_not_allowed' })),
    ...rows(options, path => ({ method: 'OPTIONS', path, status: 204 })),
    { name: 'method: HEAD refresh', method: 'HEAD', path: '/auth/refresh', status: 405 },
    { name: 'OPTIONS: nothing', method: 'OPTIONS', path: '/auth/nothing', status: 404 },
  ]
}

function sessions(): readonly AdapterRequest[] {
  const path = '/auth/sessions'
  const listed = {
    'sessions: listed': [[bearer], 200],
    'sessions: nothing': [[], 401, 'credentials_missing'],
    'sessions: a key': [['X-API-Key: {apiKey}'], 401, 'credentials_missing'],
    'sessions: two tokens': [[bearer, bearer], 400, 'credentials_repeated'],
    'sessions: an expired token': [['Authorization: Bearer {expiredToken}'], 401, 'token_expired'],
  } as const
  const ended = {
    'session: ended': ['{sessionId}', 204],
    'session: of somebody else': ['{otherSessionId}', 404, 'session_not_found'],
    'session: unknown': ['x', 404, 'session_not_found'],
    'session: an encoded id': ['%00', 404, 'session_not_found'],
    'session: an id of 200 characters': ['a'.repeat(200), 404, 'session_not_found'],
    'session: an id with a dot': ['a.b', 404, 'session_not_found'],
  } as const
  const json = { method: 'POST', path: `${path}/revoke-all`, lines: [bearer, JSON_TYPE] } as const
  return [
    ...rows(listed, ([lines, status, code]) => ({ path, lines, status, ...(code && { code }) })),
    ...rows(ended, ([id, status, code]) => ({
      method: 'DELETE',
      path: `${path}/${id}`,
      lines: [bearer],
      status,
      ...(code && { code }),
    })),
    {
      name: 'session: half an escape',
      method: 'DELETE',
      path: `${path}/%zz`,
      lines: [bearer],
      status: 404,
      code: 'session_not_found',
    },
    {
      name: 'session: ended, and its token with it',
      path: '/token',
      lines: [bearer],
      before: [{ method: 'DELETE', path: `${path}/{sessionId}`, lines: [bearer] }],
      status: 401,
      code: 'token_revoked',
    },
    { name: 'sessions: HEAD', method: 'HEAD', path, lines: [bearer], status: 200 },
    {
      name: 'sessions: a token in the query',
      path: `${path}?access_token={token}`,
      status: 400,
      code: 'credentials_in_query',
    },
    { name: 'sessions: all ended', ...json, body: '{}', status: 200 },
    { name: 'sessions: all but this', ...json, body: '{"except_current":true}', status: 200 },
    { name: 'sessions: all, no body', method: 'POST', path: json.path, lines: [bearer], status: 200 },
    {
      name: 'sessions: all, a misspelt member',
      ...json,
      body: '{"except":true}',
      status: 400,
      code: 'request_body_malformed',
    },
    { name: 'sessions: scope that a mount demands', path: '/some/sessions', lines: [bearer], status: 200 },
    {
      name: 'sessions: scope that a mount demands and a token lacks',
      path: '/some/sessions',
      lines: ['Authorization: Bearer {weakToken}'],
      status: 403,
      code: 'insufficient_scope',
    },
    {
      name: 'sessions: while the stores are away',
      path,
      lines: [bearer],
      isOutage: true,
      status: 503,
      code: 'store_unavailable',
    },
  ]
}

function apiKeys(): readonly AdapterRequest[] {
  const path = '/auth/api-keys'
  const lines = [bearer, JSON_TYPE]
  const made = {
    'keys: made': ['{"name":"ci","scope":"read"}', 201],
    'keys: made with metadata': [
      '{"name":"ci","metadata":{"team":"a","\xc3\xa9":["\xf0\x9f\x99\x82"]},"expires_in":60}',
      201,
    ],
    'keys: without a name': ['{}', 400, 'request_body_malformed'],
    'keys: for somebody else': ['{"name":"a","owner_id":"user-9"}', 400, 'request_body_malformed'],
    'keys: with too wide a scope': ['{"name":"a","scope":"admin"}', 403, 'scope_exceeds_grant'],
    'keys: with a name of the wrong type': ['{"name":1}', 400, 'request_body_malformed'],
    'keys: with a prototype': ['{"__proto__":{"name":"a"}}', 400, 'request_body_malformed'],
  } as const
  return [
    ...rows(made, ([body, status, code]) => ({
      method: 'POST',
      path,
      lines,
      body,
      status,
      ...(code && { code }),
    })),
    { name: 'keys: listed', path, lines: [bearer], status: 200 },
    { name: 'keys: listed, HEAD', method: 'HEAD', path, lines: [bearer], status: 200 },
    {
      name: 'keys: by a key',
      path,
      lines: ['X-API-Key: {strongApiKey}'],
      status: 401,
      code: 'credentials_missing',
    },
    {
      name: 'keys: rotated',
      method: 'POST',
      path: `${path}/{apiKeyId}/rotate`,
      lines,
      body: '{"overlap_seconds":60}',
      status: 201,
    },
    {
      name: 'keys: rotated, and the old one ended',
      path: '/key',
      lines: ['X-API-Key: {apiKey}'],
      before: [{ method: 'POST', path: `${path}/{apiKeyId}/rotate`, lines: [bearer] }],
      status: 401,
      code: 'api_key_invalid',
    },
    {
      name: 'keys: of somebody else rotated',
      method: 'POST',
      path: `${path}/{otherApiKeyId}/rotate`,
      lines,
      body: '{}',
      status: 404,
      code: 'api_key_not_found',
    },
    { name: 'keys: revoked', method: 'DELETE', path: `${path}/{apiKeyId}`, lines: [bearer], status: 204 },
    {
      name: 'keys: revoked, and refused from now on',
      path: '/key',
      lines: ['X-API-Key: {apiKey}'],
      before: [{ method: 'DELETE', path: `${path}/{apiKeyId}`, lines: [bearer] }],
      status: 401,
      code: 'api_key_invalid',
    },
    {
      name: 'keys: of somebody else revoked',
      method: 'DELETE',
      path: `${path}/{otherApiKeyId}`,
      lines: [bearer],
      status: 404,
      code: 'api_key_not_found',
    },
    {
      name: 'keys: an unknown one revoked',
      method: 'DELETE',
      path: `${path}/x`,
      lines: [bearer],
      status: 404,
      code: 'api_key_not_found',
    },
  ]
}

function extensions(): readonly AdapterRequest[] {
  return [
    { name: 'extension: one cookie', path: '/auth/cookies/one', status: 200 },
    { name: 'extension: two cookies', path: '/auth/cookies/two', status: 200 },
    { name: 'extension: two cookies, HEAD', method: 'HEAD', path: '/auth/cookies/two', status: 200 },
    { name: 'extension: a cookie with a line break', path: '/auth/cookies/broken', status: 500 },
  ]
}
