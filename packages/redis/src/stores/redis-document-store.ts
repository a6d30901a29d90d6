import { randomUUID } from 'node:crypto'
import type {
  DocumentKey,
  DocumentRecord,
  DocumentStore,
  PutDocumentCommand,
  PutDocumentOutcome,
  RemoveDocumentCommand,
  RemoveDocumentOutcome,
} from '@authcore/core/ports'
import {
  assertCounts,
  assertInstants,
  assertOptionalCounts,
  assertOptionalStrings,
  assertStrings,
} from '@authcore/core/ports'
import type { RedisConnection } from '../client/redis-connection.js'
import {
  decodeTags,
  readDocument,
  type StoredDocument,
  toDocumentArguments,
} from '../records/document-fields.js'
import { decodeKeyText, encodeKeyText } from '../records/key-text.js'
import { damaged, parseNumber, toList, toStoredFields, toTexts } from '../records/stored-fields.js'
import {
  FIND_DOCUMENT,
  LIST_DOCUMENTS,
  LIST_NAMED_DOCUMENTS,
  LIST_UNEXPIRED_DOCUMENTS,
  PUT_DOCUMENT,
  REMOVE_DOCUMENT,
  REMOVE_TAGGED,
} from '../scripts/document-scripts.js'
import { collectNewest, mapInBatches, newestFirst } from './collect.js'
import { type NamedDocument, readMember, unnameDocument } from './document-index.js'
import { putDocumentInCluster } from './put-document-in-cluster.js'

type Removal =
  | { readonly outcome: 'removed'; readonly named: NamedDocument; readonly tags: readonly string[] }
  | { readonly outcome: 'not_found' | 'conflict' }

interface TagQuery {
  readonly namespace: string
  readonly tag: string
  readonly now: number
}

/**
 * Keeps documents in Redis. A document is one hash, found by its namespace and id; the index of each tag names ids. In
 * a cluster, where these stand in different slots, an index is written first and read first, so it always names at
 * least what there is.
 */
export class RedisDocumentStore implements DocumentStore {
  readonly #redis: RedisConnection

  /** @param redis what {@link connectRedis} returns */
  constructor(redis: RedisConnection) {
    this.#redis = redis
  }

  async put(command: PutDocumentCommand): Promise<PutDocumentOutcome> {
    const fields = toDocumentArguments(command)
    const { namespace, id, tags, expectedVersion, writeId, expiresAt, now } = command
    const { keys, isCluster } = this.#redis
    const key = keys.document(namespace, id)
    const toArguments = (name: string, expectedName: string) => [
      ...this.#time(now),
      String(expectedVersion),
      encodeKeyText(writeId),
      name,
      expectedName,
      String(expiresAt ?? 'inf'),
      keys.suffixLength(key),
      `${encodeKeyText(namespace)} ${encodeKeyText(id)}`,
      ...fields,
    ]
    if (isCluster) {
      const find = () => this.#findStored({ namespace, id }, now)
      return putDocumentInCluster(this.#redis, command, { find, toArguments })
    }
    const indexes = tags.map(tag => keys.tagged(namespace, tag))
    const named = indexes.flatMap(({ created, expiry }) => [created, expiry])
    const [outcome] = toTexts(
      await this.#redis.run(PUT_DOCUMENT, [key, ...named], toArguments(randomUUID(), '')),
    )
    if (outcome === 'conflict') return { outcome }
    if (outcome !== 'stored' && outcome !== 'repeated') throw damaged('an outcome that is not known')
    return { outcome: 'stored', version: expectedVersion + 1 }
  }

  async find({
    namespace,
    id,
    now,
  }: DocumentKey & { readonly now: number }): Promise<DocumentRecord | undefined> {
    assertStrings({ namespace, id })
    assertInstants({ now })
    return (await this.#findStored({ namespace, id }, now))?.record
  }

  async list({
    namespace,
    tag,
    now,
    limit,
  }: TagQuery & { readonly limit: number }): Promise<readonly DocumentRecord[]> {
    assertStrings({ namespace, tag })
    assertInstants({ now })
    assertCounts({ limit })
    if (limit === 0) return []
    const { keys, isCluster } = this.#redis
    if (isCluster) return this.#listNamed({ namespace, tag, now }, limit)
    const { created } = keys.tagged(namespace, tag)
    const args = [...this.#query(created, { namespace, tag, now }), String(limit)]
    const listed = toList(await this.#redis.run(LIST_DOCUMENTS, [created], args)).map(item => {
      const [id, fields] = toList(item)
      return readDocument(toStoredFields(fields), { namespace, id: toId(id) }).record
    })
    return listed.sort(newestFirst).slice(0, limit)
  }

  async remove({
    namespace,
    id,
    tag,
    expectedVersion,
    now,
  }: RemoveDocumentCommand): Promise<RemoveDocumentOutcome> {
    assertStrings({ namespace, id })
    assertOptionalStrings({ tag })
    assertOptionalCounts({ expectedVersion })
    assertInstants({ now })
    const removal = await this.#remove({ namespace, id }, now, tag, expectedVersion)
    await this.#unname(removal)
    return { outcome: removal.outcome }
  }

  async removeAll({ namespace, tag, now }: TagQuery): Promise<{ readonly removed: number }> {
    assertStrings({ namespace, tag })
    assertInstants({ now })
    const { keys, isCluster } = this.#redis
    const { created, expiry } = keys.tagged(namespace, tag)
    if (isCluster) return this.#removeNamed(expiry, { namespace, tag, now })
    const args = this.#query(created, { namespace, tag, now })
    const [removed = ''] = toTexts(await this.#redis.run(REMOVE_TAGGED, [created, expiry], args))
    return { removed: parseNumber(removed, 'a count') }
  }

  /** Redis deletes by itself what has expired, and writing to an index deletes what it names too long. */
  async sweep({ now, limit }: { readonly now: number; readonly limit: number }): Promise<{
    readonly removed: number
  }> {
    assertInstants({ now })
    assertCounts({ limit })
    return { removed: 0 }
  }

  async #findStored({ namespace, id }: DocumentKey, now: number): Promise<StoredDocument | undefined> {
    const key = this.#redis.keys.document(namespace, id)
    const fields = toStoredFields(await this.#redis.run(FIND_DOCUMENT, [key], []))
    if (fields.size === 0) return undefined
    const stored = readDocument(fields, { namespace, id })
    return now >= (stored.record.expiresAt ?? Number.POSITIVE_INFINITY) ? undefined : stored
  }

  async #remove(
    { namespace, id }: DocumentKey,
    now: number,
    tag?: string,
    expectedVersion?: number,
  ): Promise<Removal> {
    const { keys, isCluster } = this.#redis
    const key = keys.document(namespace, id)
    const args = [
      ...this.#time(now),
      tag === undefined ? '' : encodeKeyText(tag),
      String(expectedVersion ?? ''),
      isCluster ? '' : keys.suffixLength(key),
      encodeKeyText(namespace),
      encodeKeyText(id),
    ]
    const [outcome, name = '', tags] = toTexts(await this.#redis.run(REMOVE_DOCUMENT, [key], args))
    switch (outcome) {
      case 'removed':
        return { outcome, named: { namespace, id, name }, tags: decodeTags(tags) }
      case 'not_found':
      case 'conflict':
        return { outcome }
      default:
        throw damaged('an outcome that is not known')
    }
  }

  /** In a cluster the names go after the document: on one server they went with it. */
  async #unname(removal: Removal): Promise<void> {
    if (!this.#redis.isCluster || removal.outcome !== 'removed') return
    await unnameDocument(this.#redis, removal.named, removal.tags)
  }

  /** Each document is removed by a command of its own; all have been when this answers. */
  async #removeNamed(
    expiry: string,
    { namespace, tag, now }: TagQuery,
  ): Promise<{ readonly removed: number }> {
    const members = toTexts(await this.#redis.run(LIST_UNEXPIRED_DOCUMENTS, [expiry], [String(now)]))
    const ids = [...new Set(members.map(member => readMember(member).id))]
    const removals = await mapInBatches(ids, id => this.#remove({ namespace, id }, now, tag))
    const removed = removals.filter(({ outcome }) => outcome === 'removed')
    await mapInBatches(removed, removal => this.#unname(removal))
    return { removed: removed.length }
  }

  #listNamed({ namespace, tag, now }: TagQuery, limit: number): Promise<readonly DocumentRecord[]> {
    const { created } = this.#redis.keys.tagged(namespace, tag)
    return collectNewest<DocumentRecord>(limit, {
      members: async (first, last) =>
        toTexts(await this.#redis.run(LIST_NAMED_DOCUMENTS, [created], [String(first), String(last)])),
      find: async member => {
        const { id, name } = readMember(member)
        const stored = await this.#findStored({ namespace, id }, now)
        return stored?.name === name && stored.record.tags.includes(tag) ? stored.record : undefined
      },
    })
  }

  #query(created: string, { namespace, tag, now }: TagQuery): readonly string[] {
    const { keys } = this.#redis
    return [...this.#time(now), keys.suffixLength(created), encodeKeyText(namespace), encodeKeyText(tag)]
  }

  #time(now: number): readonly [string, string] {
    return [String(now), this.#redis.expiryMargin]
  }
}

function toId(member: unknown): string {
  const id = typeof member === 'string' ? decodeKeyText(member) : undefined
  if (id === undefined) throw damaged('a member of an index')
  return id
}
