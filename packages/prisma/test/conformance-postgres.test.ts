import { storeConformance } from '@authcore/conformance'
import { type StoreWorkers, startStoreWorkers } from '@authcore/conformance/node'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { describeWithPostgres } from './setup/describe-with-postgres.js'
import { InstancePool } from './setup/instance-pool.js'
import { openPostgres } from './setup/postgres.js'
import { printReport } from './setup/print-report.js'

const NAME = 'PostgreSQL (Prisma 7, from three processes)'

await describeWithPostgres(NAME, server => {
  let workers: StoreWorkers | undefined
  const pool = new InstancePool(() => openPostgres(server, workers && { workers }))
  beforeAll(async () => {
    workers = await startStoreWorkers({ module: new URL('setup/store-worker.mjs', import.meta.url) })
  })
  afterAll(async () => {
    await pool.end()
    await workers?.stop()
  })
  storeConformance({
    runner: { describe, it, afterAll },
    name: NAME,
    createStores: () => pool.take(),
    capabilities: { sharedSessionRevocation: true, sweeps: true },
    print: printReport,
    // a hundred thousand commands, on a machine that does other things as well
    timeoutMs: 600_000,
  })
})
