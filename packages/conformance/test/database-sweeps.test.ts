import { memoryStores } from '@authcore/core/memory'
import { afterAll, describe, it } from 'vitest'
import { storeConformance } from '../src/index.js'

// as for a database that deletes by itself: sweeps may do anything but delete what is alive
storeConformance({
  runner: { describe, it, afterAll },
  name: 'memory whose sweeps promise nothing',
  createStores: () => ({ stores: memoryStores() }),
  capabilities: { sharedSessionRevocation: true, sweeps: false },
  only: ['sessions', 'apiKeys', 'revocations', 'oneTime', 'rateLimits', 'documents'],
  runs: 2,
  histories: 2,
  callers: [2],
  seed: 1,
  print: () => {},
})
