import { afterAll, describe, it } from 'vitest'
import { findPostgresServer, type PostgresServer } from './postgres-server.js'

/**
 * Registers tests that need a server. Without one they are left out and counted as such; in CI they fail.
 */
export async function describeWithPostgres(
  name: string,
  body: (server: PostgresServer) => void,
): Promise<void> {
  const server = await findPostgresServer()
  if (server === undefined && process.env['CI'] !== undefined) {
    throw new Error('There is no PostgreSQL server, and in CI nothing is left out: set DATABASE_URL.')
  }
  if (server === undefined) {
    describe.skip(`${name}: left out, there is no PostgreSQL server`, () => {
      it('needs a server', () => {})
    })
    return
  }
  describe(`${name} (${server.origin})`, () => {
    afterAll(() => server.stop())
    body(server)
  })
}
