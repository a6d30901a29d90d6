import type { JsonObject } from '@authcore/core'
import type { SigningKeyRecord, SigningKeyRing, SigningKeyStore } from '@authcore/core/ports'
import { isPlainObject } from './json-text.js'
import { checkRecord, checkString, count, expected, json, jsonObject, text, toInstant } from './parameters.js'
import type { PrismaClientSubset } from './prisma-client.js'
import { damaged, readCount, readJson, toRecord } from './row.js'
import { runStatement } from './run-statement.js'
import { type Sql, sql } from './sql.js'

/** There is one ring in a database. */
const RING_ID = 'ring'

/** Keeps the ring of signing keys in PostgreSQL, in one row. */
export class PrismaSigningKeyStore implements SigningKeyStore {
  readonly #client: PrismaClientSubset

  constructor(client: PrismaClientSubset) {
    this.#client = client
  }

  async read({ now }: { readonly now: number }): Promise<SigningKeyRing> {
    toInstant(now, 'now')
    const statement = sql`
      SELECT version, keys::text AS keys FROM authcore_signing_key_ring WHERE id = ${text(RING_ID, 'id')}`
    const [row] = await runStatement(this.#client, statement, { isRepeatable: true })
    if (row === undefined) return { version: 0, keys: [] }
    const keys = readJson(row, 'keys')
    if (!Array.isArray(keys)) return damaged('keys')
    return { version: readCount(row, 'version'), keys: keys.map(readSigningKey) }
  }

  async replace({
    expectedVersion,
    keys,
    now,
  }: {
    readonly expectedVersion: number
    readonly keys: readonly SigningKeyRecord[]
    readonly now: number
  }): Promise<{ readonly outcome: 'replaced' | 'conflict' }> {
    toInstant(now, 'now')
    const expectedCount = count(expectedVersion, 'expectedVersion')
    const ring = bindKeys(keys)
    // a row that is not there has version 0; ON CONFLICT meets the one that a parallel writer made
    const statement = sql`
      INSERT INTO authcore_signing_key_ring AS ring (id, version, keys)
      SELECT ${text(RING_ID, 'id')}, ${expectedCount} + 1, ${ring}
      WHERE ${expectedCount} = 0
        OR EXISTS (SELECT FROM authcore_signing_key_ring AS known WHERE known.id = ${text(RING_ID, 'id')})
      ON CONFLICT (id) DO UPDATE SET version = excluded.version, keys = excluded.keys
      WHERE ring.version = ${expectedCount}
      RETURNING version`
    // sent twice, the second would meet its own ring and call it a conflict
    const rows = await runStatement(this.#client, statement, { isRepeatable: false })
    return { outcome: rows.length > 0 ? 'replaced' : 'conflict' }
  }
}

function bindKeys(keys: readonly SigningKeyRecord[]): Sql {
  if (!Array.isArray(keys)) throw expected('keys', 'an array')
  return json(Array.from(keys, toStoredKey))
}

function toStoredKey(record: SigningKeyRecord): object {
  // a copy, so that each field is read once
  const key = { ...checkRecord(record, 'key') }
  const { kid, algorithm, publicJwk, sealedPrivateJwk, secretId } = key
  if (publicJwk !== undefined) jsonObject(publicJwk, 'publicJwk')
  return {
    kid: checkString(kid, 'kid'),
    algorithm: checkString(algorithm, 'algorithm'),
    publicJwk,
    sealedPrivateJwk: checkString(sealedPrivateJwk, 'sealedPrivateJwk'),
    secretId: checkString(secretId, 'secretId'),
    announcedAt: toInstant(key.announcedAt, 'announcedAt'),
    activatesAt: toInstant(key.activatesAt, 'activatesAt'),
    withdrawnAt: key.withdrawnAt === undefined ? undefined : toInstant(key.withdrawnAt, 'withdrawnAt'),
  }
}

function readSigningKey(value: unknown): SigningKeyRecord {
  if (!isPlainObject(value)) return damaged('keys')
  const { kid, algorithm, publicJwk, sealedPrivateJwk, secretId, announcedAt, activatesAt, withdrawnAt } =
    value
  if (
    typeof kid !== 'string' ||
    typeof algorithm !== 'string' ||
    typeof sealedPrivateJwk !== 'string' ||
    typeof secretId !== 'string' ||
    !isInstant(announcedAt) ||
    !isInstant(activatesAt) ||
    !(withdrawnAt === undefined || isInstant(withdrawnAt)) ||
    !(publicJwk === undefined || isJsonObject(publicJwk))
  ) {
    return damaged('keys')
  }
  const instants = { announcedAt, activatesAt, withdrawnAt }
  return toRecord<SigningKeyRecord>({ kid, algorithm, publicJwk, sealedPrivateJwk, secretId, ...instants })
}

function isInstant(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

/** What came out of `JSON.parse` as an object holds JSON only. */
function isJsonObject(value: unknown): value is JsonObject {
  return isPlainObject(value)
}
