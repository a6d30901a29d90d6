import type {
  DocumentKey,
  DocumentRecord,
  DocumentStore,
  PutDocumentCommand,
  PutDocumentOutcome,
} from '@authcore/core/ports'
import { MINUTE, SECOND, START } from '../fixtures.js'

/** The key of the document of these tests. */
export const KEY: DocumentKey = { namespace: 'factor', id: 'document-1' }
/** The tag that it carries. */
export const TAG: string = 'subject:u1'
/** A second after it was stored. */
export const NOW: number = START + SECOND
/** When it expires. */
export const END: number = START + MINUTE
/** Everything that carries its tag. */
export const LIST: Parameters<DocumentStore['list']>[0] = {
  namespace: 'factor',
  tag: TAG,
  now: NOW,
  limit: 10,
}

/** The command that creates a document which lives for a minute. */
export function putCommand(fields: Partial<PutDocumentCommand> = {}): PutDocumentCommand {
  return { ...lastingPutCommand(), expiresAt: END, ...fields }
}

/** The command that creates a document which never expires. */
export function lastingPutCommand(fields: Partial<PutDocumentCommand> = {}): PutDocumentCommand {
  return {
    ...KEY,
    tags: [TAG, 'kind:totp'],
    value: { label: 'phone', nested: { list: [1, null, true] } },
    expectedVersion: 0,
    writeId: 'write-1',
    now: START,
    ...fields,
  }
}

/** What a command that created a document, or replaced one of `createdAt`, leaves. */
export function toDocument(command: PutDocumentCommand, createdAt: number = command.now): DocumentRecord {
  const { expectedVersion, writeId: _, now, ...kept } = command
  return { ...kept, version: expectedVersion + 1, createdAt, updatedAt: now }
}

/** Stores a document. */
export function putDocument(
  store: DocumentStore,
  fields: Partial<PutDocumentCommand> = {},
): Promise<PutDocumentOutcome> {
  return store.put(putCommand(fields))
}

/** Replaces the document of these tests, and its value by one that names the version. */
export function replaceDocument(
  store: DocumentStore,
  expectedVersion: number,
  fields: Partial<PutDocumentCommand> = {},
): Promise<PutDocumentOutcome> {
  return store.put(replacement(expectedVersion, fields))
}

/** The command of a replacement. */
export function replacement(
  expectedVersion: number,
  fields: Partial<PutDocumentCommand> = {},
): PutDocumentCommand {
  const version = expectedVersion + 1
  return putCommand({ expectedVersion, writeId: `write-${version}`, value: { version }, now: NOW, ...fields })
}

export function findDocument(store: DocumentStore, now: number = NOW): Promise<DocumentRecord | undefined> {
  return store.find({ ...KEY, now })
}

/** The ids of what carries the tag. */
export async function listIds(
  store: DocumentStore,
  query: Partial<Parameters<DocumentStore['list']>[0]> = {},
): Promise<readonly string[]> {
  return (await store.list({ ...LIST, ...query })).map(({ id }) => id)
}
