import { storeConformance } from '@authcore/conformance'
import { afterAll, describe, it } from 'vitest'
import { describeWithPostgres } from './setup/describe-with-postgres.js'
import { InstancePool } from './setup/instance-pool.js'
import { openPostgres } from './setup/postgres.js'
import { printReport } from './setup/print-report.js'

const NAME = 'PostgreSQL (Prisma 6)'

await describeWithPostgres(NAME, server => {
  const pool = new InstancePool(() => openPostgres(server, { prisma: 6 }))
  afterAll(() => pool.end())
  storeConformance({
    runner: { describe, it, afterAll },
    name: NAME,
    createStores: () => pool.take(),
    capabilities: { sharedSessionRevocation: true, sweeps: true },
    print: printReport,
    // a hundred thousand commands, on a machine that does other things as well
    timeoutMs: 600_000,
    // the same statements as with Prisma 7: what differs is the client
    runs: 5,
    histories: 5,
    callers: [2, 20],
  })
})
