import { readFileSync } from 'node:fs'
import { findRedisServer, isServer, leaveOut } from '@authcore/conformance/node'
import type { Stores } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { prismaStores } from '@authcore/prisma'
import { redisStores } from '@authcore/redis'
import { PGlite } from '@electric-sql/pglite'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, it } from 'vitest'

interface OpenStores {
  readonly stores: Stores
  leave(): Promise<void>
}

const SCHEMA = readFileSync(new URL('../../prisma/sql/postgresql.sql', import.meta.url), 'utf8')

/**
 * Runs the same tests on memory, PostgreSQL (embedded) and Redis.
 * @param define gets the stores of one run; keys of other runs never meet them
 */
export function describeOnStores(name: string, define: (stores: () => Stores) => void): void {
  describeOn(`${name}, in memory`, async () => ({ stores: memoryStores(), leave: async () => {} }), define)
  describeOn(`${name}, in PostgreSQL`, openPostgres, define)
  describe(`${name}, in Redis`, async () => {
    const server = await findRedisServer()
    if (isServer(server)) {
      const open = async () => {
        const opened = await openRedis(server.url)
        return { ...opened, leave: () => opened.leave().then(() => server.stop()) }
      }
      defineWith(open, define)
    } else {
      leaveOut({ runner: { describe, it, afterAll }, name: `${name}, in Redis`, reason: server.missing })
    }
  })
}

function describeOn(
  name: string,
  open: () => Promise<OpenStores>,
  define: (stores: () => Stores) => void,
): void {
  describe(name, () => defineWith(open, define))
}

function defineWith(open: () => Promise<OpenStores>, define: (stores: () => Stores) => void): void {
  let opened: OpenStores
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened.leave())
  define(() => opened.stores)
}

/** The one method that the stores call, without a generated client. */
async function openPostgres(): Promise<OpenStores> {
  const pglite = await PGlite.create()
  await pglite.exec(SCHEMA)
  const $queryRaw = async (query: TemplateStringsArray, ...values: readonly unknown[]): Promise<unknown> => {
    const text = query.reduce((sum, part, index) => `${sum}$${index}${part}`)
    return (await pglite.query(text, [...values])).rows
  }
  return { stores: prismaStores({ $queryRaw }), leave: () => pglite.close() }
}

async function openRedis(url: string): Promise<OpenStores> {
  const client = await createClient({ url }).connect()
  const prefix = `authcore-test:${process.pid}-${Math.random().toString(36).slice(2)}`
  const leave = async () => {
    for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 })) {
      if (keys.length > 0) await client.unlink(keys)
    }
    client.destroy()
  }
  return { stores: redisStores(client, { prefix }), leave }
}
