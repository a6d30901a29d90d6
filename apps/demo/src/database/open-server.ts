import { PrismaPg } from '@prisma/adapter-pg'
import { Client } from 'pg'
import { StartError } from '../start-error.js'
import { createTables } from './create-tables.js'
import type { Database } from './database.js'
import { PrismaClient } from './dist/client/client.js'

/** Any number will do, as long as every start of the demo takes the same. */
const LOCK_ID = 5_246_143

/**
 * Opens a database on a PostgreSQL server, and creates the tables that are missing.
 * @throws StartError when nobody answers there
 */
export async function openServer(url: string): Promise<Database> {
  const connection = new Client({ connectionString: url })
  await connection.connect().catch((error: unknown) => {
    throw new StartError(
      `PostgreSQL does not answer: ${error instanceof Error ? error.message : String(error)}`,
    )
  })
  try {
    // two demos may start at once on one database; the end of the connection ends the lock
    await connection.query(`SELECT pg_advisory_lock(${LOCK_ID})`)
    await createTables(async sql => (await connection.query(sql)).rows)
  } finally {
    await connection.end()
  }
  const client = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) })
  return { client, close: () => client.$disconnect() }
}
