import { randomUUID } from 'node:crypto'
import { createFaultProxy, type StoreWorkers, type TestServer } from '@authcore/conformance/node'
import type { Stores } from '@authcore/core/ports'
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaPg as PrismaPg6 } from '@prisma/adapter-pg-6'
import pg from 'pg'
import { prismaStores } from '../../src/index.js'
import { PrismaClient as PrismaClient6 } from '../dist/prisma-6/client/client.js'
import { PrismaClient } from '../dist/prisma-7/client/client.js'
import { countQueries } from './count-queries.js'
import type { Instance } from './instance-pool.js'
import { DELETE_ALL, SCHEMA_SQL } from './schema.js'

/** How a database of a server is opened. */
export interface OpenPostgresOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable'
  readonly prisma?: 6 | 7
  /** Also used from these processes, and through other connections of this one. */
  readonly workers?: StoreWorkers
}

/** A database with our tables on a server, dropped at the end. */
export interface PostgresInstance extends Instance {
  readonly url: string
  readonly client: PrismaClient | PrismaClient6
  readonly stores: Required<Stores>
  /** A connection beside the stores. */
  readonly admin: pg.Client
  readonly countRoundTrips: () => number
}

/** Makes a database of its own on a server. Its stores reach it through a proxy that can break. */
export async function openPostgres(
  server: Pick<TestServer, 'url'>,
  { isolation = 'read committed', prisma = 7, workers }: OpenPostgresOptions = {},
): Promise<PostgresInstance> {
  const database = `authcore_${randomUUID().replaceAll('-', '_')}`
  await asAdmin(server, `CREATE DATABASE ${database}`)
  await asAdmin(server, `ALTER DATABASE ${database} SET default_transaction_isolation = '${isolation}'`)
  const url = withPlace(server.url, { pathname: `/${database}` })
  const admin = await openAdmin(url)
  await admin.query(SCHEMA_SQL)

  const { hostname, port } = new URL(url)
  const proxy = await createFaultProxy({
    target: { host: hostname, port: Number(port || 5432) },
    delayMs: 10,
  })
  const proxyUrl = withPlace(url, { hostname: proxy.host, port: String(proxy.port) })
  const { client, count } = prisma === 7 ? openClient(proxyUrl, 6) : openClient6(proxyUrl, 6)
  const second = workers && openClient(url, 3)
  const opened = await workers?.open({ url })
  return {
    url,
    client,
    admin,
    stores: prismaStores(client),
    ...(second && opened && { peers: [prismaStores(second.client), ...opened.stores] }),
    countRoundTrips: count,
    faults: proxy.faults,
    empty: async () => {
      await proxy.faults.heal()
      await admin.query(DELETE_ALL)
    },
    end: async () => {
      await Promise.all([client.$disconnect(), second?.client.$disconnect(), opened?.close(), proxy.close()])
      await admin.end()
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

/** A connection that may be broken by what a test does to the server. */
export async function openAdmin(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  return client
}

async function asAdmin(server: Pick<TestServer, 'url'>, statement: string): Promise<void> {
  const client = await openAdmin(server.url)
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function withPlace(url: string, place: Partial<Pick<URL, 'hostname' | 'port' | 'pathname'>>): string {
  return Object.assign(new URL(url), place).href
}
