import { describe, expect, it } from 'vitest'
import { createLastUsed } from '../../src/api-key/last-used.js'
import type { Context } from '../../src/context.js'
import { MemoryApiKeyStore } from '../../src/memory/index.js'
import { holdClock, override, START } from '../fixtures.js'

interface Use {
  readonly id: string
  readonly lastUsedAt: number
}

/** A gatherer whose writes are kept, and fail where a test says by their number. */
function observe() {
  const clock = holdClock()
  const batches: (readonly Use[])[] = []
  const failing = new Set<number>()
  const apiKeys = override(new MemoryApiKeyStore(), {
    async touch({ uses }) {
      if (failing.has(batches.push(uses))) throw new Error('connection reset')
    },
  })
  // only what a gatherer looks at
  const context = { settings: { clock, apiKey: { lastUsedIntervalSeconds: 60 } }, stores: { apiKeys } }
  return { clock, batches, failing, lastUsed: createLastUsed(context as unknown as Context) }
}

/** Lets everything that was started without waiting come to its end. */
function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

describe('gathering instants of use', () => {
  it('writes with the first use after the interval, and then waits for as long again', async () => {
    const { clock, batches, lastUsed } = observe()
    lastUsed.note('a', clock())
    clock.advanceMs(59_999)
    lastUsed.note('b', clock())
    await settle()
    expect(batches).toEqual([])
    clock.advanceMs(1)
    lastUsed.note('c', clock())
    lastUsed.note('d', clock())
    await settle()
    expect(batches).toEqual([
      [
        { id: 'a', lastUsedAt: START },
        { id: 'b', lastUsedAt: START + 59_999 },
        { id: 'c', lastUsedAt: START + 60_000 },
        { id: 'd', lastUsedAt: START + 60_000 },
      ],
    ])
    clock.advanceMs(59_999)
    lastUsed.note('e', clock())
    await settle()
    expect(batches).toHaveLength(1)
    clock.advanceMs(1)
    lastUsed.note('e', clock())
    await settle()
    expect(batches).toHaveLength(2)
  })

  it('keeps the latest instant of a key', async () => {
    const { batches, lastUsed } = observe()
    lastUsed.note('a', START + 5)
    lastUsed.note('a', START + 3)
    await lastUsed.flush()
    expect(batches).toEqual([[{ id: 'a', lastUsedAt: START + 5 }]])
    await lastUsed.flush()
    expect(batches).toHaveLength(1)
  })

  it('writes 500 at a time, and early when 10,000 keys wait', async () => {
    const { batches, lastUsed } = observe()
    const ids = Array.from({ length: 10_000 }, (_, index) => `k${index}`)
    for (const id of ids.slice(0, -1)) lastUsed.note(id, START)
    await settle()
    expect(batches).toEqual([])
    lastUsed.note(ids.at(-1) ?? '', START)
    await settle()
    expect(batches.map(uses => uses.length)).toEqual(Array(20).fill(500))
    expect(batches.flat().map(({ id }) => id)).toEqual(ids)
  })

  it('keeps for the next time what a failed write had not reached', async () => {
    const { batches, failing, lastUsed } = observe()
    for (let index = 0; index < 1001; index++) lastUsed.note(`k${index}`, START)
    failing.add(2)
    await expect(lastUsed.flush()).rejects.toThrow('connection reset')
    expect(batches.map(uses => uses.length)).toEqual([500, 500])
    lastUsed.note('k700', START + 1)
    await lastUsed.flush()
    const rest = batches.slice(2).flat()
    expect(rest.map(({ id }) => id)).toEqual(Array.from({ length: 501 }, (_, index) => `k${500 + index}`))
    expect(rest.find(({ id }) => id === 'k700')?.lastUsedAt).toBe(START + 1)
  })
})
