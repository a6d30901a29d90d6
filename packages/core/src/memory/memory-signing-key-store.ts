import {
  assertCounts,
  assertInstants,
  assertObjects,
  assertOptionalInstants,
  assertStrings,
} from '../ports/assert-arguments.js'
import type { SigningKeyRecord, SigningKeyRing, SigningKeyStore } from '../ports/signing-key-store.js'
import { freezeRecord } from './freeze-record.js'
import { type MemoryStoreOptions, parseMaxEntries } from './max-entries.js'

/** Keeps the ring of signing keys in the memory of one process. */
export class MemorySigningKeyStore implements SigningKeyStore {
  readonly #maxEntries: number
  #ring: SigningKeyRing = freezeRecord<SigningKeyRing>({ version: 0, keys: [] })

  /** @throws {ConfigError} `config_invalid` when `maxEntries` is not a positive integer */
  constructor(options: MemoryStoreOptions = {}) {
    this.#maxEntries = parseMaxEntries(options)
  }

  async read({ now }: { readonly now: number }): Promise<SigningKeyRing> {
    assertInstants({ now })
    return this.#ring
  }

  async replace({
    expectedVersion,
    keys,
    now,
  }: {
    readonly expectedVersion: number
    readonly keys: readonly SigningKeyRecord[]
    readonly now: number
  }): Promise<{ readonly outcome: 'replaced' | 'conflict' }> {
    assertCounts({ expectedVersion })
    assertInstants({ now })
    const ring = freezeRecord<SigningKeyRing>({ version: expectedVersion + 1, keys })
    if (!Array.isArray(ring.keys)) throw new TypeError('keys must be an array.')
    for (const key of ring.keys) assertSigningKey(key)
    if (expectedVersion !== this.#ring.version) return { outcome: 'conflict' }
    if (ring.keys.length > this.#maxEntries) {
      throw new Error(`The memory store is full: the ring may hold ${this.#maxEntries} keys (maxEntries).`)
    }
    this.#ring = ring
    return { outcome: 'replaced' }
  }
}

function assertSigningKey(key: SigningKeyRecord): void {
  assertObjects({ key })
  const { kid, algorithm, sealedPrivateJwk, secretId, announcedAt, activatesAt, withdrawnAt, publicJwk } = key
  assertStrings({ kid, algorithm, sealedPrivateJwk, secretId })
  assertInstants({ announcedAt, activatesAt })
  assertOptionalInstants({ withdrawnAt })
  if (publicJwk !== undefined) assertObjects({ publicJwk })
}
