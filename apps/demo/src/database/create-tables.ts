import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { DEMO_TABLES_SQL } from './demo-tables.js'

/** Runs SQL of one or more statements on one connection, and answers the rows of a single one. */
export type RunSql = (sql: string) => Promise<readonly unknown[]>

/**
 * Creates the tables that are missing: those of AuthCore with the SQL that @authcore/prisma ships, and the demo's own.
 * A real deployment would leave that to its migrations.
 */
export async function createTables(runSql: RunSql): Promise<void> {
  if (!(await hasTable(runSql, 'authcore_session'))) await runSql(readShippedSql())
  if (!(await hasTable(runSql, 'demo_user'))) await runSql(DEMO_TABLES_SQL)
}

async function hasTable(runSql: RunSql, name: string): Promise<boolean> {
  const rows = await runSql(`SELECT 1 WHERE to_regclass('${name}') IS NOT NULL`)
  return rows.length > 0
}

function readShippedSql(): string {
  const manifest = createRequire(import.meta.url).resolve('@authcore/prisma/package.json')
  return readFileSync(join(manifest, '../sql/postgresql.sql'), 'utf8')
}
