import { type AdapterRequest, rows } from '../adapter-request.js'

/** Refresh and logout, by body and by cookie, and every way in which a body can come. */
export function refreshRows(): readonly AdapterRequest[] {
  return [...refreshes(), ...cookies(), ...logouts(), ...bodies(), ...largeBodies(), ...aborted()]
}

const bearer = 'Authorization: Bearer {token}'
const JSON_TYPE = 'Content-Type: application/json'
const FORM_TYPE = 'Content-Type: application/x-www-form-urlencoded'
const BODY = '{"refresh_token":"{refreshToken}"}'
const ORIGIN = 'Origin: https://api.example.com'
const COOKIE = 'Cookie: __Host-refresh_token={refreshToken}'
const post = { method: 'POST', path: '/auth/refresh', lines: [JSON_TYPE] } as const

function refreshes(): readonly AdapterRequest[] {
  const table = {
    'refresh: a token': [BODY, 200],
    'refresh: a narrower scope': ['{"refresh_token":"{refreshToken}","scope":"read"}', 200],
    'refresh: with a grant type': ['{"refresh_token":"{refreshToken}","grant_type":"refresh_token"}', 200],
    'refresh: for its client': ['{"refresh_token":"{boundRefreshToken}","client_id":"app"}', 200],
    'refresh: for another client': [
      '{"refresh_token":"{boundRefreshToken}","client_id":"b"}',
      400,
      'refresh_token_client_mismatch',
    ],
    'refresh: for no client': [
      '{"refresh_token":"{boundRefreshToken}"}',
      400,
      'refresh_token_client_mismatch',
    ],
    'refresh: a wider scope': [
      '{"refresh_token":"{refreshToken}","scope":"admin"}',
      400,
      'scope_exceeds_grant',
    ],
    'refresh: another grant type': [
      '{"refresh_token":"{refreshToken}","grant_type":"password"}',
      400,
      'grant_type_unsupported',
    ],
    'refresh: reused': ['{"refresh_token":"{reusedRefreshToken}"}', 400, 'refresh_token_reused'],
    'refresh: ended': ['{"refresh_token":"{endedRefreshToken}"}', 400, 'session_revoked'],
    'refresh: of somebody else': ['{"refresh_token":"{foreignRefreshToken}"}', 400, 'refresh_token_invalid'],
    'refresh: an access token': ['{"refresh_token":"{token}"}', 400, 'refresh_token_malformed'],
    'refresh: noise': ['{"refresh_token":"x"}', 400, 'refresh_token_malformed'],
    'refresh: empty': ['{"refresh_token":""}', 400, 'request_body_malformed'],
    'refresh: a number': ['{"refresh_token":1}', 400, 'request_body_malformed'],
    'refresh: nothing in it': ['{}', 400, 'credentials_missing'],
  } as const
  return [
    ...rows(table, ([body, status, code]) => ({ ...post, body, status, ...(code && { code }) })),
    {
      name: 'refresh: twice, the same successor',
      ...post,
      body: BODY,
      before: [{ ...post, body: BODY }],
      status: 200,
    },
    { name: 'refresh: below two segments', ...post, path: '/api/v1/auth/refresh', body: BODY, status: 200 },
    { name: 'refresh: beside an access token', ...post, lines: [JSON_TYPE, bearer], body: BODY, status: 200 },
    {
      name: 'refresh: a token in the query',
      ...post,
      path: '/auth/refresh?refresh_token={refreshToken}',
      body: BODY,
      status: 400,
      code: 'credentials_in_query',
    },
    {
      name: 'refresh: no body',
      method: 'POST',
      path: '/auth/refresh',
      status: 400,
      code: 'credentials_missing',
    },
    {
      name: 'refresh: while the stores are away',
      ...post,
      body: BODY,
      isOutage: true,
      status: 503,
      code: 'store_unavailable',
    },
  ]
}

function cookies(): readonly AdapterRequest[] {
  const by = { method: 'POST', path: '/auth/refresh' } as const
  const table = {
    'cookie: from this site': [[COOKIE, ORIGIN], 200],
    'cookie: among others': [['Cookie: a=b; __Host-refresh_token={refreshToken}; c="d"', ORIGIN], 200],
    'cookie: in two fields': [['Cookie: a=b', COOKIE, ORIGIN], 200],
    'cookie: in lower case': [
      ['cookie: __Host-refresh_token={refreshToken}', 'origin: https://api.example.com'],
      200,
    ],
    'cookie: without an origin, from this site': [[COOKIE, 'Sec-Fetch-Site: same-origin'], 200],
    'cookie: from nowhere': [[COOKIE], 403, 'cross_site_request'],
    'cookie: from another site': [[COOKIE, 'Origin: https://evil.example'], 403, 'cross_site_request'],
    'cookie: from a sandbox': [[COOKIE, 'Origin: null'], 403, 'cross_site_request'],
    'cookie: from another port': [
      [COOKIE, 'Origin: https://api.example.com:8443'],
      403,
      'cross_site_request',
    ],
    'cookie: from a page that only says so': [
      [COOKIE, 'Sec-Fetch-Site: cross-site'],
      403,
      'cross_site_request',
    ],
    'cookie: two origins': [[COOKIE, ORIGIN, ORIGIN], 403, 'cross_site_request'],
    'cookie: two sites': [
      [COOKIE, ORIGIN, 'Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site'],
      403,
      'cross_site_request',
    ],
    'cookie: two of the name': [
      ['Cookie: __Host-refresh_token={refreshToken}; __Host-refresh_token=x', ORIGIN],
      400,
      'credentials_repeated',
    ],
    'cookie: two of the name in two fields': [[COOKIE, COOKIE, ORIGIN], 400, 'credentials_repeated'],
    'cookie: another case': [
      ['Cookie: __host-Refresh_token={refreshToken}', ORIGIN],
      400,
      'credentials_missing',
    ],
    'cookie: noise': [['Cookie: __Host-refresh_token=x', ORIGIN], 400, 'refresh_token_malformed'],
    'cookie: empty': [['Cookie: __Host-refresh_token=', ORIGIN], 400, 'refresh_token_malformed'],
    'cookie: reused': [
      ['Cookie: __Host-refresh_token={reusedRefreshToken}', ORIGIN],
      400,
      'refresh_token_reused',
    ],
    'cookie: no cookie': [['Cookie: ;;;=;', ORIGIN], 400, 'credentials_missing'],
  } as const
  return [
    ...rows(table, ([lines, status, code]) => ({ ...by, lines, status, ...(code && { code }) })),
    {
      name: 'cookie: where none is read',
      method: 'POST',
      path: '/small/refresh',
      lines: [COOKIE, ORIGIN],
      status: 400,
      code: 'credentials_missing',
    },
    {
      name: 'cookie: and a token in the body',
      ...by,
      lines: [COOKIE, ORIGIN, JSON_TYPE],
      body: BODY,
      status: 400,
      code: 'credentials_repeated',
    },
    { name: 'cookie: signs out', method: 'POST', path: '/auth/logout', lines: [COOKIE, ORIGIN], status: 204 },
    {
      name: 'cookie: signs out from another site',
      method: 'POST',
      path: '/auth/logout',
      lines: [COOKIE, 'Origin: https://evil.example'],
      status: 403,
      code: 'cross_site_request',
    },
    {
      name: 'cookie: signs out with noise, and goes',
      method: 'POST',
      path: '/auth/logout',
      lines: ['Cookie: __Host-refresh_token=x', ORIGIN],
      status: 400,
      code: 'refresh_token_malformed',
    },
  ]
}

function logouts(): readonly AdapterRequest[] {
  const logout = { method: 'POST', path: '/auth/logout', lines: [JSON_TYPE] } as const
  return [
    { name: 'logout: by refresh token', ...logout, body: BODY, status: 204 },
    { name: 'logout: by access token', method: 'POST', path: '/auth/logout', lines: [bearer], status: 204 },
    {
      name: 'logout: its access token with it',
      path: '/token',
      lines: [bearer],
      before: [{ ...logout, body: BODY }],
      status: 401,
      code: 'token_revoked',
    },
    {
      name: 'logout: its refresh token with it',
      ...post,
      body: BODY,
      before: [{ ...logout, lines: [bearer] }],
      status: 400,
      code: 'session_revoked',
    },
    {
      name: 'logout: a token outside of sessions',
      path: '/token',
      lines: ['Authorization: Bearer {weakToken}'],
      before: [{ method: 'POST', path: '/auth/logout', lines: ['Authorization: Bearer {weakToken}'] }],
      status: 401,
      code: 'token_revoked',
    },
    {
      name: 'logout: nothing',
      method: 'POST',
      path: '/auth/logout',
      status: 401,
      code: 'credentials_missing',
    },
    {
      name: 'logout: noise',
      ...logout,
      body: '{"refresh_token":"x"}',
      status: 400,
      code: 'refresh_token_malformed',
    },
    {
      name: 'logout: while the stores are away',
      ...logout,
      body: BODY,
      isOutage: true,
      status: 503,
      code: 'store_unavailable',
    },
  ]
}

function bodies(): readonly AdapterRequest[] {
  const form = 'refresh_token={refreshToken}&scope=read'
  const mounts = ['/auth', '/parsed', '/bytes', '/delayed']
  const same = mounts.flatMap(mount => [
    { name: `body: JSON below ${mount}`, ...post, path: `${mount}/refresh`, body: BODY, status: 200 },
    {
      name: `body: a form below ${mount}`,
      method: 'POST',
      path: `${mount}/refresh`,
      lines: [FORM_TYPE],
      body: form,
      status: 200,
    },
    {
      name: `body: noise below ${mount}`,
      ...post,
      path: `${mount}/refresh`,
      body: '{"refresh_token":"x"}',
      status: 400,
      code: 'refresh_token_malformed',
    },
    {
      name: `body: none below ${mount}`,
      method: 'POST',
      path: `${mount}/refresh`,
      status: 400,
      code: 'credentials_missing',
    },
    {
      name: `body: chunked below ${mount}`,
      ...post,
      path: `${mount}/refresh`,
      body: BODY,
      isChunked: true,
      status: 200,
    },
    {
      name: `body: an array below ${mount}`,
      ...post,
      path: `${mount}/refresh`,
      body: '[]',
      status: 400,
      code: 'request_body_malformed',
    },
    {
      name: `body: a form with a name twice below ${mount}`,
      method: 'POST',
      path: `${mount}/refresh`,
      lines: [FORM_TYPE],
      body: 'refresh_token=a&refresh_token=b',
      status: 400,
      code: 'request_body_malformed',
    },
  ])
  const types = {
    'type: with a charset': ['Content-Type: application/json; charset=utf-8', 200],
    'type: in upper case': ['CONTENT-TYPE: APPLICATION/JSON', 200],
    'type: text': ['Content-Type: text/plain', 415, 'request_media_type_unsupported'],
    'type: XML': ['Content-Type: application/xml', 415, 'request_media_type_unsupported'],
    'type: another JSON': ['Content-Type: application/problem+json', 415, 'request_media_type_unsupported'],
    'type: multipart': [
      'Content-Type: multipart/form-data; boundary=a',
      415,
      'request_media_type_unsupported',
    ],
    'type: no type at all': ['Content-Type: nonsense', 415, 'request_media_type_unsupported'],
    'type: empty': ['Content-Type:', 415, 'request_media_type_unsupported'],
    'type: JSON for a form': [FORM_TYPE, 400, 'credentials_missing'],
  } as const
  const texts = {
    'text: half an object': '{',
    'text: no JSON': 'refresh_token=x',
    'text: null': 'null',
    'text: a string': '"{refreshToken}"',
    'text: bad UTF-8': '{"refresh_token":"\xff"}',
    'text: a prototype': '{"__proto__":{"refresh_token":"x"},"refresh_token":2}',
  }
  return [
    ...same,
    ...rows(types, ([line, status, code]) => ({
      ...post,
      lines: [line],
      body: BODY,
      status,
      ...(code && { code }),
    })),
    ...rows(texts, body => ({ ...post, body, status: 400, code: 'request_body_malformed' })),
    {
      name: 'type: none',
      method: 'POST',
      path: '/auth/refresh',
      body: BODY,
      status: 415,
      code: 'request_media_type_unsupported',
    },
    {
      name: 'type: nonsense without a body',
      method: 'POST',
      path: '/auth/refresh',
      lines: ['Content-Type: nonsense'],
      status: 400,
      code: 'credentials_missing',
    },
    { name: 'type: JSON without a body', ...post, status: 400, code: 'credentials_missing' },
    {
      name: 'type: nonsense, and nobody who may send it',
      method: 'POST',
      path: '/auth/api-keys',
      lines: ['Content-Type: nonsense'],
      body: '{}',
      status: 401,
      code: 'credentials_missing',
    },
    {
      name: 'body: where none is taken',
      method: 'DELETE',
      path: '/auth/sessions/{sessionId}',
      lines: [bearer, JSON_TYPE],
      body: '{"a":1}',
      status: 204,
    },
  ]
}

function largeBodies(): readonly AdapterRequest[] {
  const large = `{"refresh_token":"${'a'.repeat(9000)}"}`
  const refused = { status: 413, code: 'request_body_too_large' } as const
  return [
    ...['/auth', '/parsed', '/bytes', '/delayed'].map(mount => ({
      name: `large: below ${mount}`,
      ...post,
      path: `${mount}/refresh`,
      body: large,
      ...refused,
    })),
    { name: 'large: in chunks', ...post, body: large, isChunked: true, ...refused },
    {
      name: 'large: in chunks, by a byte',
      ...post,
      path: '/small/refresh',
      body: `"${'a'.repeat(63)}"`,
      isChunked: true,
      ...refused,
    },
    {
      name: 'large: a form',
      method: 'POST',
      path: '/auth/refresh',
      lines: [FORM_TYPE],
      body: `refresh_token=${'a'.repeat(9000)}`,
      ...refused,
    },
    {
      name: 'large: just not',
      ...post,
      path: '/small/refresh',
      body: `{"a":"${'a'.repeat(56)}"}`,
      status: 400,
      code: 'credentials_missing',
    },
    { name: 'large: 300 kB', ...post, body: `"${'a'.repeat(300_000)}"`, ...refused },
    {
      name: 'large: 300 kB in chunks',
      ...post,
      body: `"${'a'.repeat(300_000)}"`,
      isChunked: true,
      ...refused,
    },
    {
      name: 'large: to nobody',
      method: 'POST',
      path: '/auth/api-keys',
      lines: [JSON_TYPE],
      body: large,
      status: 401,
      code: 'credentials_missing',
    },
    {
      name: 'large: where it is not read',
      method: 'POST',
      path: '/token',
      lines: [JSON_TYPE, bearer],
      body: large,
      status: 200,
    },
    {
      name: 'large: then another on the same connection',
      path: '/token',
      lines: [bearer],
      before: [{ ...post, body: large }],
      status: 200,
    },
  ]
}

/** Clients go away; the server does not, and nothing has happened by half. */
function aborted(): readonly AdapterRequest[] {
  const paths = [
    '/auth/refresh',
    '/parsed/refresh',
    '/bytes/refresh',
    '/delayed/refresh',
    '/api/v1/auth/refresh',
  ]
  return [
    ...paths.map(path => ({
      name: `aborted: ${path}`,
      ...post,
      path,
      body: BODY,
      isAborted: true,
      status: 200,
    })),
    { name: 'aborted: in chunks', ...post, body: BODY, isChunked: true, isAborted: true, status: 200 },
    {
      name: 'aborted: a guarded route',
      method: 'POST',
      path: '/token',
      lines: [bearer, 'Content-Type: text/plain'],
      body: 'x'.repeat(100),
      isAborted: true,
      status: 200,
    },
    {
      name: 'aborted: nobody',
      method: 'POST',
      path: '/token',
      lines: ['Content-Type: text/plain'],
      body: 'x'.repeat(100),
      isAborted: true,
      status: 401,
      code: 'credentials_missing',
    },
    {
      name: 'aborted: logout',
      method: 'POST',
      path: '/auth/logout',
      lines: [JSON_TYPE],
      body: BODY,
      isAborted: true,
      status: 204,
    },
  ]
}
