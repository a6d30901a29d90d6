import { StoreError } from '@authcore/core'

/**
 * Waits for an answer, but not for ever: clients wait for a server that hangs unless they were told otherwise.
 * @throws {StoreError} `store_unavailable` when there is no answer in time
 */
export function withinTime<Answer>(answer: Promise<Answer>, milliseconds: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const cause = new Error(`Redis gave no answer within ${milliseconds} ms.`)
      reject(new StoreError('store_unavailable', { cause }))
    }, milliseconds)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
