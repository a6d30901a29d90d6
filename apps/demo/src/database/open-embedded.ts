import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { createTables } from './create-tables.js'
import type { Database } from './database.js'
import { PrismaClient } from './dist/client/client.js'
import { lockFolder } from './lock-folder.js'

/**
 * Opens PGlite, a PostgreSQL inside this process, on a folder that is there; the first time it is set up, which takes
 * some seconds.
 * @throws StartError when another process has it open
 */
export async function openEmbedded(folder: string): Promise<Database> {
  const unlock = lockFolder(folder)
  try {
    const place = join(folder, 'postgres')
    if (!existsSync(place)) await setUp(place)
    const pglite = await PGlite.create(place)
    await createTables(sql => runSql(pglite, sql))
    const client = new PrismaClient({ adapter: new PrismaPGlite(pglite) })
    return {
      client,
      close: async () => {
        await client.$disconnect()
        await pglite.close()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

/** What was interrupted half-way must not be taken for a database. */
async function setUp(place: string): Promise<void> {
  const unfinished = `${place}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  const pglite = await PGlite.create(unfinished)
  await pglite.close()
  renameSync(unfinished, place)
}

async function runSql(pglite: PGlite, sql: string): Promise<readonly unknown[]> {
  const results = await pglite.exec(sql)
  return results.at(-1)?.rows ?? []
}
