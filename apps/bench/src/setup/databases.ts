import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Stores } from '@authcore/core/ports'
import { type RecordedCall, recordCalls, sendCall } from './replaying-client.js'

/** Where the stores of a subject are. */
export type DatabaseKind = 'memory' | 'redis' | 'postgresql'

/** Stores on a database. */
export interface OpenDatabase {
  readonly stores: Stores
  /** The stores again, on a client that writes down what it sends. */
  readonly recorded: { readonly stores: Stores; readonly calls: readonly RecordedCall[] }
  /** Sends a recorded call with the same client and nothing around it. */
  send(call: RecordedCall): Promise<unknown>
  /** Runs SQL, or a command of Redis; whatever stands for many rows at once. */
  run(...command: readonly string[]): Promise<unknown>
  /** Before all names of this run. */
  readonly prefix: string
  /** Disconnects; removes what was written, unless somebody else had opened it before. */
  close(): Promise<void>
}

const REDIS_URL = process.env['AUTHCORE_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379'
const POSTGRES_URL =
  process.env['AUTHCORE_TEST_POSTGRES_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/postgres'

/** Which database is opened. */
export interface OpenDatabaseOptions {
  /** The prefix of one that is open; a new and empty one when left out. */
  readonly known?: string
  /** Commits wait for no disk: for a million of them, and never for what is measured. */
  readonly isHasty?: boolean
  /** The server; that of the environment or the usual port when left out. */
  readonly url?: string
}

/** Opens a database of a kind. @throws the error of the client when there is no server */
export async function openDatabase(
  kind: Exclude<DatabaseKind, 'memory'>,
  options: OpenDatabaseOptions = {},
): Promise<OpenDatabase> {
  return kind === 'redis' ? openRedis(options) : openPostgres(options)
}

/** Inside of the server, because millions of names would have to come and go. ARGV: a cursor and a pattern. */
const UNLINK_SOME = `
local cursor, keys = unpack(redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', 2000))
for first = 1, #keys, 1000 do
  redis.call('UNLINK', unpack(keys, first, math.min(first + 999, #keys)))
end
return cursor
`

async function openRedis({ known, url = REDIS_URL }: OpenDatabaseOptions): Promise<OpenDatabase> {
  const { createClient } = await import('redis')
  const { redisStores } = await import('@authcore/redis')
  const client = createClient({ url, socket: { reconnectStrategy: false } })
  client.on('error', () => {})
  await client.connect()
  const prefix = known ?? `bench-${randomBytes(6).toString('hex')}`
  const recording = recordCalls(client)
  const options = { prefix, onWarning: () => {} }
  const run = (...command: readonly string[]): Promise<unknown> => client.sendCommand([...command])
  return {
    prefix,
    stores: redisStores(client, options),
    recorded: { stores: redisStores(recording.client, options), calls: recording.calls },
    send: call => sendCall(client, call),
    run,
    async close() {
      if (known === undefined) {
        let cursor = '0'
        do cursor = String(await run('EVAL', UNLINK_SOME, '0', cursor, `${prefix}*`))
        while (cursor !== '0')
      }
      client.destroy()
    },
  }
}

async function openPostgres({
  known,
  isHasty = false,
  url = POSTGRES_URL,
}: OpenDatabaseOptions): Promise<OpenDatabase> {
  const { PrismaPg } = await import('@prisma/adapter-pg')
  const { default: pg } = await import('pg')
  const { prismaStores } = await import('@authcore/prisma')
  const { PrismaClient } = await import('../database/dist/client/client.js')
  const schema = known ?? `bench_${randomBytes(6).toString('hex')}`
  const direct = new pg.Client({ connectionString: url })
  await direct.connect()
  if (known === undefined) await direct.query(`CREATE SCHEMA ${schema}`)
  await direct.query(`SET search_path = ${schema}`)
  if (known === undefined) await direct.query(readFileSync(sqlFile(), 'utf8'))
  const connection = new URL(url)
  const haste = isHasty ? ' -c synchronous_commit=off' : ''
  connection.searchParams.set('options', `-c search_path=${schema}${haste}`)
  const client = new PrismaClient({ adapter: new PrismaPg({ connectionString: connection.href }) })
  const recording = recordCalls(client)
  return {
    prefix: schema,
    stores: prismaStores(client),
    recorded: { stores: prismaStores(recording.client), calls: recording.calls },
    send: call => sendCall(client, call),
    run: statement => direct.query(statement ?? ''),
    async close() {
      await client.$disconnect()
      if (known === undefined) await direct.query(`DROP SCHEMA ${schema} CASCADE`)
      await direct.end()
    },
  }
}

function sqlFile(): string {
  const { resolve } = createRequire(import.meta.url)
  return resolve('@authcore/prisma/package.json').replace(/package\.json$/, 'sql/postgresql.sql')
}
