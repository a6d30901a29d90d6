import { StoreError } from '../errors.js'
import type { Clock } from '../ports/clock.js'
import type { RevocationEntry, RevocationMark, RevocationStore } from '../ports/revocation-store.js'

/** What is asked about one credential. */
export interface RevocationQuestion {
  readonly marks: readonly RevocationMark[]
  /** Epoch milliseconds: a mark on a subject or a client refuses what was issued at or before its instant. */
  readonly issuedAt: number
}

/** Answers whether a credential has been revoked, at most as stale as the settings allow. */
export interface RevocationCheck {
  /** @throws StoreError when the store cannot be asked */
  isRevoked(question: RevocationQuestion): Promise<boolean>
  /** Takes over what this process itself revokes, so that here nothing is stale. */
  remember(entries: readonly RevocationEntry[]): void
}

/** How a check works. */
export interface RevocationCheckOptions {
  readonly store: RevocationStore
  readonly clock: Clock
  readonly maxStalenessSeconds: number
}

/** The most answers that are kept while staleness is allowed. */
const MAX_REMEMBERED = 100_000

interface Answer {
  readonly revokedAt: number | undefined
  /** When the store was asked, not when it answered: a slow answer is as old as its question. */
  readonly askedAt: number
}

/** Creates a check that asks the store every time, or as rarely as `maxStalenessSeconds` allows. */
export function createRevocationCheck(options: RevocationCheckOptions): RevocationCheck {
  return options.maxStalenessSeconds === 0 ? createDirectCheck(options) : createRememberingCheck(options)
}

/** Tells whether a mark with that instant refuses a credential. */
export function isRefusedBy(mark: RevocationMark, revokedAt: number | undefined, issuedAt: number): boolean {
  if (revokedAt === undefined) return false
  switch (mark.kind) {
    // these never come back, so whatever carries their id is refused, also what a racing refresh issued later
    case 'token':
    case 'session':
    case 'signing_key':
      return true
    case 'subject':
    case 'client':
      return revokedAt >= issuedAt
  }
}

function createDirectCheck({ store, clock }: RevocationCheckOptions): RevocationCheck {
  return {
    async isRevoked({ marks, issuedAt }) {
      const instants = await store.find({ marks, now: clock() })
      return hasRefusal(marks, instants, issuedAt)
    },
    remember() {},
  }
}

function createRememberingCheck({
  store,
  clock,
  maxStalenessSeconds,
}: RevocationCheckOptions): RevocationCheck {
  const answers = new Map<string, Answer>()

  const findFresh = (mark: RevocationMark, now: number): Answer | undefined => {
    const answer = answers.get(toKey(mark))
    return answer !== undefined && now - answer.askedAt < maxStalenessSeconds * 1000 ? answer : undefined
  }
  const remember = (mark: RevocationMark, answer: Answer): Answer => {
    const key = toKey(mark)
    const known = answers.get(key)
    if (known !== undefined && supersedes(known, answer)) return known
    answers.delete(key)
    answers.set(key, answer)
    if (answers.size > MAX_REMEMBERED) forgetOldest(answers)
    return answer
  }
  const ask = async (marks: readonly RevocationMark[], now: number): Promise<readonly Answer[]> => {
    if (marks.length === 0) return []
    const instants = await store.find({ marks, now })
    if (instants.length !== marks.length) throw new StoreError('store_record_invalid')
    return marks.map((mark, index) => remember(mark, { revokedAt: instants[index], askedAt: now }))
  }

  return {
    async isRevoked({ marks, issuedAt }) {
      const now = clock()
      const held = marks.map(mark => findFresh(mark, now))
      const asked = await ask(
        marks.filter((_, index) => held[index] === undefined),
        now,
      )
      const rest = asked[Symbol.iterator]()
      const instants = held.map(answer => answer ?? rest.next().value).map(answer => answer?.revokedAt)
      return hasRefusal(marks, instants, issuedAt)
    },
    remember(entries) {
      for (const entry of entries) remember(entry, { revokedAt: entry.revokedAt, askedAt: clock() })
    },
  }
}

/** An answer that was asked for earlier must not hide a revocation that came in between. */
function supersedes(known: Answer, later: Answer): boolean {
  if (known.askedAt !== later.askedAt) return known.askedAt > later.askedAt
  // within one millisecond nothing tells which was first: the mark that refuses more stays
  return (known.revokedAt ?? Number.NEGATIVE_INFINITY) >= (later.revokedAt ?? Number.NEGATIVE_INFINITY)
}

function hasRefusal(
  marks: readonly RevocationMark[],
  instants: readonly (number | undefined)[],
  issuedAt: number,
): boolean {
  if (instants.length !== marks.length) throw new StoreError('store_record_invalid')
  return marks.some((mark, index) => isRefusedBy(mark, instants[index], issuedAt))
}

function toKey({ kind, id }: RevocationMark): string {
  return `${kind}:${id}`
}

function forgetOldest(answers: Map<string, Answer>): void {
  const oldest = answers.keys().next()
  if (!oldest.done) answers.delete(oldest.value)
}
