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
  DOCUMENT_COLUMNS,
  documentValue,
  isDocument,
  isLive,
  isTagged,
  readDocument,
  tagList,
} from './document-row.js'
import { checkKey, count, instant, optionalCount, optionalInstant, text, toCount } from './parameters.js'
import type { PrismaClientSubset } from './prisma-client.js'
import { readCount } from './row.js'
import { runStatement } from './run-statement.js'
import { type Sql, sql } from './sql.js'
import { sweepExpired } from './sweep-expired.js'

/** Keeps documents in PostgreSQL: one row each, found by tag through an index on the array of its tags. */
export class PrismaDocumentStore implements DocumentStore {
  readonly #client: PrismaClientSubset

  constructor(client: PrismaClientSubset) {
    this.#client = client
  }

  async put(command: PutDocumentCommand): Promise<PutDocumentOutcome> {
    const { namespace, id, expectedVersion } = command
    checkKey({ namespace, id })
    const version = toCount(expectedVersion, 'expectedVersion') + 1
    const statement = version === 1 ? toCreation(command) : toReplacement(command)
    // whoever sends it again is told by the name of the attempt that it was done
    const rows = await runStatement(this.#client, statement, { isRepeatable: true })
    return rows.length > 0 ? { outcome: 'stored', version } : { outcome: 'conflict' }
  }

  async find({
    namespace,
    id,
    now,
  }: DocumentKey & { readonly now: number }): Promise<DocumentRecord | undefined> {
    const statement = sql`
      SELECT ${DOCUMENT_COLUMNS} FROM authcore_document AS document
      WHERE ${isDocument({ namespace, id })} AND ${isLive(instant(now, 'now'))}`
    const [row] = await runStatement(this.#client, statement, { isRepeatable: true })
    return row && readDocument(row)
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
    const statement = sql`
      SELECT ${DOCUMENT_COLUMNS} FROM authcore_document AS document
      WHERE document.namespace = ${text(namespace, 'namespace')} AND ${isTagged(tag)}
        AND ${isLive(instant(now, 'now'))}
      ORDER BY document.created_at DESC, document.id COLLATE "C" LIMIT ${count(limit, 'limit')}`
    const rows = await runStatement(this.#client, statement, { isRepeatable: true })
    return rows.map(readDocument)
  }

  async remove(command: RemoveDocumentCommand): Promise<RemoveDocumentOutcome> {
    const [row = {}] = await runStatement(this.#client, toRemoval(command), { isRepeatable: true })
    if (readCount(row, 'removed') > 0) return { outcome: 'removed' }
    return { outcome: readCount(row, 'found') > 0 ? 'conflict' : 'not_found' }
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
    // locked in one order, so that two deletions which share documents never wait for each other
    const statement = sql`
      WITH target AS (
        SELECT document.namespace, document.id FROM authcore_document AS document
        WHERE document.namespace = ${text(namespace, 'namespace')} AND ${isTagged(tag)}
          AND ${isLive(instant(now, 'now'))}
        ORDER BY document.id COLLATE "C" FOR UPDATE
      ), removed AS (
        DELETE FROM authcore_document AS document USING target
        WHERE document.namespace = target.namespace AND document.id = target.id
        RETURNING 1)
      SELECT count(*) AS removed FROM removed`
    const [row = {}] = await runStatement(this.#client, statement, { isRepeatable: true })
    return { removed: readCount(row, 'removed') }
  }

  async sweep(command: {
    readonly now: number
    readonly limit: number
  }): Promise<{ readonly removed: number }> {
    return sweepExpired(this.#client, sql`authcore_document`, command)
  }
}

/** Inserts, or takes the place of a row that has expired. A repeat meets its own row and leaves it as it is. */
function toCreation({ namespace, id, tags, value, writeId, now, expiresAt }: PutDocumentCommand): Sql {
  const at = instant(now, 'now')
  const live = isLive(at)
  const own = text(writeId, 'writeId')
  return sql`
    INSERT INTO authcore_document AS document
      (namespace, id, version, tags, value, write_id, created_at, updated_at, expires_at)
    VALUES (${text(namespace, 'namespace')}, ${text(id, 'id')}, 1, ${tagList(tags)}, ${documentValue(value)},
      ${own}, ${at}, ${at}, ${optionalInstant(expiresAt, 'expiresAt')})
    ON CONFLICT (namespace, id) DO UPDATE SET
      version = 1,
      write_id = excluded.write_id,
      tags = CASE WHEN ${live} THEN document.tags ELSE excluded.tags END,
      value = CASE WHEN ${live} THEN document.value ELSE excluded.value END,
      created_at = CASE WHEN ${live} THEN document.created_at ELSE excluded.created_at END,
      updated_at = CASE WHEN ${live} THEN document.updated_at ELSE excluded.updated_at END,
      expires_at = CASE WHEN ${live} THEN document.expires_at ELSE excluded.expires_at END
    WHERE NOT ${live} OR (document.version = 1 AND document.write_id = ${own})
    RETURNING version`
}

/** Writes the row of the expected version; a repeat finds its own version and leaves it as it is. */
function toReplacement(command: PutDocumentCommand): Sql {
  const { tags, value, expectedVersion, writeId, now, expiresAt } = command
  const at = instant(now, 'now')
  const own = text(writeId, 'writeId')
  const before = count(expectedVersion, 'expectedVersion')
  const isExpected = sql`document.version = ${before}`
  const end = optionalInstant(expiresAt, 'expiresAt')
  return sql`
    UPDATE authcore_document AS document SET
      version = ${before} + 1,
      write_id = ${own},
      tags = CASE WHEN ${isExpected} THEN ${tagList(tags)} ELSE document.tags END,
      value = CASE WHEN ${isExpected} THEN ${documentValue(value)} ELSE document.value END,
      updated_at = CASE WHEN ${isExpected} THEN ${at} ELSE document.updated_at END,
      expires_at = CASE WHEN ${isExpected} THEN ${end} ELSE document.expires_at END
    WHERE ${isDocument(command)} AND ${isLive(at)}
      AND (${isExpected} OR (document.version = ${before} + 1 AND document.write_id = ${own}))
    RETURNING version`
}

/** Judges the row as it is once its lock is held, not as the statement's snapshot shows it. */
function toRemoval({ namespace, id, tag, expectedVersion, now }: RemoveDocumentCommand): Sql {
  const version = optionalCount(expectedVersion, 'expectedVersion')
  return sql`
    WITH target AS (
      SELECT document.namespace, document.id, document.version FROM authcore_document AS document
      WHERE ${isDocument({ namespace, id })} AND ${isLive(instant(now, 'now'))}
        AND ${tag === undefined ? sql`true` : isTagged(tag)}
      FOR UPDATE
    ), removed AS (
      DELETE FROM authcore_document AS document USING target
      WHERE document.namespace = target.namespace AND document.id = target.id
        AND (${version} IS NULL OR target.version = ${version})
      RETURNING 1)
    SELECT (SELECT count(*) FROM removed) AS removed, (SELECT count(*) FROM target) AS found`
}
