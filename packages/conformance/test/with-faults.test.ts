import { memoryStores } from '@authcore/core/memory'
import { describe, expect, it } from 'vitest'
import { STORE_FAULTS, type StoreFault, withFaults } from '../src/index.js'

const TAKE = { key: 'k', limit: 5, windowSeconds: 60, cost: 1, now: 0 }

async function callWith(fault: StoreFault) {
  const stores = memoryStores()
  const faulty = withFaults(stores, ({ number }) => (number === 0 ? fault : undefined))
  const call = faulty.stores.rateLimits.take(TAKE)
  const ended = call.then(
    ({ remaining }) => remaining,
    error => error.code,
  )
  const remaining = async () => (await stores.rateLimits.take({ ...TAKE, cost: 0 })).remaining
  return { faulty, ended, remaining }
}

describe('withFaults', () => {
  it.each<[StoreFault, unknown, number]>([
    ['error_before', 'EINJECTED', 5],
    ['error_after', 'EINJECTED', 4],
    ['slow', 4, 4],
    ['connection_reset', 'ECONNRESET', 4],
    ['serialization_failure', '40001', 5],
    ['restart', '57P01', 4],
  ])('%s ends with %s and leaves %i', async (fault, answer, left) => {
    const { ended, remaining, faulty } = await callWith(fault)
    expect(await ended).toBe(answer)
    expect(await remaining()).toBe(left)
    expect(faulty.counts).toEqual({ calls: 1, faults: 1 })
  })

  it('hang has no effect until it is released, and then the answer comes too', async () => {
    const { faulty, ended, remaining } = await callWith('hang')
    await faulty.hung
    expect(await remaining()).toBe(5)
    await faulty.release()
    expect(await ended).toBe(4)
  })

  it('restart refuses everything until it is healed', async () => {
    const { faulty, ended } = await callWith('restart')
    await ended
    await expect(faulty.stores.sessions.find({ id: 'a', now: 0 })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
    faulty.heal()
    await expect(faulty.stores.sessions.find({ id: 'a', now: 0 })).resolves.toBeUndefined()
  })

  it('tells which call it is asked about', async () => {
    const calls: unknown[] = []
    const { stores } = withFaults(memoryStores(), call => {
      calls.push(call)
      return undefined
    })
    await stores.signingKeys.read({ now: 0 })
    await stores.sessions.find({ id: 'a', now: 0 })
    expect(calls).toEqual([
      { number: 0, store: 'signingKeys', method: 'read' },
      { number: 1, store: 'sessions', method: 'find' },
    ])
    expect(STORE_FAULTS).toHaveLength(7)
  })
})
