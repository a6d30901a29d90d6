import { storeConformance } from '@authcore/conformance'
import { afterAll, describe, it } from 'vitest'
import { InstancePool } from './setup/instance-pool.js'
import { openPglite } from './setup/pglite.js'
import { printReport } from './setup/print-report.js'

const pool = new InstancePool(openPglite)
afterAll(() => pool.end())

storeConformance({
  runner: { describe, it, afterAll },
  name: 'PGlite (Prisma 7)',
  createStores: () => pool.take(),
  capabilities: { sharedSessionRevocation: true, sweeps: true },
  print: printReport,
  // a hundred thousand commands, on a machine that does other things as well
  timeoutMs: 600_000,
})
