import { type AdapterRequest, rows } from '../adapter-request.js'

/** Access tokens, good and bad, in the one place where they may stand (RFC 6750 section 2.1). */
export function tokenRows(): readonly AdapterRequest[] {
  return [...goodTokens(), ...badTokens(), ...oddFields(), ...repeatedFields(), ...queries()]
}

const bearer = 'Authorization: Bearer {token}'

function goodTokens(): readonly AdapterRequest[] {
  const lines = [bearer]
  return [
    { name: 'a token', path: '/token', lines, status: 200 },
    { name: 'a token, with a query', path: '/token?page=2&sort=name', lines, status: 200 },
    { name: 'a token, HEAD', method: 'HEAD', path: '/token', lines, status: 200 },
    {
      name: 'a token, POST',
      method: 'POST',
      path: '/token',
      lines: [bearer, 'Content-Type: application/json'],
      body: '{"a":1}',
      status: 200,
    },
    { name: 'a token, PUT without a body', method: 'PUT', path: '/token', lines, status: 200 },
    {
      name: 'a token, PATCH',
      method: 'PATCH',
      path: '/token',
      lines: [bearer, 'Content-Type: application/json'],
      body: '{}',
      status: 200,
    },
    { name: 'a token, DELETE', method: 'DELETE', path: '/token', lines, status: 200 },
    { name: 'a token, OPTIONS', method: 'OPTIONS', path: '/token', lines, status: 200 },
    { name: 'a token below a mount point', path: '/api/v1/token', lines, status: 200 },
    {
      name: 'a token after many other fields',
      path: '/token',
      lines: [...manyFields(), bearer],
      status: 200,
    },
    {
      name: 'a token that says who it is for',
      path: '/token',
      lines: ['Authorization: Bearer {weakToken}'],
      status: 200,
    },
    {
      name: 'a token without rights',
      path: '/token',
      lines: ['Authorization: Bearer {bareToken}'],
      status: 200,
    },
    {
      name: 'a token from a login a while ago',
      path: '/token',
      lines: ['Authorization: Bearer {staleToken}'],
      status: 200,
    },
    { name: 'nothing', path: '/token', status: 401, code: 'credentials_missing' },
    { name: 'nothing, HEAD', method: 'HEAD', path: '/token', status: 401 },
    { name: 'nothing, OPTIONS', method: 'OPTIONS', path: '/token', status: 401, code: 'credentials_missing' },
    {
      name: 'nothing, POST with a body',
      method: 'POST',
      path: '/token',
      lines: ['Content-Type: application/json'],
      body: '{"token":"{token}"}',
      status: 401,
      code: 'credentials_missing',
    },
    { name: 'nothing below a mount point', path: '/api/v1/token', status: 401, code: 'credentials_missing' },
    {
      name: 'nothing, while the stores are away',
      path: '/token',
      isOutage: true,
      status: 401,
      code: 'credentials_missing',
    },
    {
      name: 'a token, while the stores are away',
      path: '/token',
      lines,
      isOutage: true,
      status: 503,
      code: 'store_unavailable',
    },
    {
      name: 'a token, while the stores are away, HEAD',
      method: 'HEAD',
      path: '/token',
      lines,
      isOutage: true,
      status: 503,
    },
    {
      name: 'a bad token, while the stores are away',
      path: '/token',
      lines: ['Authorization: Bearer x'],
      isOutage: true,
      status: 401,
      code: 'token_malformed',
    },
  ]
}

function manyFields(): readonly string[] {
  return Array.from({ length: 40 }, (_, index) => `X-Field-${index}: ${'v'.repeat(index)}`)
}

function badTokens(): readonly AdapterRequest[] {
  const bad = {
    expiredToken: 'token_expired',
    revokedToken: 'token_revoked',
    endedToken: 'token_revoked',
    tamperedToken: 'token_signature_invalid',
    swappedToken: 'token_signature_invalid',
    unsignedToken: 'token_malformed',
    truncatedToken: 'token_malformed',
    lowerCaseToken: 'token_malformed',
    foreignToken: 'token_key_unknown',
    refreshToken: 'token_malformed',
    apiKey: 'token_malformed',
  }
  return Object.entries(bad).flatMap(([name, code]) => {
    const lines = [`Authorization: Bearer {${name}}`]
    return [
      { name: `bad: ${name}`, path: '/token', lines, status: 401, code },
      { name: `bad: ${name}, HEAD`, method: 'HEAD', path: '/token', lines, status: 401 },
      { name: `bad: ${name}, below a mount point`, path: '/api/v1/token', lines, status: 401, code },
    ]
  })
}

function oddFields(): readonly AdapterRequest[] {
  const good = {
    'odd: names and schemes in lower case': 'authorization: bearer {token}',
    'odd: names and schemes in upper case': 'AUTHORIZATION: BEARER {token}',
    'odd: names and schemes in mixed case': 'aUtHoRiZaTiOn: bEaReR {token}',
    'odd: spaces around': 'Authorization:   Bearer   {token}  ',
    'odd: a tab before the scheme': 'Authorization:\tBearer {token}',
  }
  const malformed = {
    'odd: an empty field': 'Authorization:',
    'odd: a scheme alone': 'Authorization: Bearer',
    'odd: two words': 'Authorization: Bearer a b',
    'odd: a tab inside': 'Authorization: Bearer\t{token}',
    'odd: Latin 1': 'Authorization: Bearer \xe9',
    'odd: UTF-8': 'Authorization: Bearer \xf0\x9f\x99\x82',
    'odd: Latin 1 as the scheme': 'Authorization: B\xe9arer {token}',
    'odd: quotes': 'Authorization: Bearer "{token}"',
    'odd: a parameter': 'Authorization: Bearer token={token}',
    'odd: padding first': 'Authorization: Bearer ={token}',
    'odd: a colon after the scheme': 'Authorization: Bearer: {token}',
    'odd: a semicolon': 'Authorization: Bearer {token};',
  }
  const missing = {
    'odd: a token alone': 'Authorization: {token}',
    'odd: Basic': 'Authorization: Basic YTpi',
    'odd: Digest': 'Authorization: Digest username="a, b", realm="c"',
    'odd: another scheme with a good token': 'Authorization: Token {token}',
    'odd: a name with a letter more': 'Authorizations: Bearer {token}',
    'odd: a proxy': 'Proxy-Authorization: Bearer {token}',
    'odd: a cookie': 'Cookie: access_token={token}; authorization=Bearer {token}',
    'odd: forwarded by a header': 'X-Forwarded-Authorization: Bearer {token}',
    'odd: a header that names a user': 'X-User-Id: user-1',
    'odd: another method by header': 'X-HTTP-Method-Override: OPTIONS',
  }
  return [
    ...rows(good, line => ({ path: '/token', lines: [line], status: 200 })),
    ...rows(malformed, line => ({
      path: '/token',
      lines: [line],
      status: 400,
      code: 'credentials_malformed',
    })),
    ...rows(missing, line => ({ path: '/token', lines: [line], status: 401, code: 'credentials_missing' })),
    {
      name: 'odd: a token of 8 kB',
      path: '/token',
      lines: [`Authorization: Bearer ${'a'.repeat(8000)}`],
      status: 401,
      code: 'token_malformed',
    },
  ]
}

function repeatedFields(): readonly AdapterRequest[] {
  const lists = {
    'twice: the same token': [bearer, bearer],
    'twice: two tokens': [bearer, 'Authorization: Bearer {weakToken}'],
    'twice: a bad one first': ['Authorization: Bearer x', bearer],
    'twice: a bad one last': [bearer, 'Authorization: Bearer x'],
    'twice: one empty': [bearer, 'Authorization:'],
    'twice: two schemes': ['Authorization: Basic YTpi', bearer],
    'twice: in different case': [bearer, 'authorization: Bearer {token}'],
    'twice: far apart': [bearer, ...manyFields(), bearer],
    'twice: in one field': ['Authorization: Bearer {token}, Bearer {token}'],
    'twice: two schemes in one field': ['Authorization: Basic YTpi, Bearer {token}'],
    'twice: three times': [bearer, bearer, bearer],
  }
  return Object.entries(lists).flatMap(([name, lines]) => [
    { name, path: '/token', lines, status: 400, code: 'credentials_repeated' },
    { name: `${name}, optional`, path: '/optional', lines, status: 400, code: 'credentials_repeated' },
  ])
}

function queries(): readonly AdapterRequest[] {
  const names = {
    'query: access_token': 'access_token={token}',
    'query: after others': 'a=b&access_token={token}',
    'query: encoded': '%61ccess_token={token}',
    'query: another spelling': 'Access-Token={token}',
    'query: after a semicolon': 'a=b;access_token={token}',
    'query: an array': 'access_token[]={token}',
    'query: an API key': 'api_key={apiKey}',
    'query: without a value': 'token=1&refresh_token',
  }
  return Object.entries(names).flatMap(([name, query]) => [
    { name, path: `/token?${query}`, status: 400, code: 'credentials_in_query' },
    {
      name: `${name}, beside a good token`,
      path: `/api/v1/token?${query}`,
      lines: [bearer],
      status: 400,
      code: 'credentials_in_query',
    },
  ])
}
