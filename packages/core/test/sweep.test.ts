import { expect, it } from 'vitest'
import { memoryStores } from '../src/memory/index.js'
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
  expect(await auth.sweep()).toEqual({
    sessions: 0,
    apiKeys: 0,
    revocations: 0,
    oneTime: 0,
    rateLimits: 0,
    documents: 0,
  })
  await expect(auth.apiKeys.verify(kept.apiKey)).resolves.toBeDefined()
})

it('sweeps documents where there is a store for them', async () => {
  const { documents, ...sixStores } = memoryStores()
  const { auth, clock } = deploy({ stores: { ...sixStores, documents } })
  const now = clock()
  for (let count = 0; count < 3; count++) {
    const document = { namespace: 'n', id: `d${count}`, tags: [], value: {}, expectedVersion: 0, now }
    await auth.stores.documents?.put({ ...document, writeId: `w${count}`, expiresAt: now + 1000 })
  }
  clock.advance(1)
  expect(await auth.sweep({ batchSize: 2 })).toMatchObject({ documents: 3 })
  expect(await deploy({ stores: sixStores }).auth.sweep()).not.toHaveProperty('documents')
})

it.each([0, -1, 1.5, 10_001, Number.NaN])('refuses a batch of %d', async batchSize => {
  const { auth } = deploy()
  await expect(auth.sweep({ batchSize })).rejects.toMatchObject({ code: 'argument_invalid' })
})
