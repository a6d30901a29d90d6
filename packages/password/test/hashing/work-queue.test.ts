import { describe, expect, it } from 'vitest'
import { createHasherOn } from '../../src/hashing/create-password-hasher.js'
import type { HashingBackend } from '../../src/hashing/hashing-backend.js'
import { backend as node } from '../../src/hashing/node.js'
import { createWorkQueue } from '../../src/hashing/work-queue.js'

/** Work that ends when the test says so. */
function controlledWork() {
  const started: (() => void)[] = []
  return {
    started,
    work: () => new Promise<void>(resolve => started.push(resolve)),
    endOne: async () => {
      started.shift()?.()
      await turn()
    },
  }
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

describe('the queue', () => {
  it('runs no more at once than it is told, keeps the order, and refuses what it cannot hold', async () => {
    const enqueue = createWorkQueue({ concurrency: 2, maxQueued: 3 })
    const { work, started, endOne } = controlledWork()
    const done: number[] = []
    const calls = [0, 1, 2, 3, 4].map(index => enqueue(work).then(() => done.push(index)))
    await turn()
    expect(started).toHaveLength(2)
    await expect(enqueue(work)).rejects.toMatchObject({
      name: 'RateLimitError',
      code: 'hashing_overloaded',
      retryAfterSeconds: 1,
    })
    await endOne()
    expect(started).toHaveLength(2)
    const another = enqueue(work).then(() => done.push(5))
    for (let left = 5; left > 0; left -= 1) await endOne()
    await Promise.all([...calls, another])
    expect(done).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('goes on after work that fails', async () => {
    const enqueue = createWorkQueue({ concurrency: 1, maxQueued: 1 })
    const failed = enqueue(() => Promise.reject(new Error('no')))
    const next = enqueue(() => Promise.resolve('yes'))
    await expect(failed).rejects.toThrow('no')
    expect(await next).toBe('yes')
    await expect(enqueue(() => Promise.reject(new Error('again')))).rejects.toThrow('again')
    expect(await enqueue(() => Promise.resolve('still'))).toBe('still')
  })

  it('bounds the hashes of a hasher: a flood is turned away, the rest is right', async () => {
    let running = 0
    let most = 0
    const counting: HashingBackend = {
      ...node,
      argon2: async (...args) => {
        running += 1
        most = Math.max(most, running)
        try {
          return await node.argon2(...args)
        } finally {
          running -= 1
        }
      },
    }
    const hasher = createHasherOn(counting, { concurrency: 2, maxQueued: 8 })
    const passwordHash = await hasher.hash('right')
    const settled = await Promise.allSettled(
      Array.from({ length: 100 }, () => hasher.verify('right', passwordHash)),
    )
    const refused = settled.flatMap(result => (result.status === 'rejected' ? [result.reason.code] : []))
    expect(most).toBe(2)
    expect(refused).toEqual(Array.from({ length: 90 }, () => 'hashing_overloaded'))
    expect(settled.filter(result => result.status === 'fulfilled' && result.value.matches)).toHaveLength(10)
  })

  it('leaves the event loop free while hashing', async () => {
    const hasher = createHasherOn(node)
    let turns = 0
    let isDone = false
    const hashing = hasher.hash('right').then(() => {
      isDone = true
    })
    while (!isDone) {
      turns += 1
      await new Promise(resolve => setImmediate(resolve))
    }
    await hashing
    expect(turns).toBeGreaterThan(1)
  })
})
