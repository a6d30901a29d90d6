import type { JsonObject } from '@authcore/core'
import type { OneTimeKey, OneTimeStore } from '@authcore/core/ports'
import { checkKey, instant, jsonObject, text, toInstant } from './parameters.js'
import type { PrismaClientSubset } from './prisma-client.js'
import { readJsonObject } from './row.js'
import { runStatement } from './run-statement.js'
import { type Sql, sql } from './sql.js'
import { sweepExpired } from './sweep-expired.js'

/** Keeps values that count once in PostgreSQL. */
export class PrismaOneTimeStore implements OneTimeStore {
  readonly #client: PrismaClientSubset

  constructor(client: PrismaClientSubset) {
    this.#client = client
  }

  async reserve({
    namespace,
    key,
    holder,
    expiresAt,
    now,
  }: OneTimeKey & {
    readonly holder: string
    readonly expiresAt: number
    readonly now: number
  }): Promise<{ readonly outcome: 'reserved' | 'taken' }> {
    checkKey({ namespace, key })
    const at = instant(now, 'now')
    const end = instant(expiresAt, 'expiresAt')
    const own = text(holder, 'holder')
    const isOwn = sql`held.value IS NULL AND held.holder = ${own}`
    if (toInstant(now, 'now') >= toInstant(expiresAt, 'expiresAt')) {
      return {
        outcome: (await this.#isHeld({ namespace, key }, at, sql`NOT (${isOwn})`)) ? 'taken' : 'reserved',
      }
    }
    // answers with a row for who holds the key, whether they come first, again, or after another's expiry
    const statement = sql`
      INSERT INTO authcore_one_time AS held (namespace, key, holder, value, expires_at)
      VALUES (${text(namespace, 'namespace')}, ${text(key, 'key')}, ${own}, NULL, ${end})
      ON CONFLICT (namespace, key) DO UPDATE SET
        holder = excluded.holder,
        value = NULL,
        expires_at = CASE WHEN held.expires_at > ${at} THEN held.expires_at ELSE excluded.expires_at END
      WHERE held.expires_at <= ${at} OR (${isOwn})
      RETURNING holder`
    const rows = await runStatement(this.#client, statement, { isRepeatable: true })
    return { outcome: rows.length > 0 ? 'reserved' : 'taken' }
  }

  async put({
    namespace,
    key,
    value,
    expiresAt,
    now,
  }: OneTimeKey & {
    readonly value: JsonObject
    readonly expiresAt: number
    readonly now: number
  }): Promise<{ readonly outcome: 'stored' | 'exists' }> {
    checkKey({ namespace, key })
    const at = instant(now, 'now')
    const end = instant(expiresAt, 'expiresAt')
    const stored = jsonObject(value, 'value')
    if (toInstant(now, 'now') >= toInstant(expiresAt, 'expiresAt')) {
      return { outcome: (await this.#isHeld({ namespace, key }, at, sql`true`)) ? 'exists' : 'stored' }
    }
    const statement = sql`
      INSERT INTO authcore_one_time AS held (namespace, key, holder, value, expires_at)
      VALUES (${text(namespace, 'namespace')}, ${text(key, 'key')}, NULL, ${stored}, ${end})
      ON CONFLICT (namespace, key) DO UPDATE SET
        holder = NULL, value = excluded.value, expires_at = excluded.expires_at
      WHERE held.expires_at <= ${at}
      RETURNING key`
    // sent twice, the second would answer that there is one: its own
    const rows = await runStatement(this.#client, statement, { isRepeatable: false })
    return { outcome: rows.length > 0 ? 'stored' : 'exists' }
  }

  async take({
    namespace,
    key,
    holder,
    now,
  }: OneTimeKey & { readonly holder: string; readonly now: number }): Promise<
    { readonly outcome: 'taken'; readonly value: JsonObject } | { readonly outcome: 'not_found' }
  > {
    const own = text(holder, 'holder')
    const statement = sql`
      UPDATE authcore_one_time SET holder = ${own}
      WHERE namespace = ${text(namespace, 'namespace')} AND key = ${text(key, 'key')}
        AND expires_at > ${instant(now, 'now')} AND value IS NOT NULL AND (holder IS NULL OR holder = ${own})
      RETURNING value::text AS value`
    const [row] = await runStatement(this.#client, statement, { isRepeatable: true })
    return row === undefined
      ? { outcome: 'not_found' }
      : { outcome: 'taken', value: readJsonObject(row, 'value') }
  }

  async sweep(command: {
    readonly now: number
    readonly limit: number
  }): Promise<{ readonly removed: number }> {
    return sweepExpired(this.#client, sql`authcore_one_time`, command)
  }

  /** Asks only, for a command that has expired before it came. */
  async #isHeld({ namespace, key }: OneTimeKey, at: Sql, condition: Sql): Promise<boolean> {
    const statement = sql`
      SELECT key FROM authcore_one_time AS held
      WHERE namespace = ${text(namespace, 'namespace')} AND key = ${text(key, 'key')} AND expires_at > ${at}
        AND (${condition})`
    const rows = await runStatement(this.#client, statement, { isRepeatable: true })
    return rows.length > 0
  }
}
