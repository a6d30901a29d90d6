import { randomUUID } from 'node:crypto'
import type { Stores } from '@authcore/core/ports'
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaPg as PrismaPg6 } from '@prisma/adapter-pg-6'
import pg from 'pg'
import { prismaStores } from '../../src/index.js'
import { PrismaClient as PrismaClient6 } from '../dist/prisma-6/client/client.js'
import { PrismaClient } from '../dist/prisma-7/client/client.js'
import { countQueries } from './count-queries.js'
import type { Instance } from './instance-pool.js'
import type { PostgresServer } from './postgres-server.js'
import { DELETE_ALL, SCHEMA_SQL } from './schema.js'
import { startStoreProcess } from './store-process.js'

/** How a database of a server is opened. */
export interface OpenPostgresOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable'
  readonly prisma?: 6 | 7
  /** Also through other connections and from another process. */
  readonly hasPeers?: boolean
}

/** A database with our tables on a server, dropped at the end. */
export interface PostgresInstance extends Instance {
  readonly url: string
  readonly client: PrismaClient | PrismaClient6
  readonly stores: Stores
  /** A connection beside the stores. */
  readonly admin: pg.Client
  readonly countRoundTrips: () => number
}

/** Makes a database of its own on a server. */
export async function openPostgres(
  server: PostgresServer,
  { isolation = 'read committed', prisma = 7, hasPeers = false }: OpenPostgresOptions = {},
): Promise<PostgresInstance> {
  const database = `authcore_${randomUUID().replaceAll('-', '_')}`
  await asAdmin(server, `CREATE DATABASE ${database}`)
  await asAdmin(server, `ALTER DATABASE ${database} SET default_transaction_isolation = '${isolation}'`)
  const url = withDatabase(server.url, database)
  const admin = new pg.Client({ connectionString: url })
  // some tests kill the server
  admin.on('error', () => {})
  await admin.connect()
  await admin.query(SCHEMA_SQL)
  const { client, count } = prisma === 7 ? openClient(url, 6) : openClient6(url, 6)
  const second = hasPeers ? openClient(url, 3) : undefined
  const process = hasPeers ? await startStoreProcess(url) : undefined
  return {
    url,
    client,
    admin,
    stores: prismaStores(client),
    ...(second && process && { peers: [prismaStores(second.client), process.stores] }),
    countRoundTrips: count,
    empty: async () => {
      await admin.query(DELETE_ALL)
    },
    end: async () => {
      await Promise.all([client.$disconnect(), second?.client.$disconnect(), process?.end(), admin.end()])
      await asAdmin(server, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
    },
  }
}

/** A client of Prisma 7 with a pool of connections. */
export function openClient(
  connectionString: string,
  max: number,
): { readonly client: PrismaClient; readonly count: () => number } {
  const { adapter, count } = countQueries(new PrismaPg({ connectionString, max }, SILENT))
  return { client: new PrismaClient({ adapter }), count }
}

function openClient6(
  connectionString: string,
  max: number,
): { readonly client: PrismaClient6; readonly count: () => number } {
  const { adapter, count } = countQueries(new PrismaPg6({ connectionString, max }, SILENT))
  return { client: new PrismaClient6({ adapter }), count }
}

/** Connections are broken on purpose. */
const SILENT = { onPoolError: () => {}, onConnectionError: () => {} }

async function asAdmin(server: PostgresServer, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}
