import { execFileSync } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Address, exchange, findFreePort } from './connection.js'
import { findProgram, postgresFolders } from './program.js'
import type { MissingServer, StartedServer, TestServer } from './server.js'
import { startProcess } from './started-process.js'

const USER = 'postgres'

/**
 * Finds a PostgreSQL: the one that AUTHCORE_TEST_POSTGRES_URL names, else one that runs at port 5432 and lets
 * `postgres` in without a password, else one that it starts from the binaries on the machine.
 */
export async function findPostgresServer(): Promise<TestServer | MissingServer> {
  const named = process.env['AUTHCORE_TEST_POSTGRES_URL']
  if (named !== undefined) return { url: named, origin: 'named', stop: async () => {} }
  const usual = { host: '127.0.0.1', port: 5432 }
  if (await isPostgres(usual)) return { url: toUrl(usual), origin: 'running', stop: async () => {} }
  return startPostgresServer()
}

/**
 * Starts a PostgreSQL of one's own, with an empty cluster, at a spare port. What it has committed survives `kill`
 * and `restart`.
 * @param settings of the server, such as `{ max_connections: '20' }`
 */
export async function startPostgresServer(
  settings: Readonly<Record<string, string>> = {},
): Promise<StartedServer | MissingServer> {
  const folders = postgresFolders()
  const initdb = findProgram('initdb', folders)
  const command = findProgram('postgres', folders)
  if (initdb === undefined || command === undefined) {
    return { missing: 'no PostgreSQL at its usual port and no initdb and postgres on this machine' }
  }
  const user = serverUser()
  const address = { host: '127.0.0.1', port: await findFreePort() }
  const directory = mkdtempSync(join(tmpdir(), 'authcore-postgres-'))
  try {
    if (user !== undefined) chownSync(directory, user, user)
    execFileSync(
      initdb,
      ['-D', join(directory, 'data'), '-U', USER, '-A', 'trust', '-E', 'UTF8', '--no-sync'],
      {
        cwd: directory,
        stdio: ['ignore', 'ignore', 'pipe'],
        ...(user !== undefined && { uid: user, gid: user }),
      },
    )
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
  const all = { listen_addresses: address.host, port: String(address.port), ...settings }
  return startProcess({
    command,
    args: [
      ...['-D', join(directory, 'data'), '-k', directory],
      ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    ...(user !== undefined && { user }),
    url: toUrl(address),
    port: address.port,
    directory,
    isReady: () => isPostgres(address),
  })
}

const NOBODY = 65_534

/** PostgreSQL refuses to run as root. */
function serverUser(): number | undefined {
  if (process.getuid?.() !== 0) return undefined
  try {
    return Number(execFileSync('id', ['-u', USER], { stdio: ['ignore', 'pipe', 'ignore'] }))
  } catch {
    return NOBODY
  }
}

const PROTOCOL = 196_608

/** True when `postgres` is let in without a password and the server takes commands. */
async function isPostgres(address: Address): Promise<boolean> {
  const parameters = Buffer.from(`user\0${USER}\0database\0postgres\0\0`)
  const head = Buffer.alloc(8)
  head.writeInt32BE(8 + parameters.length, 0)
  head.writeInt32BE(PROTOCOL, 4)
  const answer = await exchange(address, Buffer.concat([head, parameters]), bytes => bytes.length >= 9)
  // AuthenticationOk
  return answer?.[0] === 0x52 && answer.readInt32BE(5) === 0
}

function toUrl({ host, port }: Address): string {
  return `postgres://${USER}@${host}:${port}/postgres`
}
