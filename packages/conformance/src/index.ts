/**
 * The executable contract of AuthCore's stores.
 * @module
 */
export { ConformanceError } from './expect.js'
export type { ServerFaultKind, ServerFaults } from './faults/server-faults.js'
export {
  type FaultyStores,
  STORE_FAULTS,
  type StoreCall,
  type StoreFault,
  withFaults,
} from './faults/with-faults.js'
export {
  findLinearization,
  type HistoryCall,
  type SequentialSpec,
} from './history/find-linearization.js'
export { recordHistory } from './history/record-history.js'
export type {
  StoreCapabilities,
  StoreConformanceOptions,
  StoreName,
  StoresUnderTest,
  SweepingStoreName,
} from './options.js'
export type { TestRunner } from './runner.js'
export { storeConformance } from './store-conformance.js'
