import type { RawRequest } from './raw-request.js'

/** Credentials that a row of the table may use. */
export interface Credentials {
  /** Scope `read write`, role `editor`, from a login just now. */
  readonly token: string
  /** Scope `read`, no role, from no login. */
  readonly weakToken: string
  readonly expiredToken: string
  readonly revokedToken: string
  /** Scope `read`. */
  readonly apiKey: string
  readonly revokedApiKey: string
  readonly refreshToken: string
}

export interface RequestRow extends RawRequest {
  readonly name: string
  readonly status: number
  /** `code` of the body. */
  readonly code?: string
  /** `x-principal` of what was served. */
  readonly principal?: string
  /** Fields that must be there as they stand. */
  readonly headers?: Readonly<Record<string, string>>
}

const USER = 'access_token user-1 true'
const KEY = 'api_key user-1 true'
const JSON_TYPE = 'Content-Type: application/json'
const ORIGIN = 'Origin: https://api.example.com'

/** The requests that every version must answer alike. */
export function requestRows(own: Credentials): readonly RequestRow[] {
  return [...protectedRoutes(own), ...demands(own), ...ownRoutes(own), ...applicationErrors()]
}

function protectedRoutes({ token, apiKey, ...bad }: Credentials): readonly RequestRow[] {
  const bearer = `Authorization: Bearer ${token}`
  const key = `X-API-Key: ${apiKey}`
  const [malformed, repeated] = ['credentials_malformed', 'credentials_repeated']
  return [
    {
      name: 'nothing',
      path: '/token',
      status: 401,
      code: 'credentials_missing',
      headers: { 'www-authenticate': 'Bearer realm="api"' },
    },
    { name: 'nothing, for a key', path: '/key', status: 401, code: 'credentials_missing' },
    { name: 'nothing, optional', path: '/optional', status: 200, principal: 'undefined undefined true' },
    { name: 'a token', path: '/token', lines: [bearer], status: 200, principal: USER },
    {
      name: 'a token, lower case',
      path: '/token',
      lines: [`authorization: bearer ${token}`],
      status: 200,
      principal: USER,
    },
    {
      name: 'a token, upper case',
      path: '/token',
      lines: [`AUTHORIZATION: BEARER ${token}`],
      status: 200,
      principal: USER,
    },
    { name: 'a token, HEAD', method: 'HEAD', path: '/token', lines: [bearer], status: 200, principal: USER },
    {
      name: 'a token, POST',
      method: 'POST',
      path: '/token',
      lines: [bearer],
      body: 'x',
      status: 200,
      principal: USER,
    },
    { name: 'nothing, HEAD', method: 'HEAD', path: '/token', status: 401 },
    { name: 'nothing, OPTIONS', method: 'OPTIONS', path: '/token', status: 401, code: 'credentials_missing' },
    {
      name: 'a token, spaces around',
      path: '/token',
      lines: [`Authorization:   Bearer   ${token}  `],
      status: 200,
      principal: USER,
    },
    { name: 'a token for a key', path: '/key', lines: [bearer], status: 401, code: 'credentials_missing' },
    { name: 'a key', path: '/key', lines: [key], status: 200, principal: KEY },
    { name: 'a key, mixed case', path: '/key', lines: [`x-Api-kEy: ${apiKey}`], status: 200, principal: KEY },
    {
      name: 'a key as bearer',
      path: '/key',
      lines: [`Authorization: Bearer ${apiKey}`],
      status: 200,
      principal: KEY,
    },
    { name: 'a key for a token', path: '/token', lines: [key], status: 401, code: 'credentials_missing' },
    {
      name: 'a key as bearer for a token',
      path: '/token',
      lines: [`Authorization: Bearer ${apiKey}`],
      status: 401,
      code: 'token_malformed',
    },
    { name: 'either, a token', path: '/either', lines: [bearer], status: 200, principal: USER },
    { name: 'either, a key', path: '/either', lines: [key], status: 200, principal: KEY },
    { name: 'either, both', path: '/either', lines: [key, bearer], status: 200, principal: USER },
    {
      name: 'either, both, the key is bad',
      path: '/either',
      lines: ['X-API-Key: noise', bearer],
      status: 401,
      code: 'api_key_invalid',
    },
    {
      name: 'either, both, the token is bad',
      path: '/either',
      lines: [key, 'Authorization: Bearer x'],
      status: 401,
      code: 'token_malformed',
    },
    {
      name: 'either, a key in both places',
      path: '/either',
      lines: [key, `Authorization: Bearer ${apiKey}`],
      status: 400,
      code: repeated,
    },
    {
      name: 'optional, a bad token',
      path: '/optional',
      lines: ['Authorization: Bearer x'],
      status: 401,
      code: 'token_malformed',
    },
    {
      name: 'optional, a bad key',
      path: '/optional',
      lines: ['X-API-Key: x'],
      status: 401,
      code: 'api_key_invalid',
    },
    {
      name: 'optional, another scheme',
      path: '/optional',
      lines: ['Authorization: Basic YTpi'],
      status: 200,
      principal: 'undefined undefined true',
    },
    {
      name: 'expired',
      path: '/token',
      lines: [`Authorization: Bearer ${bad.expiredToken}`],
      status: 401,
      code: 'token_expired',
    },
    {
      name: 'revoked',
      path: '/token',
      lines: [`Authorization: Bearer ${bad.revokedToken}`],
      status: 401,
      code: 'token_revoked',
    },
    {
      name: 'a revoked key',
      path: '/key',
      lines: [`X-API-Key: ${bad.revokedApiKey}`],
      status: 401,
      code: 'api_key_invalid',
    },
    {
      name: 'a refresh token',
      path: '/token',
      lines: [`Authorization: Bearer ${bad.refreshToken}`],
      status: 401,
      code: 'token_malformed',
    },
    {
      name: 'a refresh token for a key',
      path: '/key',
      lines: [`X-API-Key: ${bad.refreshToken}`],
      status: 401,
      code: 'api_key_invalid',
    },
    { name: 'two tokens', path: '/token', lines: [bearer, bearer], status: 400, code: repeated },
    {
      name: 'two tokens, one empty',
      path: '/token',
      lines: [bearer, 'Authorization:'],
      status: 400,
      code: repeated,
    },
    {
      name: 'two schemes',
      path: '/token',
      lines: ['Authorization: Basic YTpi', bearer],
      status: 400,
      code: repeated,
    },
    {
      name: 'two schemes in one field',
      path: '/token',
      lines: [`Authorization: Basic YTpi, Bearer ${token}`],
      status: 400,
      code: repeated,
    },
    { name: 'two keys', path: '/key', lines: [key, key], status: 400, code: repeated },
    { name: 'an empty field', path: '/token', lines: ['Authorization:'], status: 400, code: malformed },
    {
      name: 'a scheme alone',
      path: '/token',
      lines: ['Authorization: Bearer'],
      status: 400,
      code: malformed,
    },
    {
      name: 'a token with a space',
      path: '/token',
      lines: ['Authorization: Bearer a b'],
      status: 400,
      code: malformed,
    },
    {
      name: 'a token in Latin 1',
      path: '/token',
      lines: ['Authorization: Bearer \xe9'],
      status: 400,
      code: malformed,
    },
    {
      name: 'an emoji',
      path: '/token',
      lines: [`Authorization: Bearer ${Buffer.from('🙂').toString('latin1')}`],
      status: 400,
      code: malformed,
    },
    {
      name: 'a quoted token',
      path: '/token',
      lines: [`Authorization: Bearer "${token}"`],
      status: 400,
      code: malformed,
    },
    { name: 'an empty key', path: '/key', lines: ['X-API-Key:'], status: 401, code: 'api_key_invalid' },
    {
      name: 'a key of 2 kB',
      path: '/key',
      lines: [`X-API-Key: ${'k'.repeat(2000)}`],
      status: 400,
      code: malformed,
    },
    { name: 'a token, without distinct headers', path: '/http2', lines: [bearer], status: 200 },
    {
      name: 'two keys, without distinct headers',
      path: '/http2',
      lines: [key, key],
      status: 400,
      code: repeated,
    },
    { name: 'a verifier with a bug', path: '/broken', lines: [bearer], status: 500 },
    {
      name: 'a token in the query',
      path: `/token?access_token=${token}`,
      status: 400,
      code: 'credentials_in_query',
    },
    {
      name: 'a key in the query, encoded',
      path: `/key?%61PI-key=${apiKey}`,
      lines: [key],
      status: 400,
      code: 'credentials_in_query',
    },
  ]
}

function demands({ token, weakToken, apiKey }: Credentials): readonly RequestRow[] {
  const [strong, weak] = [[`Authorization: Bearer ${token}`], [`Authorization: Bearer ${weakToken}`]]
  const key = [`X-API-Key: ${apiKey}`]
  const missing = {
    'www-authenticate':
      'Bearer realm="api", error="insufficient_scope", error_description="The credential lacks a required scope.", scope="write"',
  }
  return [
    { name: 'scope, enough', path: '/scoped', lines: strong, status: 200, principal: USER },
    {
      name: 'scope, too little',
      path: '/scoped',
      lines: weak,
      status: 403,
      code: 'insufficient_scope',
      headers: missing,
    },
    {
      name: 'scope, too little in a key',
      path: '/scoped',
      lines: key,
      status: 403,
      code: 'insufficient_scope',
      headers: missing,
    },
    { name: 'role, held', path: '/editors', lines: strong, status: 200, principal: USER },
    { name: 'role, not held', path: '/editors', lines: weak, status: 403, code: 'insufficient_role' },
    { name: 'role, a key', path: '/editors', lines: key, status: 403, code: 'insufficient_role' },
    { name: 'login, fresh', path: '/fresh', lines: strong, status: 200, principal: USER },
    {
      name: 'login, none',
      path: '/fresh',
      lines: weak,
      status: 401,
      code: 'authentication_too_old',
      headers: {
        'www-authenticate':
          'Bearer realm="api", error="insufficient_user_authentication", error_description="A more recent login is required.", max_age="60"',
      },
    },
    { name: 'login, a key', path: '/fresh', lines: key, status: 401, code: 'authentication_too_old' },
    { name: 'requireScope, enough', path: '/then-scope', lines: strong, status: 200 },
    {
      name: 'requireScope, too little',
      path: '/then-scope',
      lines: weak,
      status: 403,
      code: 'insufficient_scope',
      headers: missing,
    },
    { name: 'requireRole, held', path: '/then-role', lines: strong, status: 200 },
    {
      name: 'requireRole, not held',
      path: '/then-role',
      lines: weak,
      status: 403,
      code: 'insufficient_role',
    },
    {
      name: 'requireRole, nobody',
      path: '/optional-then-role',
      status: 401,
      code: 'credentials_missing',
      headers: { 'www-authenticate': 'Bearer realm="api"' },
    },
    { name: 'requireScope, without requireAuth', path: '/unguarded', status: 500 },
  ]
}

function ownRoutes({ token, apiKey, refreshToken }: Credentials): readonly RequestRow[] {
  const bearer = `Authorization: Bearer ${token}`
  const cookie = `Cookie: __Host-refresh_token=${refreshToken}`
  const tooLarge = {
    body: `{"a":"${'a'.repeat(9000)}"}`,
    status: 413,
    code: 'request_body_too_large',
  } as const
  const post = { method: 'POST', lines: [JSON_TYPE] } as const
  const keys = {
    method: 'POST',
    lines: [bearer, JSON_TYPE],
    status: 400,
    code: 'request_body_malformed',
  } as const
  return [
    { name: 'an unknown path', path: '/auth/nothing', status: 404 },
    { name: 'the mount point', path: '/auth', status: 404 },
    {
      name: 'the JWK set',
      path: '/auth/.well-known/jwks.json',
      status: 200,
      headers: { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=300' },
    },
    { name: 'the JWK set with a query', path: '/auth/.well-known/jwks.json?a=b', status: 200 },
    {
      name: 'the JWK set, HEAD',
      method: 'HEAD',
      path: '/auth/.well-known/jwks.json',
      status: 200,
      headers: { 'content-type': 'application/jwk-set+json' },
    },
    {
      name: 'another method',
      method: 'PUT',
      path: '/auth/refresh',
      status: 405,
      code: 'request_method_not_allowed',
      headers: { allow: 'POST, OPTIONS' },
    },
    {
      name: 'OPTIONS',
      method: 'OPTIONS',
      path: '/auth/api-keys',
      status: 204,
      headers: { allow: 'GET, HEAD, POST, OPTIONS' },
    },
    {
      name: 'refresh, nothing',
      method: 'POST',
      path: '/auth/refresh',
      status: 400,
      code: 'credentials_missing',
    },
    {
      name: 'refresh, noise',
      ...post,
      path: '/auth/refresh',
      body: '{"refresh_token":"x"}',
      status: 400,
      code: 'refresh_token_malformed',
    },
    {
      name: 'refresh, no JSON',
      ...post,
      path: '/auth/refresh',
      body: '{',
      status: 400,
      code: 'request_body_malformed',
    },
    {
      name: 'refresh, another type',
      method: 'POST',
      path: '/auth/refresh',
      lines: ['Content-Type: text/plain'],
      body: '{}',
      status: 415,
      code: 'request_media_type_unsupported',
    },
    { name: 'refresh, too large', ...post, path: '/auth/refresh', ...tooLarge },
    { name: 'refresh, parsed, too large', ...post, path: '/parsed/refresh', ...tooLarge },
    {
      name: 'refresh, too large in chunks',
      method: 'POST',
      path: '/small/refresh',
      lines: [JSON_TYPE, 'Transfer-Encoding: chunked', '', `ff\r\n${'a'.repeat(255)}\r\n0\r\n`],
      status: 413,
      code: 'request_body_too_large',
    },
    {
      name: 'refresh, parsed, noise',
      ...post,
      path: '/parsed/refresh',
      body: '{"refresh_token":"x"}',
      status: 400,
      code: 'refresh_token_malformed',
    },
    {
      name: 'refresh, parsed, an array',
      ...post,
      path: '/parsed/refresh',
      body: '[]',
      status: 400,
      code: 'request_body_malformed',
    },
    {
      name: 'refresh, parsed form with a name twice',
      method: 'POST',
      path: '/parsed/refresh',
      lines: ['Content-Type: application/x-www-form-urlencoded'],
      body: 'refresh_token=a&refresh_token=b',
      status: 400,
      code: 'request_body_malformed',
    },
    {
      name: 'refresh, passed over by the parser',
      method: 'POST',
      path: '/json/refresh',
      lines: ['Content-Type: application/x-www-form-urlencoded'],
      body: 'refresh_token=x',
      status: 400,
      code: 'refresh_token_malformed',
    },
    {
      name: 'refresh, raw',
      ...post,
      path: '/raw/refresh',
      body: '{"refresh_token":"x"}',
      status: 400,
      code: 'refresh_token_malformed',
    },
    {
      name: 'refresh, later',
      ...post,
      path: '/slow/refresh',
      body: '{"refresh_token":"x"}',
      status: 400,
      code: 'refresh_token_malformed',
    },
    {
      name: 'refresh, a cookie from nowhere',
      method: 'POST',
      path: '/auth/refresh',
      lines: [cookie],
      status: 403,
      code: 'cross_site_request',
    },
    {
      name: 'refresh, a cookie from another site',
      method: 'POST',
      path: '/auth/refresh',
      lines: [cookie, 'Origin: https://evil.example'],
      status: 403,
      code: 'cross_site_request',
    },
    {
      name: 'refresh, two cookies',
      method: 'POST',
      path: '/auth/refresh',
      lines: [cookie, cookie, ORIGIN],
      status: 400,
      code: 'credentials_repeated',
    },
    {
      name: 'refresh, two origins',
      method: 'POST',
      path: '/auth/refresh',
      lines: [cookie, ORIGIN, ORIGIN],
      status: 403,
      code: 'cross_site_request',
    },
    {
      name: 'logout, nothing',
      method: 'POST',
      path: '/auth/logout',
      status: 401,
      code: 'credentials_missing',
    },
    { name: 'sessions, nothing', path: '/auth/sessions', status: 401, code: 'credentials_missing' },
    {
      name: 'sessions, a key',
      path: '/auth/sessions',
      lines: [`X-API-Key: ${apiKey}`],
      status: 401,
      code: 'credentials_missing',
    },
    {
      name: 'sessions, two tokens',
      path: '/auth/sessions',
      lines: [bearer, bearer],
      status: 400,
      code: 'credentials_repeated',
    },
    {
      name: 'sessions, a token in the query',
      path: `/auth/sessions?access_token=${token}`,
      status: 400,
      code: 'credentials_in_query',
    },
    {
      name: 'an unknown session',
      method: 'DELETE',
      path: '/auth/sessions/x',
      lines: [bearer],
      status: 404,
      code: 'session_not_found',
    },
    {
      name: 'a session with an odd id',
      method: 'DELETE',
      path: '/auth/sessions/%00%zz',
      lines: [bearer],
      status: 404,
      code: 'session_not_found',
    },
    { name: 'a key without a name', ...keys, path: '/auth/api-keys', body: '{}' },
    {
      name: 'a key for somebody else',
      ...keys,
      path: '/auth/api-keys',
      body: '{"name":"a","owner_id":"user-2"}',
    },
    {
      name: 'a key with too wide a scope',
      ...keys,
      path: '/auth/api-keys',
      body: '{"name":"a","scope":"admin"}',
      status: 403,
      code: 'scope_exceeds_grant',
    },
    {
      name: 'an unknown key',
      method: 'DELETE',
      path: '/auth/api-keys/x',
      lines: [bearer],
      status: 404,
      code: 'api_key_not_found',
    },
  ]
}

function applicationErrors(): readonly RequestRow[] {
  return [
    { name: 'an AuthError of the application', path: '/throws-ours', status: 400, code: 'argument_invalid' },
    { name: 'another error of the application', path: '/throws-other', status: 500 },
    { name: 'an AuthError after the response has begun', path: '/throws-late', status: 200 },
    { name: 'a response that somebody sent before', path: '/sent', status: 200 },
  ]
}
