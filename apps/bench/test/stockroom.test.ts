import { expect, test } from 'vitest'
import type { Group, Stock } from '../src/harness/operation.js'
import { createStockroom } from '../src/harness/stockroom.js'

function createStock(fill?: () => Promise<void>) {
  const done: string[] = []
  const stock: Stock = {
    name: 'stock',
    async fill(onProgress) {
      done.push('fill')
      onProgress('half')
      await fill?.()
      return { place: 'here', drop: async () => void done.push('drop') }
    },
  }
  return { stock, done }
}

const createGroup = (id: string, stock?: Stock): Group => ({
  id,
  title: id,
  subjects: [],
  ...(stock !== undefined && { stock }),
})

test('a stock is filled for its first group and dropped after its last', async () => {
  const { stock, done } = createStock()
  const [first, other, last] = [createGroup('first', stock), createGroup('other'), createGroup('last', stock)]
  const told: string[] = []
  const stockroom = createStockroom([first, other, last], text => told.push(text))
  expect(done).toEqual([])
  expect(await stockroom.enter(first)).toBe('here')
  await stockroom.leave(first)
  expect(await stockroom.enter(other)).toBe('')
  await stockroom.leave(other)
  expect(await stockroom.enter(last)).toBe('here')
  expect(done).toEqual(['fill'])
  await stockroom.leave(last)
  expect(done).toEqual(['fill', 'drop'])
  expect(told).toEqual(['stock: half', 'stock: dropping'])
})

test('one that cannot be filled fails each of its groups, and is tried once', async () => {
  const { stock, done } = createStock(() => Promise.reject(new Error('away')))
  const groups = [createGroup('first', stock), createGroup('last', stock)]
  const stockroom = createStockroom(groups, () => {})
  for (const group of groups) {
    await expect(stockroom.enter(group)).rejects.toThrow('away')
    await stockroom.leave(group)
  }
  expect(done).toEqual(['fill'])
})
