import { ExpiryHeap, type HeapItem } from './expiry-heap.js'

/** How an {@link ExpiringMap} is set up. */
export interface ExpiringMapOptions<Value> {
  readonly maxEntries: number
  /** Told of every value that leaves, so that an index can follow. */
  readonly onDelete?: (value: Value) => void
}

interface Entry<Value> extends HeapItem {
  readonly key: string
  value: Value
}

// more than one per addition, so that expired entries shrink away; few enough that no request waits for it
const PURGED_PER_ADDITION = 4

/**
 * A map whose entries expire. It is bounded, forgets nothing that is still alive, and purges in small batches
 * while entries are added; no call looks at more entries than it must.
 */
export class ExpiringMap<Value> {
  readonly #maxEntries: number
  readonly #onDelete: ((value: Value) => void) | undefined
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #heap = new ExpiryHeap<Entry<Value>>()

  constructor({ maxEntries, onDelete }: ExpiringMapOptions<Value>) {
    this.#maxEntries = maxEntries
    this.#onDelete = onDelete
  }

  /** How many entries are held, expired ones that were not purged yet included. */
  get size(): number {
    return this.#entries.size
  }

  /** The value, unless it has expired (`now >= expiresAt`). */
  find(key: string, now: number): Value | undefined {
    const entry = this.#entries.get(key)
    return entry === undefined || now >= entry.expiresAt ? undefined : entry.value
  }

  /** The value, also an expired one that was not purged yet. */
  findStored(key: string): Value | undefined {
    return this.#entries.get(key)?.value
  }

  /**
   * Makes sure that entries can be added, so that a command of several fails before its first change.
   * @throws {Error} when there is no room: dropping a live entry would undo a revocation or allow a replay
   */
  makeRoom(count: number, now: number): void {
    this.sweep(now, count + PURGED_PER_ADDITION)
    if (this.#entries.size + count <= this.#maxEntries) return
    throw new Error(
      `The memory store is full: it holds ${this.#entries.size} unexpired entries and maxEntries is ${this.#maxEntries}. ` +
        'Raise maxEntries or use a database.',
    )
  }

  /**
   * Adds an entry, in the place of the one with that key if there is one.
   * @throws {Error} when the map is full of unexpired entries
   */
  set(key: string, value: Value, expiresAt: number, now: number): void {
    this.delete(key)
    this.makeRoom(1, now)
    const entry: Entry<Value> = { key, value, expiresAt, position: 0 }
    this.#entries.set(key, entry)
    this.#heap.add(entry)
  }

  /** Changes an entry that exists. Purges nothing, so it is safe while walking an index. */
  replace(key: string, value: Value, expiresAt: number): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    entry.value = value
    // most changes move no expiry; then the neighbours in the heap, anywhere in memory, are not looked at
    if (entry.expiresAt === expiresAt) return
    entry.expiresAt = expiresAt
    this.#heap.reorder(entry)
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#heap.delete(entry)
    this.#onDelete?.(entry.value)
  }

  /** Deletes at most `limit` expired entries and returns how many it deleted. */
  sweep(now: number, limit: number): number {
    let removed = 0
    for (; removed < limit; removed += 1) {
      const first = this.#heap.first()
      if (first === undefined || now < first.expiresAt) break
      this.delete(first.key)
    }
    return removed
  }
}
