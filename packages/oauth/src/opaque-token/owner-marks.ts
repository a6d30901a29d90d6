import { StoreError } from '@authcore/core'
import type { RevocationMark, RevocationStore } from '@authcore/core/ports'
import type { TokenHost } from '../token-host.js'

/** When the tokens of some owners were last ended all at once, in the order of their tags. */
export type OwnerInstants = readonly (number | undefined)[]

/**
 * Remembers when all tokens of an owner were ended, for tokens that are being issued meanwhile: whoever issues reads
 * the marks before and after it stores the record, whoever ends them writes the mark before it removes the records. So
 * a record that comes too late to be removed sees a mark that has moved. Verifying needs no mark: a token that was
 * handed out stood in the store before the mark, and was removed with the others.
 */
export interface OwnerMarks {
  /** One store call. @param tags those of one token */
  read(tags: readonly string[]): Promise<OwnerInstants>
  /** Moves the mark of an owner, also twice within one millisecond. */
  move(tag: string): Promise<void>
}

/** Whether a mark was moved between two readings; which clock wrote it does not count. */
export function hasMoved(before: OwnerInstants, after: OwnerInstants): boolean {
  // one that has run out was written long before
  return after.some((instant, index) => instant !== undefined && instant !== before[index])
}

/** What marks need of a deployment. */
export interface OwnerMarksOptions {
  readonly host: Pick<TokenHost, 'clock' | 'grants'>
  readonly store: RevocationStore
  hash(text: string): string
}

/** Issuing that takes longer makes a token that has expired; a minute more for clocks that differ. */
const MARGIN_SECONDS = 60

/** Prepares the marks in the revocation store. */
export function createOwnerMarks({ host, store, hash }: OwnerMarksOptions): OwnerMarks {
  // the hash keeps them apart from marks of the same kind that end everything of a subject
  const toMark = (tag: string): RevocationMark => ({ kind: 'subject', id: hash(tag) })
  return Object.freeze({
    read: async tags => {
      const instants = await store.find({ marks: tags.map(toMark), now: host.clock() })
      // an answer that is too short would look like marks that have not moved
      if (instants.length !== tags.length) throw new StoreError('store_record_invalid')
      return instants
    },
    move: async tag => {
      const mark = toMark(tag)
      const now = host.clock()
      const [before = Number.NEGATIVE_INFINITY] = await store.find({ marks: [mark], now })
      const revokedAt = Math.max(now, before + 1)
      const expiresAt = revokedAt + 1000 * (host.grants.maxLifetimeSeconds + MARGIN_SECONDS)
      await store.revoke({ entries: [{ ...mark, revokedAt, expiresAt }], now })
    },
  } satisfies OwnerMarks)
}
