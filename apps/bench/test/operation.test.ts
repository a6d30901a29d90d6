import { describe, expect, test, vi } from 'vitest'
import { findBatchSize, measure, measureAllocation } from '../src/harness/measure.js'
import { asynchronous, concurrent, synchronous } from '../src/harness/operation.js'

const counter = (): (() => number) => {
  let next = 0
  return () => next++
}

describe('operations', () => {
  test('inputs are made before the batch runs, one for each operation', () => {
    const makeInput = counter()
    const seen: number[] = []
    const run = synchronous(makeInput, input => seen.push(input)).prepareBatch(3)
    expect(makeInput()).toBe(3)
    expect(seen).toEqual([])
    expect(run()).toBeUndefined()
    expect(seen).toEqual([0, 1, 2])
  })

  test('asynchronous ones run one after the other', async () => {
    let running = 0
    let most = 0
    const operation = asynchronous(counter(), async () => {
      running += 1
      most = Math.max(most, running)
      await Promise.resolve()
      running -= 1
    })
    await operation.prepareBatch(5)()
    expect(most).toBe(1)
  })

  test('concurrent ones have as many in flight as told, and miss none', async () => {
    let running = 0
    let most = 0
    const seen: number[] = []
    const operation = concurrent(4, counter(), async input => {
      running += 1
      most = Math.max(most, running)
      await Promise.resolve()
      seen.push(input)
      running -= 1
    })
    await operation.prepareBatch(10)()
    expect(most).toBe(4)
    expect(seen.sort((left, right) => left - right)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('what an operation throws ends the measurement', async () => {
    const refused = synchronous(counter(), () => {
      throw new Error('refused')
    })
    await expect(measure(refused, { milliseconds: 0.001, batchSize: 1 })).rejects.toThrow('refused')
  })
})

describe('measuring', () => {
  test('counts whole batches and tells both clocks', async () => {
    const sample = await measure(
      synchronous(counter(), input => input),
      { milliseconds: 0.001, batchSize: 7 },
    )
    expect(sample.operations % 7).toBe(0)
    expect(sample.operations).toBeGreaterThan(0)
    expect(sample.wall).toBeGreaterThan(0)
    expect(sample.cpu).toBeGreaterThanOrEqual(0)
  })

  test('batches of quick operations grow to a bound', async () => {
    const size = await findBatchSize(
      synchronous(counter(), input => input),
      1e9,
    )
    expect(size).toBe(5000)
  })

  test('without a collector there is no figure for allocation', async () => {
    const operation = synchronous(counter(), input => ({ input }))
    expect(globalThis.gc).toBeUndefined()
    expect(await measureAllocation(operation, 10)).toBeUndefined()
  })

  test('allocation is what the heap grows by, and never negative', async () => {
    vi.stubGlobal('gc', async () => {})
    const bytes = await measureAllocation(
      asynchronous(counter(), async input => [input]),
      10,
    )
    expect(bytes).toBeGreaterThanOrEqual(0)
  })
})
