import type { StoreWorkers } from '@authcore/conformance/node'
import { leaveOut, startStoreWorkers } from '@authcore/conformance/node'
import { createRateLimiter } from '@authcore/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPlace, type TestPlace } from './support/servers.js'

const place = await findPlace()
const NOW = 4_102_444_800_000

if ('missing' in place)
  leaveOut({ runner: { describe, it, afterAll }, name: 'rate limits', reason: place.missing })
else describeProcesses(place)

function describeProcesses(server: TestPlace): void {
  describe('a rate limit of two processes', () => {
    let workers: StoreWorkers
    beforeAll(async () => {
      workers = await startStoreWorkers({ module: new URL('support/store-worker.mjs', import.meta.url) })
    })
    afterAll(async () => {
      await workers.stop()
      await server.leave()
    })

    it.each(['ioredis', 'node-redis'])('lets exactly 250 of 1,000 parallel hits pass (%s)', async kind => {
      const { ports, isCluster, prefix } = server
      const connection = { kind, ports, isCluster, prefix: `${prefix}:${kind}`, expiryMarginSeconds: 600 }
      const { stores, close } = await workers.open(connection)
      const limiters = stores.map(({ rateLimits }) =>
        createRateLimiter({ store: rateLimits, clock: () => NOW }),
      )
      const policy = { name: 'race', limit: 250, windowSeconds: 3600 }
      const identity = { kind: 'subject', id: 'user-1' }
      const hits = Array.from({ length: 1000 }, (_, index) =>
        limiters[index % limiters.length]?.take(policy, identity),
      )
      const settled = await Promise.allSettled(hits)
      await close()
      const codes = settled.flatMap(hit => (hit.status === 'rejected' ? [hit.reason.code] : []))
      const remaining = settled.flatMap(hit => (hit.status === 'fulfilled' ? [hit.value?.remaining] : []))
      expect(limiters).toHaveLength(2)
      expect(remaining.toSorted((one = 0, other = 0) => one - other)).toEqual(
        Array.from({ length: 250 }, (_, index) => index),
      )
      expect(codes).toEqual(Array.from({ length: 750 }, () => 'rate_limited'))
    })
  })
}
