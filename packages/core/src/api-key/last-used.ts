import type { Context } from '../context.js'

/** Gathers when keys were used, so that verifying writes nothing. */
export interface LastUsed {
  note(id: string, usedAt: number): void
  /** Writes what has been gathered. A failed write is kept for the next time. */
  flush(): Promise<void>
}

/** As many ids are gathered at most; past that they are written early. */
const MAX_GATHERED = 10_000
const BATCH = 500

/** Creates a gatherer that writes when a use is noted after the interval; there is no timer. */
export function createLastUsed({ settings, stores }: Context): LastUsed {
  const { clock, apiKey } = settings
  const intervalMs = apiKey.lastUsedIntervalSeconds * 1000
  const gathered = new Map<string, number>()
  let flushedAt = clock()
  let writing: Promise<void> = Promise.resolve()

  const gather = (id: string, usedAt: number): void => {
    gathered.set(id, Math.max(usedAt, gathered.get(id) ?? usedAt))
  }

  const writeAll = async (): Promise<void> => {
    const uses = [...gathered].map(([id, lastUsedAt]) => ({ id, lastUsedAt }))
    gathered.clear()
    flushedAt = clock()
    for (let start = 0; start < uses.length; start += BATCH) {
      try {
        await stores.apiKeys.touch({ uses: uses.slice(start, start + BATCH), now: clock() })
      } catch (error) {
        for (const { id, lastUsedAt } of uses.slice(start)) gather(id, lastUsedAt)
        throw error
      }
    }
  }

  const flush = (): Promise<void> => {
    // one after the other: two writers would only repeat each other
    writing = writing.catch(() => {}).then(writeAll)
    return writing
  }

  return {
    note(id, usedAt) {
      gather(id, usedAt)
      if (usedAt - flushedAt < intervalMs && gathered.size < MAX_GATHERED) return
      flushedAt = usedAt
      // the verdict does not wait, and an outage is reported by the store guard's event
      flush().catch(() => {})
    },
    flush,
  }
}
