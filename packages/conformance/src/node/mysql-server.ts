import { exchange } from './connection.js'
import type { MissingServer, TestServer } from './server.js'

/** Finds a MySQL or MariaDB: the one that AUTHCORE_TEST_MYSQL_URL names, else one that runs at port 3306. */
export async function findMysqlServer(): Promise<TestServer | MissingServer> {
  const named = process.env['AUTHCORE_TEST_MYSQL_URL']
  if (named !== undefined) return { url: named, origin: 'named', stop: async () => {} }
  // the server speaks first: length and number of the packet, then the version of the protocol
  const greeting = await exchange(
    { host: '127.0.0.1', port: 3306 },
    new Uint8Array(),
    bytes => bytes.length >= 5,
  )
  if (greeting?.[4] !== 10) return { missing: 'no MySQL or MariaDB at its usual port' }
  return { url: 'mysql://root@127.0.0.1:3306/', origin: 'running', stop: async () => {} }
}
