import { RateLimitError } from '@authcore/core'

/** How much work is done at once, and how much may wait. */
export interface WorkQueueOptions {
  readonly concurrency: number
  readonly maxQueued: number
}

/** Runs work in the order in which it came. */
export type WorkQueue = <Result>(work: () => Promise<Result>) => Promise<Result>

const RETRY_AFTER_SECONDS = 1

/**
 * Bounds memory and waiting: each hash takes megabytes, so a flood of logins must be turned away and not piled up.
 * @returns a queue; what finds it full is refused with RateLimitError `hashing_overloaded`
 */
export function createWorkQueue({ concurrency, maxQueued }: WorkQueueOptions): WorkQueue {
  const waiting: (() => void)[] = []
  let running = 0

  const enter = (): Promise<void> | undefined => {
    if (running < concurrency) {
      running += 1
      return undefined
    }
    if (waiting.length >= maxQueued) throw new RateLimitError('hashing_overloaded', RETRY_AFTER_SECONDS)
    return new Promise(resolve => waiting.push(resolve))
  }
  const leave = (): void => {
    const next = waiting.shift()
    // the place is handed on, so nobody who comes in between can take it
    if (next === undefined) running -= 1
    else next()
  }

  return async work => {
    await enter()
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
