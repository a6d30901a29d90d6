import { describe, expect, it } from 'vitest'
import { AUTH_ERROR_CODES, AuthError, ConfigError, createAuthCore } from '../src/index.js'
import { memoryStores } from '../src/memory/index.js'
import { AUDIENCE, deploy, ISSUER, SECRET } from './fixtures.js'

const good = { issuer: ISSUER, audience: AUDIENCE, secrets: [SECRET], stores: memoryStores() }

function problemsOf(options: object): readonly string[] {
  try {
    createAuthCore(options as typeof good)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path }) => path)
    throw error
  }
  return []
}

describe('wrong options', () => {
  it('are listed all at once, by path', () => {
    expect(
      problemsOf({
        audience: [],
        secrets: ['short', SECRET, 7],
        stores: { ...memoryStores(), sessions: {} },
        accessToken: { algorithm: 'none', ttlSeconds: -1, claims: {} },
        session: { idleSeconds: 10, absoluteSeconds: 5 },
        apiKey: { prefix: 'SK_', environments: ['live', 'live'] },
        signingKey: { jwksMaxAgeSeconds: 10, refreshSeconds: 20 },
        revocation: { whenUnavailable: 'maybe' },
        clock: 5,
        colour: 'red',
      }),
    ).toEqual(
      expect.arrayContaining([
        'issuer',
        'audience',
        'secrets.0',
        'secrets.2',
        'stores.sessions',
        'accessToken.algorithm',
        'accessToken.ttlSeconds',
        'accessToken.claims',
        'session.idleSeconds',
        'apiKey.prefix',
        'apiKey.environments',
        'signingKey.refreshSeconds',
        'revocation.whenUnavailable',
        'clock',
        '',
      ]),
    )
  })

  it.each([undefined, null, 5, 'text', []])('of the kind %o are one problem', options => {
    expect(problemsOf(options as unknown as object)).toHaveLength(1)
  })

  it('say what to do', () => {
    expect(() => createAuthCore({ ...good, secrets: [] })).toThrow('secrets: must be at least 1 entries long')
    expect(() => createAuthCore({ ...good, secrets: ['short'] })).toThrow('openssl rand -base64 32')
    expect(() => createAuthCore({ ...good, secrets: [undefined as unknown as string] })).toThrow(
      'secrets.0: is required; is the environment variable set?',
    )
    expect(() => createAuthCore({ ...good, accessToken: { ttlSeconds: 0 } })).toThrow(
      'accessToken.ttlSeconds: must be at least 1',
    )
  })

  it('never quote a secret', () => {
    const secret = 'correct horse battery'
    try {
      createAuthCore({ ...good, secrets: [secret] })
      expect.unreachable()
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toContain(secret)
    }
  })
})

describe('a store for documents', () => {
  const { documents, ...sixStores } = memoryStores()

  it('may be absent', () => {
    const { stores } = createAuthCore({ ...good, stores: sixStores })
    expect(Object.keys(stores)).not.toContain('documents')
    expect(stores.documents).toBeUndefined()
    expect(problemsOf({ ...good, stores: { ...sixStores, documents: undefined } })).toEqual([])
  })

  it('is not found in a polluted prototype', () => {
    Object.assign(Object.prototype, { documents })
    try {
      expect(createAuthCore({ ...good, stores: sixStores }).stores.documents).toBeUndefined()
    } finally {
      Reflect.deleteProperty(Object.prototype, 'documents')
    }
  })

  it.each([{}, null, 'documents', { put: () => {} }])('is refused when it lacks methods: %o', broken => {
    expect(problemsOf({ ...good, stores: { ...sixStores, documents: broken } })).toEqual(['stores.documents'])
  })

  it('is fenced like the others', async () => {
    const failing = { ...documents, find: () => Promise.reject(new Error('down')) }
    for (const name of ['put', 'list', 'remove', 'removeAll', 'sweep'] as const) {
      Object.assign(failing, { [name]: documents[name].bind(documents) })
    }
    const { auth, eventsOf } = deploy({ stores: { ...sixStores, documents: failing } })
    await expect(auth.stores.documents?.find({ namespace: 'n', id: 'd', now: 0 })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    expect(eventsOf('store.failed')).toMatchObject([{ operation: 'documents.find' }])
  })
})

describe('root secrets', () => {
  it.each([
    ['32 characters of hex', '0123456789abcdef0f1e2d3c4b5a6978'],
    ['one character', 'x'.repeat(64)],
    ['a repeated word', 'secretsecret'.repeat(8)],
    ['ascending characters', String.fromCharCode(...Array.from({ length: 64 }, (_, index) => 33 + index))],
    ['31 bytes', crypto.getRandomValues(new Uint8Array(31))],
    ['zero bytes', new Uint8Array(32)],
    ['published', 'a-valid-string-secret-that-is-at-least-384-bits-long'],
    ['the text of a key', '-----BEGIN PUBLIC KEY-----MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE'],
    ['far too long', 'aB3'.repeat(5000)],
  ])('are refused: %s', (_, secret) => {
    expect(problemsOf({ ...good, secrets: [secret] })).toEqual(['secrets.0'])
  })

  it('are accepted from a random source, as bytes, hex, base64 or base64url', () => {
    for (let round = 0; round < 200; round++) {
      const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(32)))
      const forms = [
        new Uint8Array(bytes),
        bytes.toString('hex'),
        bytes.toString('base64'),
        bytes.toString('base64url'),
      ]
      for (const secret of forms) expect(problemsOf({ ...good, secrets: [secret] })).toEqual([])
    }
  })
})

// covers ASVS-16.5.2
describe('a sink for events', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('sink')
      },
    ],
    ['rejects', () => Promise.reject(new Error('sink'))],
    ['hangs', () => new Promise(() => {})],
  ])('that %s changes no verdict', async (_, events) => {
    const { auth } = deploy({ events })
    const { accessToken, refreshToken } = await auth.sessions.start({ subject: 'user-1' })
    await expect(auth.accessTokens.verify(accessToken)).resolves.toBeDefined()
    await expect(auth.accessTokens.verify('x')).rejects.toMatchObject({ code: 'token_malformed' })
    await expect(auth.sessions.refresh(refreshToken)).resolves.toBeDefined()
  })
})

describe('errors', () => {
  it('have codes that are stable words', () => {
    expect(new Set(AUTH_ERROR_CODES).size).toBe(AUTH_ERROR_CODES.length)
    for (const code of AUTH_ERROR_CODES) expect(code).toMatch(/^[a-z0-9]+(_[a-z0-9]+)+$/)
  })

  it('know their class by name', async () => {
    const { auth } = deploy()
    const error = await auth.apiKeys.verify('x').catch(caught => caught)
    expect(error).toBeInstanceOf(AuthError)
    expect(error.name).toBe('InvalidApiKeyError')
  })
})
