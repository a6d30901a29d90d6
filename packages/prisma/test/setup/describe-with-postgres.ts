import { findPostgresServer, isServer, leaveOut, type TestServer } from '@authcore/conformance/node'
import { afterAll, describe, it } from 'vitest'

/** Registers tests that need a server; without one the report says that they were left out, and in CI that fails. */
export async function describeWithPostgres(name: string, body: (server: TestServer) => void): Promise<void> {
  const found = await findPostgresServer()
  if (!isServer(found)) return leaveOut({ runner: { describe, it, afterAll }, name, reason: found.missing })
  describe(name, () => {
    afterAll(() => found.stop())
    body(found)
  })
}
