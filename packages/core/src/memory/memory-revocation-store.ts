import { assertCounts, assertInstants, assertStrings } from '../ports/assert-arguments.js'
import type {
  RevocationEntry,
  RevocationKind,
  RevocationMark,
  RevocationStore,
} from '../ports/revocation-store.js'
import { ExpiringMap } from './expiring-map.js'
import { type MemoryStoreOptions, parseMaxEntries } from './max-entries.js'
import type { EndedSessions } from './memory-session-store.js'

/** How a {@link MemoryRevocationStore} is set up. */
export interface MemoryRevocationStoreOptions extends MemoryStoreOptions {
  /** Sessions in the same memory: one that has ended counts as revoked at once. */
  readonly sessions?: EndedSessions
}

interface StoredRevocation {
  readonly revokedAt: number
  readonly expiresAt: number
}

// a record, so that a kind that is added to the port does not compile until it stands here
const KINDS: Readonly<Record<RevocationKind, true>> = {
  token: true,
  session: true,
  subject: true,
  client: true,
  signing_key: true,
}

/** Keeps revocations in the memory of one process. */
export class MemoryRevocationStore implements RevocationStore {
  readonly #entries: ExpiringMap<StoredRevocation>
  readonly #sessions: EndedSessions | undefined

  /** @throws {ConfigError} `config_invalid` when `maxEntries` is not a positive integer */
  constructor(options: MemoryRevocationStoreOptions = {}) {
    this.#entries = new ExpiringMap({ maxEntries: parseMaxEntries(options) })
    this.#sessions = options.sessions
  }

  async revoke({
    entries,
    now,
  }: {
    readonly entries: readonly RevocationEntry[]
    readonly now: number
  }): Promise<void> {
    assertInstants({ now })
    const changes = this.#mergeEntries(entries, now)
    const added = [...changes.keys()].filter(key => this.#entries.find(key, now) === undefined)
    // all or none: whoever repeats after the error must not find half of it done
    this.#entries.makeRoom(added.length, now)
    for (const [key, revocation] of changes) {
      this.#entries.set(key, revocation, revocation.expiresAt, now)
    }
  }

  async find({
    marks,
    now,
  }: {
    readonly marks: readonly RevocationMark[]
    readonly now: number
  }): Promise<readonly (number | undefined)[]> {
    assertInstants({ now })
    return marks.map(({ kind, id }) => {
      const recorded = this.#entries.find(toKey(kind, id), now)?.revokedAt
      const ended = kind === 'session' ? this.#sessions?.findRevokedAt(id, now) : undefined
      return recorded === undefined || ended === undefined ? (recorded ?? ended) : Math.max(recorded, ended)
    })
  }

  async sweep({
    now,
    limit,
  }: {
    readonly now: number
    readonly limit: number
  }): Promise<{ readonly removed: number }> {
    assertInstants({ now })
    assertCounts({ limit })
    return { removed: this.#entries.sweep(now, limit) }
  }

  /** What will be held of each thing named; nothing of one that is unknown and whose entry has expired. */
  #mergeEntries(entries: readonly RevocationEntry[], now: number): Map<string, StoredRevocation> {
    const merged = new Map<string, StoredRevocation>()
    for (const { kind, id, revokedAt, expiresAt } of entries) {
      const key = toKey(kind, id)
      assertInstants({ revokedAt, expiresAt })
      const known = merged.get(key) ?? this.#entries.find(key, now)
      if (known !== undefined) {
        merged.set(key, {
          revokedAt: Math.max(known.revokedAt, revokedAt),
          expiresAt: Math.max(known.expiresAt, expiresAt),
        })
      } else if (now < expiresAt) {
        merged.set(key, { revokedAt, expiresAt })
      }
    }
    return merged
  }
}

function toKey(kind: RevocationKind, id: string): string {
  assertStrings({ kind, id })
  if (!Object.hasOwn(KINDS, kind)) throw new TypeError('kind must be one of the kinds that can be revoked.')
  // no kind holds a colon, so two marks never share a key
  return `${kind}:${id}`
}
