import type { FilledStock, Group, Stock } from './operation.js'

/** Fills the stock of a group when it is first needed, and drops it when no group is left that needs it. */
export interface Stockroom {
  /** @returns where the records of the group are; empty for a group without a stock */
  enter(group: Group): Promise<string>
  leave(group: Group): Promise<void>
}

/** @param wanted all groups that will enter, in their order */
export function createStockroom(wanted: readonly Group[], onProgress: (text: string) => void): Stockroom {
  const waiting = new Set(wanted)
  const filled = new Map<Stock, Promise<FilledStock>>()
  return {
    async enter({ stock }) {
      if (stock === undefined) return ''
      // one that could not be filled fails every group that needs it, and is not tried again
      const filling = filled.get(stock) ?? stock.fill(text => onProgress(`${stock.name}: ${text}`))
      filled.set(stock, filling)
      return (await filling).place
    },
    async leave(group) {
      waiting.delete(group)
      const { stock } = group
      if (stock === undefined || [...waiting].some(other => other.stock === stock)) return
      const filling = filled.get(stock)
      filled.delete(stock)
      const known = await filling?.catch(() => undefined)
      if (known === undefined) return
      onProgress(`${stock.name}: dropping`)
      await known.drop()
    },
  }
}
