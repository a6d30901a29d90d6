import {
  assertDocumentTags,
  assertDocumentText,
  type DocumentKey,
  type DocumentRecord,
} from '@authcore/core/ports'
import { isPlainObject, toJsonText } from './json-text.js'
import { checkKey, expected, text } from './parameters.js'
import {
  damaged,
  type Row,
  readCount,
  readInteger,
  readJsonObject,
  readOptionalInteger,
  readStringList,
  readText,
  toRecord,
} from './row.js'
import { bind, type Sql, sql } from './sql.js'
import { decodeText } from './text-encoding.js'

/** What is read of the table, which stands as `document` in the statement. */
export const DOCUMENT_COLUMNS: Sql = sql`
  document.namespace, document.id, document.version, to_json(document.tags)::text AS tags,
  document.value::text AS value, document.created_at, document.updated_at, document.expires_at`

/** The condition that a row is the one of a key. */
export function isDocument({ namespace, id }: DocumentKey): Sql {
  return sql`document.namespace = ${text(namespace, 'namespace')} AND document.id = ${text(id, 'id')}`
}

/** The condition that a row has not expired. */
export function isLive(at: Sql): Sql {
  return sql`(document.expires_at IS NULL OR document.expires_at > ${at})`
}

/** The condition that a row carries a tag, in the form that the index knows. */
export function isTagged(tag: unknown): Sql {
  return sql`document.tags @> ARRAY[${text(tag, 'tag')}]`
}

/** @throws {TypeError} on more than 8 tags, on one that is there twice, or that is no text of at most 2600 bytes */
export function tagList(tags: readonly string[]): Sql {
  assertDocumentTags(tags)
  for (const tag of tags) checkKey({ tag })
  const [first, ...rest] = tags.map(tag => text(tag, 'tag'))
  if (first === undefined) return sql`ARRAY[]::text[]`
  return sql`ARRAY[${rest.reduce((list, tag) => sql`${list}, ${tag}`, first)}]`
}

/** @throws {TypeError} when the value is not an object of plain JSON data of at most 64 KiB */
export function documentValue(value: unknown): Sql {
  if (!isPlainObject(value)) throw expected('value', 'an object')
  const json = toJsonText(value)
  assertDocumentText(json)
  return sql`${bind(json)}::text::json`
}

/** @throws {Error} when the row does not hold what was written */
export function readDocument(row: Row): DocumentRecord {
  const tags = readStringList(row, 'tags').map(tag => decodeText(tag) ?? damaged('tags'))
  return toRecord<DocumentRecord>({
    namespace: readText(row, 'namespace'),
    id: readText(row, 'id'),
    version: readCount(row, 'version'),
    tags,
    value: readJsonObject(row, 'value'),
    createdAt: readInteger(row, 'created_at'),
    updatedAt: readInteger(row, 'updated_at'),
    expiresAt: readOptionalInteger(row, 'expires_at'),
  })
}
