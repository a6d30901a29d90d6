import { randomUUID } from 'node:crypto'
import { findPostgresServer, findRedisServer, isServer, leaveOut } from '@authcore/conformance/node'
import { Client } from 'pg'
import { createClient } from 'redis'
import { afterAll, describe, it } from 'vitest'

/** A place on a server for one test, and how to leave it as it was. */
export interface TestPlace {
  readonly url: string
  /** Nobody else's keys begin so. */
  readonly prefix: string
  leave(): Promise<void>
}

/** Opens a new place on a server. */
export type OpenPlace = () => Promise<TestPlace>

/** Registers tests that need a PostgreSQL; without one the report says so, and in CI that fails. */
export async function describeWithPostgres(
  name: string,
  body: (openDatabase: OpenPlace) => void,
): Promise<void> {
  const server = await findPostgresServer()
  if (!isServer(server)) return leaveOut({ runner: { describe, it, afterAll }, name, reason: server.missing })
  describe(name, () => {
    afterAll(() => server.stop())
    body(() => createDatabase(server.url))
  })
}

/** Registers tests that need a Redis; without one the report says so, and in CI that fails. */
export async function describeWithRedis(name: string, body: (openPrefix: OpenPlace) => void): Promise<void> {
  const server = await findRedisServer()
  if (!isServer(server)) return leaveOut({ runner: { describe, it, afterAll }, name, reason: server.missing })
  describe(name, () => {
    afterAll(() => server.stop())
    body(async () => {
      const prefix = `authcore-demo-test:${randomUUID()}`
      return { url: server.url, prefix, leave: () => deleteKeys(server.url, prefix) }
    })
  })
}

async function createDatabase(serverUrl: string): Promise<TestPlace> {
  const name = `authcore_demo_${randomUUID().replaceAll('-', '_')}`
  await asAdmin(serverUrl, `CREATE DATABASE ${name}`)
  const url = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href
  return { url, prefix: name, leave: () => asAdmin(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`) }
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

async function deleteKeys(url: string, prefix: string): Promise<void> {
  const client = await createClient({ url }).connect()
  for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 })) {
    if (keys.length > 0) await client.unlink(keys)
  }
  client.destroy()
}
