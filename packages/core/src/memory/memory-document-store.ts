import { ownMembers } from '../own-members.js'
import {
  assertCounts,
  assertInstants,
  assertOptionalCounts,
  assertOptionalInstants,
  assertOptionalStrings,
  assertStrings,
} from '../ports/assert-arguments.js'
import { assertDocumentTags, assertDocumentText } from '../ports/assert-document.js'
import type {
  DocumentKey,
  DocumentRecord,
  DocumentStore,
  PutDocumentCommand,
  PutDocumentOutcome,
  RemoveDocumentCommand,
  RemoveDocumentOutcome,
} from '../ports/document-store.js'
import { ExpiringMap } from './expiring-map.js'
import { freezeRecord } from './freeze-record.js'
import { type MemoryStoreOptions, parseMaxEntries } from './max-entries.js'
import { NewestFirstIndex } from './newest-first-index.js'

interface StoredDocument {
  readonly record: DocumentRecord
  /** The attempt that stored this version. */
  readonly writeId: string
}

/** Keeps documents in the memory of one process. */
export class MemoryDocumentStore implements DocumentStore {
  readonly #documents: ExpiringMap<StoredDocument>
  readonly #byTag = new NewestFirstIndex()

  /** @throws {ConfigError} `config_invalid` when `maxEntries` is not a positive integer */
  constructor(options: MemoryStoreOptions = {}) {
    this.#documents = new ExpiringMap({
      maxEntries: parseMaxEntries(options),
      onDelete: ({ record }) => this.#leaveIndex(record),
    })
  }

  async put(command: PutDocumentCommand): Promise<PutDocumentOutcome> {
    const { namespace, id, tags, value, expiresAt, ...attempt } = ownMembers(
      freezeRecord<PutDocumentCommand>(command),
    )
    const { expectedVersion, writeId, now } = attempt
    assertStrings({ namespace, id, writeId })
    assertDocumentTags(tags)
    assertValue(value)
    assertCounts({ expectedVersion })
    assertInstants({ now })
    assertOptionalInstants({ expiresAt })

    const key = toKey(namespace, id)
    const stored = this.#documents.find(key, now)
    const current = stored?.record.version ?? 0
    if (stored?.writeId === writeId && current === expectedVersion + 1) {
      return { outcome: 'stored', version: current }
    }
    if (current !== expectedVersion) return { outcome: 'conflict' }
    const record = freezeRecord<DocumentRecord>({
      namespace,
      id,
      version: current + 1,
      tags,
      value,
      createdAt: stored?.record.createdAt ?? now,
      updatedAt: now,
      expiresAt,
    })
    this.#write(key, { record, writeId }, now)
    return { outcome: 'stored', version: record.version }
  }

  async find({
    namespace,
    id,
    now,
  }: DocumentKey & { readonly now: number }): Promise<DocumentRecord | undefined> {
    assertStrings({ namespace, id })
    assertInstants({ now })
    return this.#documents.find(toKey(namespace, id), now)?.record
  }

  async list({
    namespace,
    tag,
    now,
    limit,
  }: {
    readonly namespace: string
    readonly tag: string
    readonly now: number
    readonly limit: number
  }): Promise<readonly DocumentRecord[]> {
    assertStrings({ namespace, tag })
    assertInstants({ now })
    assertCounts({ limit })
    const documents: DocumentRecord[] = []
    if (limit === 0) return documents
    for (const document of this.#tagged(namespace, tag, now)) {
      if (documents.push(document) === limit) break
    }
    return documents
  }

  async remove(command: RemoveDocumentCommand): Promise<RemoveDocumentOutcome> {
    const { namespace, id, tag, expectedVersion, now } = ownMembers(command)
    assertStrings({ namespace, id })
    assertOptionalStrings({ tag })
    assertOptionalCounts({ expectedVersion })
    assertInstants({ now })
    const key = toKey(namespace, id)
    const document = this.#documents.find(key, now)?.record
    if (document === undefined || (tag !== undefined && !document.tags.includes(tag))) {
      return { outcome: 'not_found' }
    }
    if (expectedVersion !== undefined && document.version !== expectedVersion) return { outcome: 'conflict' }
    this.#documents.delete(key)
    return { outcome: 'removed' }
  }

  async removeAll({
    namespace,
    tag,
    now,
  }: {
    readonly namespace: string
    readonly tag: string
    readonly now: number
  }): Promise<{ readonly removed: number }> {
    assertStrings({ namespace, tag })
    assertInstants({ now })
    // all are gathered first: the index must not change while it is walked
    const documents = [...this.#tagged(namespace, tag, now)]
    for (const { id } of documents) this.#documents.delete(toKey(namespace, id))
    return { removed: documents.length }
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
    return { removed: this.#documents.sweep(now, limit) }
  }

  /** In the place of what stands under the key; a full store refuses new documents before it changes anything. */
  #write(key: string, stored: StoredDocument, now: number): void {
    const { record } = stored
    const { expiresAt = Number.POSITIVE_INFINITY } = ownMembers(record)
    const isNew = this.#documents.find(key, now) === undefined
    if (isNew && now < expiresAt) this.#documents.makeRoom(1, now)
    this.#documents.delete(key)
    if (now >= expiresAt) return
    this.#documents.set(key, stored, expiresAt, now)
    for (const tag of record.tags) this.#byTag.add(toKey(record.namespace, tag), record)
  }

  *#tagged(namespace: string, tag: string, now: number): Generator<DocumentRecord> {
    for (const id of this.#byTag.ids(toKey(namespace, tag))) {
      const stored = this.#documents.find(toKey(namespace, id), now)
      if (stored !== undefined) yield stored.record
    }
  }

  #leaveIndex(record: DocumentRecord): void {
    for (const tag of record.tags) this.#byTag.delete(toKey(record.namespace, tag), record)
  }
}

function assertValue(value: PutDocumentCommand['value']): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('value must be an object.')
  }
  assertDocumentText(JSON.stringify(value))
}

function toKey(namespace: string, text: string): string {
  // the length keeps ('a', 'b:c') and ('a:b', 'c') apart
  return `${namespace.length}:${namespace}:${text}`
}
