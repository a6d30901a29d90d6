import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { prismaStores } from '../src/index.js'
import type { PrismaClient } from './dist/prisma-7/client/client.js'
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

const now = START

/** What the generated client carries of the schema. */
interface DataModel {
  readonly models: Readonly<
    Record<string, { readonly dbName: string; readonly fields: readonly DataModelField[] }>
  >
}

interface DataModelField {
  readonly name: string
  readonly dbName?: string
  readonly type: string
}

const COLUMN_TYPES: Readonly<Record<string, string>> = {
  String: 'text',
  BigInt: 'bigint',
  Json: 'json',
  Decimal: 'numeric',
}

/** The client does not carry which fields are lists. */
const LISTS: ReadonlySet<string> = new Set(['authcore_document.tags'])

describe('the schema', () => {
  let database: PgliteInstance<PrismaClient>
  beforeAll(async () => {
    database = await openPglite()
  })
  afterAll(() => database.end())
  beforeEach(() => database.empty())

  it('of the SQL is that of the Prisma file: tables, columns and types', async () => {
    const { models } = (database.client as unknown as { _runtimeDataModel: DataModel })._runtimeDataModel
    const expected = Object.values(models).flatMap(({ dbName, fields }) =>
      fields.map(field => {
        const column = field.dbName ?? field.name
        const type = LISTS.has(`${dbName}.${column}`) ? 'ARRAY' : COLUMN_TYPES[field.type]
        return [dbName, column, type].join(' ')
      }),
    )
    const { rows } = await database.pglite.query<{ line: string }>(
      `SELECT concat_ws(' ', table_name, column_name, data_type) AS line FROM information_schema.columns
       WHERE table_schema = 'public'`,
    )
    expect(rows.map(({ line }) => line).sort()).toEqual(expected.sort())
  })

  it('lets the generated client read everything that the stores write', async () => {
    const { stores, client } = database
    await stores.sessions.insert({ session: sessionRecord({ confirmation: { jkt: 'x' } }), now })
    await stores.sessions.rotate(rotation(0))
    await stores.apiKeys.insert({ apiKey: apiKeyRecord({ remainingUses: 3 }), now })
    await stores.apiKeys.rotate(keyRotation())
    await stores.signingKeys.replace({ expectedVersion: 0, keys: [signingKeyRecord()], now })
    await stores.revocations.revoke({
      entries: [{ kind: 'token', id: 't', revokedAt: now, expiresAt: now + 1 }],
      now,
    })
    await stores.oneTime.put({ namespace: 'n', key: 'k', value: { x: 1 }, expiresAt: now + 1, now })
    await stores.rateLimits.take({ key: 'k', limit: 3, windowSeconds: 1, cost: 1, now })
    await stores.documents.put(putCommand())

    expect(await client.authcoreSession.findMany()).toMatchObject([
      { id: 'session-1', scope: ['read'], claims: { tenant: 'a' }, createdAt: BigInt(now), generation: 1n },
    ])
    expect(await client.authcoreApiKey.findMany({ orderBy: { id: 'asc' } })).toMatchObject([
      { id: 'live_1', successorId: 'live_2', remainingUses: 0n, expiresAt: BigInt(now + 60_000) },
      { id: 'live_2', successorId: null, remainingUses: 3n, lineageId: 'live_1' },
    ])
    expect(await client.authcoreSigningKeyRing.findMany()).toMatchObject([
      { version: 1n, keys: [{ kid: 'key-1' }] },
    ])
    expect(await client.authcoreRevocation.findMany()).toEqual([
      { kind: 'token', id: 't', revokedAt: BigInt(now), expiresAt: BigInt(now + 1) },
    ])
    expect(await client.authcoreOneTime.findMany()).toMatchObject([{ value: { x: 1 }, holder: null }])
    expect(await client.authcoreRateLimit.findMany()).toMatchObject([
      { key: 'k', ticksPerMs: 3n, expiresAt: BigInt(now + 334) },
    ])
    expect(await client.authcoreDocument.findMany({ where: { tags: { has: 'subject:u1' } } })).toMatchObject([
      { id: 'document-1', version: 1n, tags: ['subject:u1'], value: { label: 'phone' }, expiresAt: null },
    ])
  })

  it('needs no more of a client than what extended and transaction clients have as well', async () => {
    const extended = prismaStores(database.client.$extends({ query: {} }))
    await extended.sessions.insert({ session: sessionRecord(), now })
    await database.client.$transaction(async transaction => {
      const { sessions } = prismaStores(transaction)
      await sessions.revoke({ id: 'session-1', reason: 'revoked', now })
    })
    expect(await extended.sessions.find({ id: 'session-1', now })).toMatchObject({ revokedAt: now })
  })

  it('compares scopes with any character in them', async () => {
    const { apiKeys } = database.stores
    await apiKeys.insert({ apiKey: apiKeyRecord({ scope: ['nul\0byte', '\\u0000', '"🔑"'] }), now })
    const rotate = (scopeWithin: readonly string[]) => apiKeys.rotate({ ...keyRotation(), scopeWithin })
    expect(await rotate(['nul', '\\u0000', '"🔑"'])).toEqual({ outcome: 'scope_exceeded' })
    expect(await rotate(['"🔑"', '\\u0000', 'nul\0byte', 'x'])).toMatchObject({ outcome: 'rotated' })
  })

  it.each([
    ['find a session', `SELECT * FROM authcore_session WHERE id = 'x'`],
    ['list sessions', `SELECT * FROM authcore_session WHERE subject = 'x' ORDER BY created_at DESC LIMIT 9`],
    ['sweep sessions', `SELECT ctid FROM authcore_session WHERE expires_at <= 1 ORDER BY expires_at LIMIT 9`],
    ['list API keys', `SELECT * FROM authcore_api_key WHERE owner_id = 'x' ORDER BY created_at DESC LIMIT 9`],
    ['sweep API keys', `SELECT ctid FROM authcore_api_key WHERE expires_at <= 1 ORDER BY expires_at LIMIT 9`],
    ['find a mark', `SELECT * FROM authcore_revocation WHERE kind = 'token' AND id = 'x'`],
    ['sweep marks', `SELECT ctid FROM authcore_revocation WHERE expires_at <= 1 ORDER BY expires_at LIMIT 9`],
    ['take a value', `SELECT * FROM authcore_one_time WHERE namespace = 'x' AND key = 'x'`],
    ['sweep values', `SELECT ctid FROM authcore_one_time WHERE expires_at <= 1 ORDER BY expires_at LIMIT 9`],
    ['find a limit', `SELECT * FROM authcore_rate_limit WHERE key = 'x'`],
    [
      'sweep limits',
      `SELECT ctid FROM authcore_rate_limit WHERE expires_at <= 1 ORDER BY expires_at LIMIT 9`,
    ],
    ['find a document', `SELECT * FROM authcore_document WHERE namespace = 'x' AND id = 'x'`],
    ['find documents by tag', `SELECT * FROM authcore_document WHERE tags @> ARRAY['x'::text]`],
    [
      'sweep documents',
      `SELECT ctid FROM authcore_document WHERE expires_at <= 1 ORDER BY expires_at LIMIT 9`,
    ],
  ])('has an index to %s', async (_, query) => {
    // an empty table is read as a whole unless that is forbidden
    await database.pglite.exec('SET enable_seqscan = off')
    const { rows } = await database.pglite.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${query}`)
    const plan = rows.map(row => row['QUERY PLAN']).join('\n')
    await database.pglite.exec('RESET enable_seqscan')
    expect(plan).toMatch(/Index/)
    expect(plan).not.toMatch(/Seq Scan|^Sort/m)
  })
})
