import { storeConformance } from '@authcore/conformance'
import { afterAll, describe, it } from 'vitest'
import { InstancePool } from './setup/instance-pool.js'
import { openPglite } from './setup/pglite.js'

const pool = new InstancePool(openPglite)
afterAll(() => pool.end())

storeConformance({
  runner: { describe, it, afterAll },
  name: 'prisma 7 on PGlite',
  createStores: () => pool.take(),
  capabilities: { sharedSessionRevocation: true, sweeps: true },
})
