import { fileURLToPath } from 'node:url'
import { memoryStores } from '@authcore/core/memory'
import { afterAll, describe, it } from 'vitest'
import { storeConformance } from '../src/index.js'
import { saveReport } from '../src/node/index.js'

storeConformance({
  runner: { describe, it, afterAll },
  name: 'memory',
  createStores: () => ({ stores: memoryStores() }),
  capabilities: { sharedSessionRevocation: true, sweeps: true },
  print: saveReport(fileURLToPath(new URL('../reports/stores', import.meta.url))),
})
