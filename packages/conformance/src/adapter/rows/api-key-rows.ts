import { type AdapterRequest, rows } from '../adapter-request.js'

/** API keys, good and bad, in both places where they may stand, alone and beside access tokens. */
export function apiKeyRows(): readonly AdapterRequest[] {
  return [...goodKeys(), ...badKeys(), ...repeatedKeys(), ...layers()]
}

const key = 'X-API-Key: {apiKey}'
const bearer = 'Authorization: Bearer {token}'

function goodKeys(): readonly AdapterRequest[] {
  const lines = {
    'a key': key,
    'a key in lower case': 'x-api-key: {apiKey}',
    'a key in mixed case': 'x-Api-kEY: {apiKey}',
    'a key with spaces around': 'X-API-Key:    {apiKey}  ',
    'a key as bearer': 'Authorization: Bearer {apiKey}',
    'a key for its last use': 'X-API-Key: {lastUseApiKey}',
    'a key with more rights': 'X-API-Key: {strongApiKey}',
  }
  return [
    ...rows(lines, line => ({ path: '/key', lines: [line], status: 200 })),
    { name: 'a key, HEAD', method: 'HEAD', path: '/key', lines: [key], status: 200 },
    { name: 'a key, DELETE', method: 'DELETE', path: '/key', lines: [key], status: 200 },
    {
      name: 'a key, twice on one connection',
      path: '/key',
      lines: [key],
      before: [{ path: '/key', lines: [key] }],
      status: 200,
    },
    {
      name: 'a key for its last use, again',
      path: '/key',
      lines: ['X-API-Key: {lastUseApiKey}'],
      before: [{ path: '/key', lines: ['X-API-Key: {lastUseApiKey}'] }],
      status: 401,
      code: 'api_key_invalid',
    },
    {
      name: 'a key, while the stores are away',
      path: '/key',
      lines: [key],
      isOutage: true,
      status: 503,
      code: 'store_unavailable',
    },
    {
      name: 'a mistyped key, while the stores are away',
      path: '/key',
      lines: ['X-API-Key: {mistypedApiKey}'],
      isOutage: true,
      status: 401,
      code: 'api_key_invalid',
    },
  ]
}

function badKeys(): readonly AdapterRequest[] {
  const bad = [
    'revokedApiKey',
    'disabledApiKey',
    'expiredApiKey',
    'futureApiKey',
    'spentApiKey',
    'mistypedApiKey',
    'lowerCaseApiKey',
    'foreignApiKey',
    'refreshToken',
    'token',
  ]
  const texts = {
    'bad key: empty': 'X-API-Key:',
    'bad key: noise': 'X-API-Key: noise',
    'bad key: Latin 1': 'X-API-Key: \xe9\xff',
    'bad key: quotes': 'X-API-Key: "{apiKey}"',
    'bad key: a scheme': 'X-API-Key: Bearer {apiKey}',
    'bad key: a space inside': 'X-API-Key: {apiKey} x',
  }
  return [
    ...bad.map(name => ({
      name: `bad key: ${name}`,
      path: '/key',
      lines: [`X-API-Key: {${name}}`],
      status: 401,
      code: 'api_key_invalid',
    })),
    ...bad
      .filter(name => /ApiKey/.test(name) && name !== 'lowerCaseApiKey')
      .map(name => ({
        name: `bad key: ${name} as bearer`,
        path: '/either',
        lines: [`Authorization: Bearer {${name}}`],
        status: 401,
        code: 'api_key_invalid',
      })),
    ...rows(texts, line => ({ path: '/key', lines: [line], status: 401, code: 'api_key_invalid' })),
    {
      name: 'bad key: 2 kB',
      path: '/key',
      lines: [`X-API-Key: ${'k'.repeat(2000)}`],
      status: 400,
      code: 'credentials_malformed',
    },
    { name: 'no key', path: '/key', status: 401, code: 'credentials_missing' },
    {
      name: 'a key under another name',
      path: '/key',
      lines: ['Api-Key: {apiKey}'],
      status: 401,
      code: 'credentials_missing',
    },
    {
      name: 'a key in a cookie',
      path: '/key',
      lines: ['Cookie: x-api-key={apiKey}'],
      status: 401,
      code: 'credentials_missing',
    },
  ]
}

function repeatedKeys(): readonly AdapterRequest[] {
  const lists = {
    'keys: the same twice': [key, key],
    'keys: two': [key, 'X-API-Key: {strongApiKey}'],
    'keys: a bad one last': [key, 'X-API-Key: noise'],
    'keys: one empty': [key, 'X-API-Key:'],
    'keys: in different case': [key, 'x-api-key: {apiKey}'],
    'keys: in one field': ['X-API-Key: {apiKey}, {apiKey}'],
    'keys: in both places': [key, 'Authorization: Bearer {apiKey}'],
  }
  return rows(lists, lines => ({ path: '/either', lines, status: 400, code: 'credentials_repeated' }))
}

/** Several methods: one that finds nothing of its kind says so, one that finds something bad fails the request. */
function layers(): readonly AdapterRequest[] {
  const passed = {
    'either: a token': ['/either', [bearer]],
    'either: a key': ['/either', [key]],
    'either: both': ['/either', [key, bearer]],
    'either: both, the key decides': ['/key-first', [bearer, key]],
    'either: a token beside another scheme of the key': ['/key-first', [bearer]],
    'optional: nothing': ['/optional', []],
    'optional: a token': ['/optional', [bearer]],
    'optional: a key': ['/optional', [key]],
    'optional: another scheme': ['/optional', ['Authorization: Basic YTpi']],
    'optional: below a mount point': ['/api/v1/optional', []],
  } as const
  const refused = {
    'either: nothing': ['/either', [], 401, 'credentials_missing'],
    'either: both, the key is bad': ['/either', ['X-API-Key: noise', bearer], 401, 'api_key_invalid'],
    'either: both, the token is bad': ['/either', [key, 'Authorization: Bearer x'], 401, 'token_malformed'],
    'either: both, the second is bad': [
      '/key-first',
      [key, 'Authorization: Bearer x'],
      401,
      'token_malformed',
    ],
    'either: both, the second is revoked': [
      '/key-first',
      [key, 'Authorization: Bearer {revokedToken}'],
      401,
      'token_revoked',
    ],
    'either: both are bad': [
      '/either',
      ['X-API-Key: noise', 'Authorization: Bearer x'],
      401,
      'token_malformed',
    ],
    'a token where keys are wanted': ['/key', [bearer], 401, 'credentials_missing'],
    'a key where tokens are wanted': ['/token', [key], 401, 'credentials_missing'],
    'optional: a bad token': ['/optional', ['Authorization: Bearer x'], 401, 'token_malformed'],
    'optional: an expired token': [
      '/optional',
      ['Authorization: Bearer {expiredToken}'],
      401,
      'token_expired',
    ],
    'optional: a bad key': ['/optional', ['X-API-Key: x'], 401, 'api_key_invalid'],
    'optional: an empty key': ['/optional', ['X-API-Key:'], 401, 'api_key_invalid'],
    'optional: a malformed token': ['/optional', ['Authorization: Bearer'], 400, 'credentials_malformed'],
    'optional: a bad token below a mount point': [
      '/api/v1/optional',
      ['Authorization: Bearer x'],
      401,
      'token_malformed',
    ],
  } as const
  return [
    ...rows(passed, ([path, lines]) => ({ path, lines, status: 200 })),
    ...rows(refused, ([path, lines, status, code]) => ({ path, lines, status, code })),
    { name: 'optional: nothing, HEAD', method: 'HEAD', path: '/optional', status: 200 },
    { name: 'optional: nothing, while the stores are away', path: '/optional', isOutage: true, status: 200 },
  ]
}
