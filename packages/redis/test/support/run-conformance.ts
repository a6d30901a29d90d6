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

/**
 * Runs the contract: one client of a kind in this process, one of the other kind beside it, and two processes more.
 * @param name as it stands in the report
 */
export function runConformance(name: string, kind: ClientKind, place: TestPlace | MissingServer): void {
  const runner = { describe, it, afterAll }
  if ('missing' in place) {
    leaveOut({ runner, name, reason: place.missing })
    return
  }
  const clients: TestClient[] = []
  let workers: StoreWorkers | undefined
  let instances = 0

  beforeAll(async () => {
    for (const each of CLIENT_KINDS) clients.push(await openClient(each, place))
    workers = await startStoreWorkers({ module: new URL('store-worker.mjs', import.meta.url) })
  })
  afterAll(async () => {
    await Promise.all(clients.map(client => client.close()))
    await workers?.stop()
    await place.leave()
  })

  storeConformance({
    runner,
    name,
    capabilities: { sharedSessionRevocation: true, sweeps: false },
    print: report => {
      saveReport('reports/stores')(report)
      console.log(report)
    },
    createStores: async () => {
      instances += 1
      const prefix = `${place.prefix}:${instances}`
      // tests hold the clock: what they leave behind must outlast them and nothing more
      const options = { prefix, expiryMarginSeconds: 600 }
      const [main, other] = kind === 'node-redis' ? clients : clients.toReversed()
      if (main === undefined || other === undefined || workers === undefined) throw new Error('Not set up.')
      const { ports, isCluster } = place
      const opened = await workers.open({ kind, ports, isCluster, ...options })
      return {
        stores: redisStores(main.client, options),
        peers: [redisStores(other.client, options), ...opened.stores],
        close: opened.close,
      }
    },
  })
}
