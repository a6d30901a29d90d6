// The kit as a store author runs it with node:test; AUTHCORE_BROKEN=yes breaks a store.
import { after, describe, it } from 'node:test'
import { storeConformance } from '@authcore/conformance'
import { memoryStores } from '@authcore/core/memory'

const isBroken = process.env.AUTHCORE_BROKEN === 'yes'

storeConformance({
  runner: { describe, it, afterAll: after },
  name: 'memory under node:test',
  createStores: () => {
    const stores = memoryStores()
    if (isBroken) stores.sessions.revoke = async () => ({ found: true })
    return { stores }
  },
  capabilities: { sharedSessionRevocation: true, sweeps: true },
  runs: 10,
  histories: 10,
})
