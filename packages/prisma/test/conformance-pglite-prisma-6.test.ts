import { storeConformance } from '@authcore/conformance'
import { afterAll, describe, it } from 'vitest'
import { InstancePool } from './setup/instance-pool.js'
import { openPglite6 } from './setup/pglite.js'

const pool = new InstancePool(openPglite6)
afterAll(() => pool.end())

storeConformance({
  runner: { describe, it, afterAll },
  name: 'prisma 6 on PGlite',
  createStores: () => pool.take(),
  capabilities: { sharedSessionRevocation: true, sweeps: true },
  runs: 20,
  callers: [2, 20],
})
