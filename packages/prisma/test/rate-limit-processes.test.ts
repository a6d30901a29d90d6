import { type StoreWorkers, startStoreWorkers } from '@authcore/conformance/node'
import { createRateLimiter } from '@authcore/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithPostgres } from './setup/describe-with-postgres.js'
import { START } from './setup/fixtures.js'
import { openPostgres, type PostgresInstance } from './setup/postgres.js'

await describeWithPostgres('a rate limit of two processes', server => {
  let workers: StoreWorkers
  let database: PostgresInstance
  beforeAll(async () => {
    workers = await startStoreWorkers({ module: new URL('setup/store-worker.mjs', import.meta.url) })
    database = await openPostgres(server)
  })
  afterAll(async () => {
    await workers.stop()
    await database.end()
  })

  it('lets exactly 250 of 1,000 parallel hits pass', async () => {
    const { stores, close } = await workers.open({ url: database.url })
    const limiters = stores.map(({ rateLimits }) =>
      createRateLimiter({ store: rateLimits, clock: () => START }),
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
