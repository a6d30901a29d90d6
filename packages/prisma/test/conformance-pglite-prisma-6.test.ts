import { storeConformance } from '@authcore/conformance'
import { afterAll, describe, it } from 'vitest'
import { InstancePool } from './setup/instance-pool.js'
import { openPglite6 } from './setup/pglite.js'
import { printReport } from './setup/print-report.js'

const pool = new InstancePool(openPglite6)
afterAll(() => pool.end())

storeConformance({
  runner: { describe, it, afterAll },
  name: 'PGlite (Prisma 6)',
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
