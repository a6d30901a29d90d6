import { readFileSync } from 'node:fs'
import type { Stores } from '@authcore/core/ports'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  apiKeyRecord,
  keyRotation,
  putCommand,
  rotation,
  START,
  sessionRecord,
  signingKeyRecord,
} from './setup/fixtures.js'
import { openPglite, type PgliteInstance } from './setup/pglite.js'

type Call = (stores: Required<Stores>) => Promise<unknown>
interface Row {
  readonly method: string
  readonly path: string
  readonly prepare?: Call
  readonly call: Call
}

const now = START
const KEY = { namespace: 'state', key: 'k', holder: 'a', expiresAt: now + 1000, now } as const
const PUT = { ...KEY, value: { nonce: 'n' } } as const
const ENTRY = { kind: 'session', id: 'session-1', revokedAt: now, expiresAt: now + 1000 } as const
const LIMIT = { key: 'login', limit: 5, windowSeconds: 60, cost: 1, now } as const

const DOCUMENT = { namespace: 'factor', id: 'document-1' } as const
const TAGGED = { namespace: 'factor', tag: 'subject:u1', now } as const

const startSession: Call = ({ sessions }) => sessions.insert({ session: sessionRecord(), now })
const rotateTwice: Call = async stores => {
  await startSession(stores)
  await stores.sessions.rotate(rotation(0))
  await stores.sessions.rotate(rotation(1))
}
const issueKey: Call = ({ apiKeys }) => apiKeys.insert({ apiKey: apiKeyRecord({ remainingUses: 1 }), now })
const rotateKey: Call = async stores => {
  await issueKey(stores)
  await stores.apiKeys.rotate(keyRotation())
}
const createDocument: Call = ({ documents }) => documents.put(putCommand())
const useUp: Call = ({ rateLimits }) => rateLimits.take({ ...LIMIT, cost: 5 })

const ROWS: readonly Row[] = [
  { method: 'sessions.insert', path: '', call: startSession },
  { method: 'sessions.find', path: '', call: ({ sessions }) => sessions.find({ id: 'x', now }) },
  {
    method: 'sessions.rotate',
    path: '`rotated`',
    prepare: startSession,
    call: ({ sessions }) => sessions.rotate(rotation(0)),
  },
  {
    method: 'sessions.rotate',
    path: '`replayed`',
    prepare: rotateTwice,
    call: ({ sessions }) => sessions.rotate(rotation(1)),
  },
  {
    method: 'sessions.rotate',
    path: '`reused`, which also ends the session',
    prepare: rotateTwice,
    call: ({ sessions }) => sessions.rotate(rotation(0)),
  },
  { method: 'sessions.rotate', path: '`not_found`', call: ({ sessions }) => sessions.rotate(rotation(0)) },
  {
    method: 'sessions.revoke',
    path: '',
    prepare: startSession,
    call: ({ sessions }) => sessions.revoke({ id: 'session-1', reason: 'revoked', now }),
  },
  {
    method: 'sessions.revokeAll',
    path: '',
    prepare: startSession,
    call: ({ sessions }) => sessions.revokeAll({ subject: 'user-1', reason: 'revoked', now }),
  },
  {
    method: 'sessions.list',
    path: '',
    call: ({ sessions }) => sessions.list({ subject: 'user-1', now, limit: 10 }),
  },
  { method: 'sessions.sweep', path: 'a batch', call: ({ sessions }) => sessions.sweep({ now, limit: 10 }) },
  { method: 'apiKeys.insert', path: '', call: issueKey },
  { method: 'apiKeys.find', path: '', call: ({ apiKeys }) => apiKeys.find({ id: 'live_1', now }) },
  {
    method: 'apiKeys.consumeUse',
    path: '`consumed`',
    prepare: issueKey,
    call: ({ apiKeys }) => apiKeys.consumeUse({ id: 'live_1', now }),
  },
  {
    method: 'apiKeys.consumeUse',
    path: '`exhausted`, `refused`',
    call: ({ apiKeys }) => apiKeys.consumeUse({ id: 'live_1', now }),
  },
  {
    method: 'apiKeys.rotate',
    path: '`rotated`',
    prepare: issueKey,
    call: ({ apiKeys }) => apiKeys.rotate(keyRotation()),
  },
  {
    method: 'apiKeys.rotate',
    path: 'repeated',
    prepare: rotateKey,
    call: ({ apiKeys }) => apiKeys.rotate(keyRotation()),
  },
  {
    method: 'apiKeys.rotate',
    path: '`already_rotated`',
    prepare: rotateKey,
    call: ({ apiKeys }) =>
      apiKeys.rotate(keyRotation({ successor: { id: 'live_3', hash: 'h', secretId: 's' } })),
  },
  { method: 'apiKeys.revoke', path: '', call: ({ apiKeys }) => apiKeys.revoke({ id: 'live_1', now }) },
  {
    method: 'apiKeys.update',
    path: '',
    call: ({ apiKeys }) => apiKeys.update({ id: 'live_1', patch: { name: 'n' }, now }),
  },
  { method: 'apiKeys.list', path: '', call: ({ apiKeys }) => apiKeys.list({ ownerId: 'o', now, limit: 10 }) },
  {
    method: 'apiKeys.touch',
    path: 'any number of keys',
    prepare: issueKey,
    call: ({ apiKeys }) =>
      apiKeys.touch({
        uses: ['live_1', 'live_2', 'live_3'].map(id => ({ id, lastUsedAt: now })),
        now,
      }),
  },
  { method: 'apiKeys.sweep', path: 'a batch', call: ({ apiKeys }) => apiKeys.sweep({ now, limit: 10 }) },
  { method: 'signingKeys.read', path: '', call: ({ signingKeys }) => signingKeys.read({ now }) },
  {
    method: 'signingKeys.replace',
    path: '`replaced`, `conflict`',
    call: ({ signingKeys }) => signingKeys.replace({ expectedVersion: 0, keys: [signingKeyRecord()], now }),
  },
  {
    method: 'revocations.revoke',
    path: 'any number of entries',
    call: ({ revocations }) => revocations.revoke({ entries: [ENTRY, { ...ENTRY, kind: 'token' }], now }),
  },
  {
    method: 'revocations.find',
    path: 'all marks of a token, ended sessions included',
    call: ({ revocations }) => revocations.find({ marks: [ENTRY, { kind: 'token', id: 't' }], now }),
  },
  {
    method: 'revocations.sweep',
    path: 'a batch',
    call: ({ revocations }) => revocations.sweep({ now, limit: 10 }),
  },
  { method: 'oneTime.reserve', path: '`reserved`, `taken`', call: ({ oneTime }) => oneTime.reserve(KEY) },
  { method: 'oneTime.put', path: '`stored`, `exists`', call: ({ oneTime }) => oneTime.put(PUT) },
  {
    method: 'oneTime.take',
    path: '`taken`, `not_found`',
    prepare: ({ oneTime }) => oneTime.put(PUT),
    call: ({ oneTime }) => oneTime.take(KEY),
  },
  { method: 'oneTime.sweep', path: 'a batch', call: ({ oneTime }) => oneTime.sweep({ now, limit: 10 }) },
  { method: 'rateLimits.take', path: 'allowed', call: ({ rateLimits }) => rateLimits.take(LIMIT) },
  {
    method: 'rateLimits.take',
    path: 'refused',
    prepare: useUp,
    call: ({ rateLimits }) => rateLimits.take(LIMIT),
  },
  {
    method: 'rateLimits.take',
    path: 'cost 0',
    prepare: useUp,
    call: ({ rateLimits }) => rateLimits.take({ ...LIMIT, cost: 0 }),
  },
  { method: 'rateLimits.reset', path: '', call: ({ rateLimits }) => rateLimits.reset({ key: 'login', now }) },
  {
    method: 'rateLimits.sweep',
    path: 'a batch',
    call: ({ rateLimits }) => rateLimits.sweep({ now, limit: 10 }),
  },
  { method: 'documents.put', path: 'a new document', call: createDocument },
  { method: 'documents.put', path: 'repeated', prepare: createDocument, call: createDocument },
  {
    method: 'documents.put',
    path: 'a replacement',
    prepare: createDocument,
    call: ({ documents }) => documents.put(putCommand({ expectedVersion: 1, writeId: 'write-2' })),
  },
  {
    method: 'documents.put',
    path: '`conflict`',
    prepare: createDocument,
    call: ({ documents }) => documents.put(putCommand({ expectedVersion: 9, writeId: 'write-2' })),
  },
  { method: 'documents.find', path: '', call: ({ documents }) => documents.find({ ...DOCUMENT, now }) },
  {
    method: 'documents.list',
    path: '',
    prepare: createDocument,
    call: ({ documents }) => documents.list({ ...TAGGED, limit: 10 }),
  },
  {
    method: 'documents.remove',
    path: '`removed`, `not_found`, `conflict`',
    prepare: createDocument,
    call: ({ documents }) => documents.remove({ ...DOCUMENT, expectedVersion: 1, now }),
  },
  {
    method: 'documents.removeAll',
    path: 'any number of documents',
    prepare: createDocument,
    call: ({ documents }) => documents.removeAll(TAGGED),
  },
  {
    method: 'documents.sweep',
    path: 'a batch',
    call: ({ documents }) => documents.sweep({ now, limit: 10 }),
  },
]

describe('round trips', () => {
  let database: PgliteInstance
  const lines: string[] = []
  beforeAll(async () => {
    database = await openPglite()
  })
  afterAll(() => database.end())
  beforeEach(() => database.empty())

  it.each(ROWS)('of $method $path', async ({ method, path, prepare, call }) => {
    await prepare?.(database.stores)
    const before = database.countRoundTrips()
    await call(database.stores)
    const count = database.countRoundTrips() - before
    expect(count).toBe(1)
    lines.push(`| \`${method}\` | ${path} | ${count} |`)
  })

  it('are those of the README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    expect(readme).toContain(['| method | path | queries |', '|---|---|---|', ...lines].join('\n'))
  })
})
