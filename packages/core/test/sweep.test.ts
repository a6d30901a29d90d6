import { expect, it } from 'vitest'
import { deploy } from './fixtures.js'

it('deletes what has expired, in bounded batches, and keeps the rest', async () => {
  const { auth, clock, stores } = deploy({ session: { idleSeconds: 60, absoluteSeconds: 60 } })
  for (let count = 0; count < 25; count++) {
    await auth.sessions.start({ subject: `user-${count}` })
    await auth.apiKeys.issue({ ownerId: 'owner-1', name: 'short', expiresInSeconds: 60 })
  }
  const kept = await auth.apiKeys.issue({ ownerId: 'owner-1', name: 'kept' })
  const limits: number[] = []
  const sweep = stores.sessions.sweep.bind(stores.sessions)
  stores.sessions.sweep = command => {
    limits.push(command.limit)
    return sweep(command)
  }
  clock.advance(60)
  expect(await auth.sweep({ batchSize: 10 })).toMatchObject({ sessions: 25, apiKeys: 25 })
  expect(limits).toEqual([10, 10, 10])
  expect(await auth.sweep()).toEqual({ sessions: 0, apiKeys: 0, revocations: 0, oneTime: 0, rateLimits: 0 })
  await expect(auth.apiKeys.verify(kept.apiKey)).resolves.toBeDefined()
})

it.each([0, -1, 1.5, 10_001, Number.NaN])('refuses a batch of %d', async batchSize => {
  const { auth } = deploy()
  await expect(auth.sweep({ batchSize })).rejects.toMatchObject({ code: 'argument_invalid' })
})
