/**
 * The executable contract of AuthCore's stores.
 * @module
 */
export { ConformanceError } from './expect.js'
export type { ServerFaultKind, ServerFaults } from './faults/server-faults.js'
export type {
  StoreCapabilities,
  StoreConformanceOptions,
  StoreName,
  StoresUnderTest,
  SweepingStoreName,
} from './options.js'
export type { TestRunner } from './runner.js'
export { storeConformance } from './store-conformance.js'
