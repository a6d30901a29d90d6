import type { Stores } from '@authcore/core/ports'
import { describeHostileApiKeys } from './contract/api-key-hostile.js'
import { describeApiKeyRaces } from './contract/api-key-races.js'
import { describeApiKeyStore } from './contract/api-key-store.js'
import { describeDocumentFaults } from './contract/document-faults.js'
import { describeHostileDocuments } from './contract/document-hostile.js'
import { describeDocumentRaces } from './contract/document-races.js'
import { describeDocumentStore } from './contract/document-store.js'
import { describeIsolation } from './contract/isolation.js'
import { describeOneTimeStore } from './contract/one-time-store.js'
import { describeRateLimitStore } from './contract/rate-limit-store.js'
import { describeRevocationStore } from './contract/revocation-store.js'
import { describeRoundTrips } from './contract/round-trips.js'
import { describeHostileSessions } from './contract/session-hostile.js'
import { describeSessionRaces } from './contract/session-races.js'
import { describeSessionStore } from './contract/session-store.js'
import { describeSigningKeyStore } from './contract/signing-key-store.js'
import { describeEndToEnd } from './faults/end-to-end.js'
import { formatReport } from './format-report.js'
import { describeDocumentHistories } from './history/document-history.js'
import { describeOneTimeHistories } from './history/one-time-history.js'
import { describeSessionHistories } from './history/session-history.js'
import { describeApiKeyModel } from './model/api-key-model.js'
import { describeDocumentModel } from './model/document-model.js'
import { describeOneTimeModel } from './model/one-time-model.js'
import { describeRateLimitModel } from './model/rate-limit-model.js'
import { describeRevocationModel } from './model/revocation-model.js'
import { describeSessionModel } from './model/session-model.js'
import { describeSigningKeyModel } from './model/signing-key-model.js'
import { STORE_NAMES, type StoreConformanceOptions, type StoreName } from './options.js'
import { createPortKit, type PortKit } from './port-kit.js'
import { toSettings } from './settings.js'

/** The tests of each store. */
const CONTRACTS: {
  readonly [Name in StoreName]: readonly ((kit: PortKit<Required<Stores>[Name]>) => void)[]
} = {
  sessions: [
    describeSessionStore,
    describeHostileSessions,
    describeSessionRaces,
    describeSessionModel,
    describeSessionHistories,
  ],
  apiKeys: [describeApiKeyStore, describeHostileApiKeys, describeApiKeyRaces, describeApiKeyModel],
  signingKeys: [describeSigningKeyStore, describeSigningKeyModel],
  revocations: [describeRevocationStore, describeRevocationModel],
  oneTime: [describeOneTimeStore, describeOneTimeModel, describeOneTimeHistories],
  rateLimits: [describeRateLimitStore, describeRateLimitModel],
  documents: [
    describeDocumentStore,
    describeHostileDocuments,
    describeDocumentRaces,
    describeDocumentFaults,
    describeDocumentModel,
    describeDocumentHistories,
  ],
}

/**
 * Registers the whole contract of the stores with a test runner. Time comes from the tests and never from a clock;
 * nothing sleeps. At the end the report is printed.
 *
 * @throws {TypeError} when an option makes no sense
 * @example
 * import { after, describe, it } from 'node:test'
 * import { memoryStores } from '@authcore/core/memory'
 *
 * storeConformance({
 *   runner: { describe, it, afterAll: after },
 *   name: 'memory',
 *   createStores: () => ({ stores: memoryStores() }),
 *   capabilities: { sharedSessionRevocation: true, sweeps: true },
 * })
 */
export function storeConformance(options: StoreConformanceOptions): void {
  const settings = toSettings(options)
  settings.runner.describe(settings.name, () => {
    describeIsolation(settings)
    for (const name of STORE_NAMES) {
      if (settings.only.includes(name)) describeStore(name, createPortKit(name, settings))
    }
    // AuthCore itself needs all but the optional one
    if (STORE_NAMES.every(name => name === 'documents' || settings.only.includes(name))) {
      if (settings.capabilities.countsRoundTrips === true) describeRoundTrips(settings)
      describeEndToEnd(settings)
    }
    settings.runner.afterAll(() => settings.print(formatReport(settings)))
  })
}

function describeStore<Name extends StoreName>(name: Name, kit: PortKit<Required<Stores>[Name]>): void {
  for (const describeContract of CONTRACTS[name]) describeContract(kit)
}
