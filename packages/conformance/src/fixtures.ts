import type { ApiKeyRecord, SessionRecord, SigningKeyRecord } from '@authcore/core/ports'

/**
 * The instant at which the tests begin: 2100-01-01. Far away, so that a store which asks the clock of its database
 * instead of the caller is noticed, and past what 32 bits of seconds hold.
 */
export const START = 4_102_444_800_000

/** The same for the test that nothing is ended early by the clock of a database: 2001-09-09. */
export const PAST = 1_000_000_000_000

export const SECOND = 1000
export const MINUTE: number = 60 * SECOND
export const HOUR: number = 60 * MINUTE

/** Texts that try to be a pattern, a path, a hash tag, a prototype or the end of something. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  '{',
  '}',
  '{}',
  '{tag}',
  '}{',
  ':',
  'a:b',
  '*',
  '?',
  '[a-z]',
  '%',
  '_',
  "'; DROP TABLE sessions; --",
  '"',
  '\\',
  '\\0',
  '\\u0000',
  '\n',
  '\r\n',
  '\u0000',
  'nul\u0000byte',
  'nul',
  '\u007f',
  '🔑',
  'é',
  'e\u0301',
  '\ufeff',
  '\uffff',
  '__proto__',
  'constructor',
  'toString',
  'null',
  '0',
  ' ',
  'a',
  'A',
  'a ',
  ' a',
  '../..',
  '$where',
  'x'.repeat(1024),
  `${'x'.repeat(1023)}y`,
]

/** What arrives where a string belongs when a caller passes parsed JSON through. */
export const NOT_STRINGS: readonly unknown[] = [
  undefined,
  null,
  0,
  true,
  {},
  [],
  ['id'],
  { $ne: null },
  { not: 'x' },
  { toString: () => 'id' },
]

/** Text that is not well-formed Unicode: written as UTF-8, all of these would become one. */
export const BROKEN_TEXTS: readonly string[] = ['\ud800', '\udc00', 'a\ud83d', '\udd11a']

/** What does not belong where an instant belongs. */
export const NOT_INSTANTS: readonly unknown[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '0',
  null,
  undefined,
  {},
]

/** JSON that is often lost on the way: order of lists, empty ones, numbers at the edge, names that mean something. */
export const HOSTILE_JSON: { readonly [name: string]: JsonFixture } = JSON.parse(`{
  "__proto__": { "admin": true },
  "constructor": { "prototype": 1 },
  "a.b": { "$set": 1 },
  "": "",
  "emptyList": [],
  "emptyObject": {},
  "nested": [[], {}, [[1]], [{ "list": [] }]],
  "numbers": [0, -1, 0.1, 1e-7, 1e21, 9007199254740991, -9007199254740991, 1.7976931348623157e308, 12345678901234.567],
  "words": [null, true, false, "null", "", "\\u0000", "\\\\u0000", "🔑", "\\u2028"],
  "10": "b", "9": "a"
}`)

/** A value that survives JSON. */
export type JsonFixture =
  | null
  | boolean
  | number
  | string
  | readonly JsonFixture[]
  | { readonly [name: string]: JsonFixture }

/** Puts a value where its type does not belong, as an untyped caller does. */
export function untyped<Type>(value: unknown): Type {
  // the point of these tests is a caller that TypeScript did not check
  return value as Type
}

/** A session that idles out after a minute and ends after an hour. */
export function sessionRecord(fields: Partial<SessionRecord> = {}): SessionRecord {
  const start = fields.createdAt ?? START
  return {
    id: 'session-1',
    subject: 'user-1',
    scope: ['read', 'write'],
    roles: ['member'],
    claims: { tenant: 'a', nested: { list: [1, null, true] } },
    amr: ['pwd'],
    createdAt: start,
    authenticatedAt: start,
    lastUsedAt: start,
    idleExpiresAt: start + MINUTE,
    absoluteExpiresAt: start + HOUR,
    generation: 0,
    currentHash: 'hash-0',
    ...fields,
  }
}

/** An API key that lives for an hour. */
export function apiKeyRecord(fields: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  return {
    ...lastingApiKeyRecord(),
    expiresAt: (fields.createdAt ?? START) + HOUR,
    ...fields,
  }
}

/** An API key that never expires. */
export function lastingApiKeyRecord(fields: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  return {
    id: 'live_1',
    ownerId: 'owner-1',
    name: 'deploy',
    environment: 'live',
    hash: 'hash-1',
    secretId: 'secret-1',
    scope: ['read'],
    metadata: { team: 'x', nested: { list: [1] } },
    lineageId: 'live_1',
    createdAt: START,
    ...fields,
  }
}

/** A signing key that is announced now and signs in five minutes. */
export function signingKeyRecord(fields: Partial<SigningKeyRecord> = {}): SigningKeyRecord {
  return {
    kid: 'key-1',
    algorithm: 'ES256',
    publicJwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
    sealedPrivateJwk: 'sealed',
    secretId: 'secret-1',
    announcedAt: START,
    activatesAt: START + 5 * MINUTE,
    ...fields,
  }
}
