import type { Stores } from '@authcore/core/ports'
import { PGlite } from '@electric-sql/pglite'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { type PrismaClientSubset, prismaStores } from '../../src/index.js'
import { PrismaClient as PrismaClient6 } from '../dist/prisma-6/client/client.js'
import { PrismaClient } from '../dist/prisma-7/client/client.js'
import { countQueries } from './count-queries.js'
import type { Instance } from './instance-pool.js'
import { DELETE_ALL, SCHEMA_SQL } from './schema.js'

/** An embedded database with our tables, in memory. */
export interface PgliteInstance<Client extends PrismaClientSubset = PrismaClientSubset> extends Instance {
  readonly pglite: PGlite
  readonly client: Client
  readonly stores: Required<Stores>
  readonly countRoundTrips: () => number
}

/** Opens an embedded database behind a client of Prisma 7. */
export async function openPglite(): Promise<PgliteInstance<PrismaClient>> {
  const pglite = await createPglite()
  const { adapter, count } = countQueries(new PrismaPGlite(pglite))
  return toInstance(pglite, new PrismaClient({ adapter }), count)
}

/** Opens an embedded database behind a client of Prisma 6. */
export async function openPglite6(): Promise<PgliteInstance<PrismaClient6>> {
  const pglite = await createPglite()
  const { adapter, count } = countQueries(new PrismaPGlite(pglite))
  return toInstance(pglite, new PrismaClient6({ adapter }), count)
}

async function createPglite(): Promise<PGlite> {
  const pglite = await PGlite.create()
  await pglite.exec(SCHEMA_SQL)
  return pglite
}

function toInstance<Client extends PrismaClientSubset & { $disconnect(): Promise<void> }>(
  pglite: PGlite,
  client: Client,
  countRoundTrips: () => number,
): PgliteInstance<Client> {
  return {
    pglite,
    client,
    stores: prismaStores(client),
    countRoundTrips,
    empty: async () => {
      await pglite.exec(DELETE_ALL)
    },
    end: async () => {
      await client.$disconnect()
      if (!pglite.closed) await pglite.close()
    },
  }
}
