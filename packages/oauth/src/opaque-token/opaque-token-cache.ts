import type { Clock } from '@authcore/core'
import type { OpaqueTokenRecord } from './opaque-token-record.js'

/** Remembers records of tokens for a stated age. */
export interface OpaqueTokenCache {
  /** The record, unless it is older than allowed. */
  find(tokenId: string): OpaqueTokenRecord | undefined
  /**
   * Asks the store and remembers the answer, as old as its question.
   * @returns what the store answered
   */
  load(
    tokenId: string,
    ask: () => Promise<OpaqueTokenRecord | undefined>,
  ): Promise<OpaqueTokenRecord | undefined>
  /** Forgets everything, also answers that are on their way: this process has revoked something. */
  clear(): void
}

/** How a cache works. */
export interface OpaqueTokenCacheOptions {
  readonly maxAgeSeconds: number
  readonly maxEntries: number
  readonly clock: Clock
}

interface Answer {
  readonly record: OpaqueTokenRecord
  readonly askedAt: number
}

/** Creates a cache; an age of 0 remembers nothing. */
export function createOpaqueTokenCache(options: OpaqueTokenCacheOptions): OpaqueTokenCache {
  const { maxAgeSeconds, maxEntries, clock } = options
  const answers = new Map<string, Answer>()
  let cleared = 0
  return {
    find: tokenId => {
      const answer = answers.get(tokenId)
      if (answer === undefined) return undefined
      const age = clock() - answer.askedAt
      // a clock that was set back proves nothing about age
      return age >= 0 && age < maxAgeSeconds * 1000 ? answer.record : undefined
    },
    load: async (tokenId, ask) => {
      const askedAt = clock()
      const clearedBefore = cleared
      const record = await ask()
      if (record === undefined || maxAgeSeconds === 0 || cleared !== clearedBefore) return record
      answers.delete(tokenId)
      if (answers.size >= maxEntries) forgetOldest(answers)
      answers.set(tokenId, { record, askedAt })
      return record
    },
    clear: () => {
      cleared += 1
      answers.clear()
    },
  }
}

function forgetOldest(answers: Map<string, Answer>): void {
  const oldest = answers.keys().next()
  if (!oldest.done) answers.delete(oldest.value)
}
