import { storeConformance } from '@authcore/conformance'
import { afterAll, describe, it } from 'vitest'
import { MemoryRevocationStore, MemorySessionStore, memoryStores } from '../../src/memory/index.js'

const runner = { describe, it, afterAll }

storeConformance({
  runner,
  name: 'memory',
  createStores: () => ({ stores: memoryStores() }),
  capabilities: { sharedSessionRevocation: true, sweeps: true },
})

storeConformance({
  runner,
  name: 'memory, revocations apart from sessions',
  createStores: () => ({
    stores: { sessions: new MemorySessionStore(), revocations: new MemoryRevocationStore() },
  }),
  capabilities: { sharedSessionRevocation: false, sweeps: true },
  only: ['sessions', 'revocations'],
  runs: 20,
})
