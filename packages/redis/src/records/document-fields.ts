import type { DocumentKey, DocumentRecord, PutDocumentCommand } from '@authcore/core/ports'
import {
  assertCounts,
  assertDocumentTags,
  assertDocumentText,
  assertInstants,
  assertObjects,
  assertOptionalInstants,
  assertStrings,
} from '@authcore/core/ports'
import { toJsonText } from '../arguments/to-json-text.js'
import { decodeKeyText, encodeKeyText } from './key-text.js'
import { isJsonObject, toArguments, toRecord } from './shapes.js'
import {
  damaged,
  readCount,
  readJson,
  readNumber,
  readOptionalNumber,
  readText,
  type StoredFields,
} from './stored-fields.js'

/** A document with what its index and its writers go by. */
export interface StoredDocument {
  readonly record: DocumentRecord
  readonly writeId: string
  /** Stands in the indexes beside the id; each write that changes them brings another. */
  readonly name: string
}

/**
 * Writes a document as the fields of a hash, without those that the script sets.
 * @throws {TypeError} when a field has another type, or there is too much of it
 */
export function toDocumentArguments(command: PutDocumentCommand): readonly string[] {
  const { namespace, id, tags, value, expectedVersion, expiresAt, writeId, now } = command
  assertStrings({ namespace, id, writeId })
  assertDocumentTags(tags)
  assertObjects({ value })
  assertCounts({ expectedVersion })
  assertInstants({ now })
  assertOptionalInstants({ expiresAt })
  const text = toJsonText(value)
  assertDocumentText(text)
  return toArguments({
    namespace: encodeKeyText(namespace),
    id: encodeKeyText(id),
    tags: encodeTags(tags),
    value: text,
    expiresAt,
  })
}

/**
 * Reads a document back.
 * @throws {StoreError} `store_record_invalid` when anything is missing or of another type, or the record is of another
 *   key
 */
export function readDocument(fields: StoredFields, { namespace, id }: DocumentKey): StoredDocument {
  if (readText(fields, 'namespace') !== namespace || readText(fields, 'id') !== id) {
    throw damaged('a document of another key')
  }
  const record = toRecord<DocumentRecord>({
    namespace,
    id,
    version: readCount(fields, 'version'),
    tags: decodeTags(fields.get('tags')),
    value: readJson(fields, 'value', isJsonObject),
    createdAt: readNumber(fields, 'createdAt'),
    updatedAt: readNumber(fields, 'updatedAt'),
    expiresAt: readOptionalNumber(fields, 'expiresAt'),
  })
  return { record, writeId: readText(fields, 'writeId'), name: readText(fields, 'name') }
}

/** Tags as one text, a space between two: no encoded text has one. */
export function encodeTags(tags: readonly string[]): string {
  return tags.map(encodeKeyText).join(' ')
}

/** @throws {StoreError} `store_record_invalid` for anything that {@link encodeTags} did not write */
export function decodeTags(text: string | undefined): readonly string[] {
  if (text === undefined) throw damaged('tags')
  if (text === '') return Object.freeze([])
  return Object.freeze(
    text.split(' ').map(encoded => {
      const tag = decodeKeyText(encoded)
      if (tag === undefined) throw damaged('tags')
      return tag
    }),
  )
}
