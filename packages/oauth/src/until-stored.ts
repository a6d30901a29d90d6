import { StoreError } from '@authcore/core'

/** So many rounds of compare-and-set that fail mean that something is wrong. */
const MAX_ROUNDS = 100

/**
 * Repeats a conditional write until it gets through. Each round that fails means that somebody else got through.
 * @throws StoreError `store_unavailable`
 */
export async function untilStored<Result>(attempt: () => Promise<Result | undefined>): Promise<Result> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const result = await attempt()
    if (result !== undefined) return result
  }
  throw new StoreError('store_unavailable')
}
