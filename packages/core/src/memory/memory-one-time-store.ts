import type { JsonObject } from '../json.js'
import { assertCounts, assertInstants, assertStrings } from '../ports/assert-arguments.js'
import type { OneTimeKey, OneTimeStore } from '../ports/one-time-store.js'
import { ExpiringMap } from './expiring-map.js'
import { freezeRecord } from './freeze-record.js'
import { type MemoryStoreOptions, parseMaxEntries } from './max-entries.js'

interface OneTimeEntry {
  /** Who reserved the key or took the value. */
  readonly holder?: string
  /** Absent on a reservation. */
  readonly value?: JsonObject
  readonly expiresAt: number
}

/** Keeps values that count once in the memory of one process. */
export class MemoryOneTimeStore implements OneTimeStore {
  readonly #entries: ExpiringMap<OneTimeEntry>

  /** @throws {ConfigError} `config_invalid` when `maxEntries` is not a positive integer */
  constructor(options: MemoryStoreOptions = {}) {
    this.#entries = new ExpiringMap({ maxEntries: parseMaxEntries(options) })
  }

  async reserve({
    namespace,
    key,
    holder,
    expiresAt,
    now,
  }: OneTimeKey & {
    readonly holder: string
    readonly expiresAt: number
    readonly now: number
  }): Promise<{ readonly outcome: 'reserved' | 'taken' }> {
    assertStrings({ namespace, key, holder })
    assertInstants({ expiresAt, now })
    const entryKey = toEntryKey(namespace, key)
    const entry = this.#entries.find(entryKey, now)
    if (entry !== undefined) {
      const isOwn = entry.value === undefined && entry.holder === holder
      return { outcome: isOwn ? 'reserved' : 'taken' }
    }
    if (now < expiresAt) this.#entries.set(entryKey, { holder, expiresAt }, expiresAt, now)
    return { outcome: 'reserved' }
  }

  async put({
    namespace,
    key,
    value,
    expiresAt,
    now,
  }: OneTimeKey & {
    readonly value: JsonObject
    readonly expiresAt: number
    readonly now: number
  }): Promise<{ readonly outcome: 'stored' | 'exists' }> {
    assertStrings({ namespace, key })
    assertInstants({ expiresAt, now })
    const stored = freezeRecord<JsonObject>(value)
    const entryKey = toEntryKey(namespace, key)
    if (this.#entries.find(entryKey, now) !== undefined) return { outcome: 'exists' }
    if (now < expiresAt) this.#entries.set(entryKey, { value: stored, expiresAt }, expiresAt, now)
    return { outcome: 'stored' }
  }

  async take({
    namespace,
    key,
    holder,
    now,
  }: OneTimeKey & { readonly holder: string; readonly now: number }): Promise<
    { readonly outcome: 'taken'; readonly value: JsonObject } | { readonly outcome: 'not_found' }
  > {
    assertStrings({ namespace, key, holder })
    assertInstants({ now })
    const entryKey = toEntryKey(namespace, key)
    const entry = this.#entries.find(entryKey, now)
    if (entry?.value === undefined) return { outcome: 'not_found' }
    if (entry.holder !== undefined && entry.holder !== holder) return { outcome: 'not_found' }
    // what is left is the tombstone that lets the same holder ask again and nobody else
    this.#entries.replace(entryKey, { ...entry, holder }, entry.expiresAt)
    return { outcome: 'taken', value: entry.value }
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
}

function toEntryKey(namespace: string, key: string): string {
  // the length keeps ('a', 'b:c') and ('a:b', 'c') apart
  return `${namespace.length}:${namespace}:${key}`
}
