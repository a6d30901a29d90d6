import { validateInteger } from './arguments.js'
import type { Context } from './context.js'

/** How much one step of the clean-up may delete. */
export interface SweepOptions {
  /** Rows of one delete statement, 1 to 10,000; 500 unless told. */
  readonly batchSize?: number
}

/** How many expired records were deleted, by store. */
export interface SweepResult
  extends Readonly<Record<'sessions' | 'apiKeys' | 'revocations' | 'oneTime' | 'rateLimits', number>> {
  /** Absent where there is no such store. */
  readonly documents?: number
}

/**
 * Deletes what has expired, in bounded batches, so that no statement holds locks for long. Expired records are never
 * returned anyway; this only gives their space back. Several processes may sweep at the same time; what one of them
 * holds at the moment, another leaves to it or to the next time.
 * @throws StoreError `store_unavailable`; what was deleted before stays deleted
 */
export async function sweepStores(
  { settings, stores }: Context,
  { batchSize = 500 }: SweepOptions = {},
): Promise<SweepResult> {
  const limit = validateInteger(batchSize, 'batchSize', 1, 10_000)
  const now = settings.clock()
  const sweep = async (store: Sweepable): Promise<number> => {
    let total = 0
    for (;;) {
      const { removed } = await store.sweep({ now, limit })
      total += removed
      // a batch that was not full is the last one; another cleaner may have taken the rest
      if (removed < limit) return total
    }
  }
  return Object.freeze({
    sessions: await sweep(stores.sessions),
    apiKeys: await sweep(stores.apiKeys),
    revocations: await sweep(stores.revocations),
    oneTime: await sweep(stores.oneTime),
    rateLimits: await sweep(stores.rateLimits),
    ...(stores.documents !== undefined && { documents: await sweep(stores.documents) }),
  })
}

interface Sweepable {
  sweep(command: { readonly now: number; readonly limit: number }): Promise<{ readonly removed: number }>
}
