import { readStatementFate } from './database-error.js'
import type { PrismaClientSubset } from './prisma-client.js'
import { type Row, toRows } from './row.js'
import { type Sql, toTemplate } from './sql.js'

/** Whether a statement may be sent again when nobody knows if it was done. */
export interface RunStatementOptions {
  /** Done twice it has the same effect and the same answer as done once. */
  readonly isRepeatable: boolean
}

/** How often one statement is sent at most. */
export const MAX_ATTEMPTS = 5

/**
 * Sends one statement. It is sent again when the database rolled it back for the sake of another (serialization
 * failure, deadlock, lock timeout), and, if it is repeatable, when the connection broke.
 * @throws the error of the client when that does not help
 */
export async function runStatement(
  client: PrismaClientSubset,
  statement: Sql,
  { isRepeatable }: RunStatementOptions,
): Promise<readonly Row[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return toRows(await client.$queryRaw(toTemplate(statement), ...statement.values))
    } catch (error) {
      const fate = readStatementFate(error)
      const mayRepeat = fate === 'rolled_back' || (fate === 'unknown' && isRepeatable)
      if (!mayRepeat || attempt === MAX_ATTEMPTS) throw error
    }
  }
}
