import { AsyncLocalStorage } from 'node:async_hooks'
import type { Stores, SweepResult } from '@authcore/core'

/** What one clean-up did. */
export interface CleanUpReport {
  readonly removed: SweepResult
  /** How many records each delete removed, in order. */
  readonly batches: readonly number[]
}

/** Deletes what has expired, at most so many rows at a time. */
export type CleanUp = (batchSize?: number) => Promise<CleanUpReport>

/** Counts what every delete of a clean-up removes. */
export interface SweepCounter {
  /** The stores, to be given to AuthCore. */
  readonly stores: Stores
  /** Runs one clean-up, such as `() => auth.sweep()`. */
  count(sweep: () => Promise<SweepResult>): Promise<CleanUpReport>
}

const SWEPT = ['sessions', 'apiKeys', 'revocations', 'oneTime', 'rateLimits', 'documents'] as const

/** AuthCore tells how much a clean-up removed; this also tells in which batches. */
export function createSweepCounter(stores: Stores): SweepCounter {
  // two clean-ups may run at once, each with its own list
  const running = new AsyncLocalStorage<number[]>()
  const note = (removed: number): void => {
    running.getStore()?.push(removed)
  }
  return {
    stores: {
      ...stores,
      ...Object.fromEntries(
        SWEPT.flatMap(name => {
          const store = stores[name]
          return store === undefined ? [] : [[name, observeSweep(store, note)]]
        }),
      ),
    },
    count: sweep => {
      const batches: number[] = []
      return running.run(batches, async () => ({ removed: await sweep(), batches }))
    },
  }
}

function observeSweep<Store extends Required<Stores>[(typeof SWEPT)[number]]>(
  store: Store,
  note: (removed: number) => void,
): Store {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      if (name !== 'sweep') return method.bind(target)
      return async (command: Parameters<Store['sweep']>[0]) => {
        const result = await target.sweep(command)
        note(result.removed)
        return result
      }
    },
  })
}
