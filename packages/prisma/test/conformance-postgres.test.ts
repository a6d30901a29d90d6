import { storeConformance } from '@authcore/conformance'
import { afterAll, describe, it } from 'vitest'
import { describeWithPostgres } from './setup/describe-with-postgres.js'
import { InstancePool } from './setup/instance-pool.js'
import { type OpenPostgresOptions, openPostgres } from './setup/postgres.js'

await describeWithPostgres('PostgreSQL', server => {
  const conformance = (name: string, options: OpenPostgresOptions, amount: object): void => {
    describe(name, () => {
      const pool = new InstancePool(() => openPostgres(server, options))
      afterAll(() => pool.end())
      storeConformance({
        runner: { describe, it, afterAll },
        name,
        createStores: () => pool.take(),
        capabilities: { sharedSessionRevocation: true, sweeps: true },
        ...amount,
      })
    })
  }
  conformance('prisma 7 on PostgreSQL, two processes', { hasPeers: true }, {})
  conformance('prisma 6 on PostgreSQL', { prisma: 6 }, { runs: 20, callers: [2, 20] })
})
