import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'

/** Runs the built package in a process of its own; see `verdicts.mjs`. */
const SCRIPT = fileURLToPath(new URL('verdicts.mjs', import.meta.url))
const TIMEOUT = 60_000

type When = 'never' | 'hidden' | 'jwt' | 'later'
type Verdicts = Readonly<Record<string, unknown>>

const run = promisify(execFile)
const { attacker } = JSON.parse(readFileSync(new URL('keys.json', import.meta.url), 'utf8'))

async function verdictsOf(
  when: When,
  pollution: object = {},
  flags: readonly string[] = [],
): Promise<Verdicts> {
  const { stdout } = await run(process.execPath, [...flags, SCRIPT, when, JSON.stringify(pollution)], {
    maxBuffer: 2 ** 26,
  })
  return JSON.parse(stdout)
}

/**
 * What can be put into `Object.prototype` by JSON that is merged into an object without care.
 *
 * Left out is what Node 20 itself cannot do under: with `get`, `set` or `value` it cannot define properties, with `0`
 * it reads no package.json, with `encoding` it finds no module, with `passphrase` it exports no key, and with `kty` it
 * aborts while it generates a key pair. None of these ends in a token that is accepted: nothing runs at all.
 */
const POLLUTIONS: readonly (readonly [string, object])[] = [
  [
    'header parameters',
    { alg: 'HS256', typ: 'at+jwt', kid: 'evil', crit: ['x'], b64: false, jwk: attacker, zip: 'DEF', x5c: [] },
  ],
  ['alg none', { alg: 'none', algorithm: 'none', algorithms: ['none'] }],
  [
    'options of verification',
    {
      algorithms: ['HS256', 'none'],
      algorithm: 'HS256',
      issuer: 'https://attacker.example',
      audience: 'https://attacker.example',
      requireExpiration: false,
      clockToleranceSeconds: 3600,
      maxLength: 1,
      clock: 5,
      maxAgeSeconds: 1,
      cacheSize: 0,
      types: ['jwt'],
      revocations: {},
      jwksUri: 'https://attacker.example',
      jwksOptions: {},
      fetch: 'x',
    },
  ],
  [
    'claims',
    {
      iss: 'https://issuer.example.com',
      sub: 'root',
      aud: 'https://api.example.com',
      exp: 9e9,
      iat: 1,
      jti: 'x',
      nbf: 9e9,
      cnf: { jkt: 'x' },
      admin: true,
      amr: ['mfa'],
      acr: 'high',
      auth_time: 1,
      sid: 's',
      client_id: 'c',
      iat_ms: 5,
    },
  ],
  ['rights', { admin: true, scope: ['admin'], roles: ['admin'], scopes: ['x'] }],
  ['scope as text', { scope: 'admin', roles: 'admin' }],
  [
    'names of the principal',
    {
      confirmation: { jkt: 'x' },
      clientId: 'c',
      sessionId: 's',
      claims: { admin: true },
      authenticatedAt: 1,
    },
  ],
  [
    'members of keys',
    {
      keys: [attacker],
      k: attacker.k,
      use: 'enc',
      key_ops: ['verify'],
      x: 'AA',
      y: 'AA',
      n: 'AA',
      e: 'AQAB',
      publicOnly: false,
    },
  ],
  [
    'settings of signatures',
    { padding: 3, saltLength: 1, dsaEncoding: 'der', hash: 'SHA-1', extractable: true },
  ],
  // a function in this place needs code that runs already, and that can change everything else as well
  ['then', JSON.parse('{"then":"x"}')],
  ['then, as an object', JSON.parse('{"then":{},"catch":"x","finally":"x"}')],
  [
    'names of errors and results',
    {
      code: 'accepted',
      cause: 'x',
      detail: 'x',
      header: { alg: 'HS256' },
      payload: {},
      members: { a: 1 },
      valid: true,
    },
  ],
]

let clean: Verdicts

beforeAll(async () => {
  clean = await verdictsOf('never')
}, TIMEOUT)

describe('verdicts without hostile globals', () => {
  it('are those of the other tests', () => {
    expect(Object.keys(clean).length).toBeGreaterThan(300)
    expect(clean['verifyJwt, secret: good']).toMatchObject({ header: { alg: 'HS256' } })
    expect(clean['verifyJwt, secret: no alg']).toEqual({ InvalidTokenError: 'token_malformed' })
    expect(clean['verifier of keys, scope: good']).toEqual({ InsufficientScopeError: 'insufficient_scope' })
    expect(clean['API key']).toEqual(['read'])
    // every error is one of the library
    for (const verdict of Object.values(clean))
      expect(Object.keys(Object(verdict))).not.toContain('TypeError')
  })
})

describe('Object.prototype polluted', () => {
  it.each(POLLUTIONS)('%s: the same verdicts', { timeout: TIMEOUT }, async (_, pollution) => {
    const [later, hidden, jwt] = await Promise.all([
      verdictsOf('later', pollution),
      verdictsOf('hidden', pollution),
      verdictsOf('jwt', pollution),
    ])
    expect(later).toEqual(clean)
    expect(hidden).toEqual(clean)
    expect(Object.keys(jwt).length).toBeGreaterThan(150)
    expect(clean).toMatchObject(jwt)
  })
})

describe('node with', () => {
  it.each([
    [['--disallow-code-generation-from-strings']],
    [['--frozen-intrinsics']],
    [['--frozen-intrinsics', '--disallow-code-generation-from-strings']],
    [['--disable-proto=throw']],
    [['--disable-proto=delete']],
  ])('%j: the same verdicts', { timeout: TIMEOUT }, async flags => {
    expect(await verdictsOf('never', {}, flags)).toEqual(clean)
  })
})
