import { count, instant } from './parameters.js'
import type { PrismaClientSubset } from './prisma-client.js'
import { readCount } from './row.js'
import { runStatement } from './run-statement.js'
import { type Sql, sql } from './sql.js'

/**
 * Deletes at most `limit` rows of a table whose `expires_at` has come. Rows that somebody else is at, another cleaner
 * or a request, are passed over.
 */
export async function sweepExpired(
  client: PrismaClientSubset,
  table: Sql,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<{ readonly removed: number }> {
  // an array is computed once; a subquery might be computed again for each row and delete more than asked
  const statement = sql`
    WITH removed AS (
      DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM ${table} WHERE expires_at <= ${instant(now, 'now')}
        ORDER BY expires_at LIMIT ${count(limit, 'limit')} FOR UPDATE SKIP LOCKED))
      RETURNING 1)
    SELECT count(*) AS removed FROM removed`
  const [row = {}] = await runStatement(client, statement, { isRepeatable: true })
  return { removed: readCount(row, 'removed') }
}
