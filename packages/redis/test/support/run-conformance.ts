import { storeConformance } from '@authcore/conformance'
import {
  leaveOut,
  type MissingServer,
  type StoreWorkers,
  saveReport,
  startStoreWorkers,
} from '@authcore/conformance/node'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { redisStores } from '../../src/index.js'
import { CLIENT_KINDS, type ClientKind, openClient, type TestClient } from './clients.js'
import type { TestPlace } from './servers.js'

/** How much is tested beside the contract itself. */
export interface Effort {
  readonly runs?: number
  readonly histories?: number
}

/**
 * Runs the contract: one client of a kind in this process, behind a proxy where there is one; a client of the other
 * kind beside it; and two processes more.
 * @param name as it stands in the report
 */
export function runConformance(
  name: string,
  kind: ClientKind,
  place: TestPlace | MissingServer,
  effort: Effort = {},
): void {
  const runner = { describe, it, afterAll }
  if ('missing' in place) {
    leaveOut({ runner, name, reason: place.missing })
    return
  }
  const { ports, isCluster, proxy } = place
  const otherKind = CLIENT_KINDS.find(other => other !== kind) ?? kind
  let opened: { readonly main: TestClient; readonly other: TestClient; readonly workers: StoreWorkers }
  let instances = 0

  beforeAll(async () => {
    opened = {
      main: await openClient(kind, proxy === undefined ? place : { ports: [proxy.port], isCluster }),
      other: await openClient(otherKind, place),
      workers: await startStoreWorkers({ module: new URL('store-worker.mjs', import.meta.url) }),
    }
  })
  afterAll(async () => {
    await opened.main.close()
    await opened.other.close()
    await opened.workers.stop()
    await place.leave()
  })

  storeConformance({
    runner,
    name,
    ...effort,
    capabilities: {
      sharedSessionRevocation: true,
      sweeps: false,
      serverFaults: proxy?.faults.kinds ?? [],
    },
    print: report => {
      saveReport('reports/stores')(report)
      console.log(report)
    },
    createStores: async () => {
      instances += 1
      // tests hold the clock: what they leave behind must outlast them and nothing more
      const options = { prefix: `${place.prefix}:${instances}`, expiryMarginSeconds: 600 }
      const others = await opened.workers.open({ kind, ports, isCluster, ...options })
      return {
        stores: redisStores(opened.main.client, options),
        peers: [redisStores(opened.other.client, options), ...others.stores],
        ...(proxy !== undefined && { faults: proxy.faults }),
        close: others.close,
      }
    },
  })
}
