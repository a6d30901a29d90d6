import { randomUUID } from 'node:crypto'
import type { DocumentRecord, PutDocumentCommand, PutDocumentOutcome } from '@authcore/core/ports'
import type { RedisConnection } from '../client/redis-connection.js'
import { decodeTags, type StoredDocument } from '../records/document-fields.js'
import { damaged, toTexts } from '../records/stored-fields.js'
import { PUT_NAMED_DOCUMENT } from '../scripts/document-scripts.js'
import { nameDocument, unnameDocument } from './document-index.js'

/** What writing a document in a cluster needs of the store around it. */
export interface ClusterPutSteps {
  find(): Promise<StoredDocument | undefined>
  /** The arguments of the script that decides. `expectedName` is empty where any may be replaced. */
  toArguments(name: string, expectedName: string): readonly string[]
}

// each attempt fails only when the document was removed and came to the same version again in between
const MAX_ATTEMPTS = 10

/**
 * Writes where the document and the indexes of its tags stand in many slots. What comes before the one command that
 * decides only names, under a name that nobody else writes under; what comes after takes off what names nothing any
 * more. A crash in between leaves a name too many, which nobody sees, and never one too few.
 */
export async function putDocumentInCluster(
  redis: RedisConnection,
  command: PutDocumentCommand,
  steps: ClusterPutSteps,
): Promise<PutDocumentOutcome> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const outcome = await attemptPut(redis, command, steps)
    if (outcome !== 'changed') return outcome
  }
  throw new Error('The document kept changing while it was replaced.')
}

async function attemptPut(
  redis: RedisConnection,
  command: PutDocumentCommand,
  { find, toArguments }: ClusterPutSteps,
): Promise<PutDocumentOutcome | 'changed'> {
  const { namespace, id, tags, expectedVersion, expiresAt, now } = command
  const version = expectedVersion + 1
  const known = expectedVersion === 0 ? undefined : await find()
  if (expectedVersion > 0 && known?.record.version !== expectedVersion) {
    const isRepeat = known?.record.version === version && known.writeId === command.writeId
    return isRepeat ? { outcome: 'stored', version } : { outcome: 'conflict' }
  }
  const kept = known !== undefined && isNamedAlike(known.record, command) ? known.name : undefined
  const own = { namespace, id, name: kept ?? randomUUID() }
  const ownTags = kept !== undefined || (expiresAt !== undefined && now >= expiresAt) ? [] : tags
  const createdAt = known?.record.createdAt ?? now
  await nameDocument(redis, own, ownTags, { createdAt, expiresAt: String(expiresAt ?? 'inf'), now })

  const args = toArguments(own.name, known?.name ?? '')
  const reply = toTexts(await redis.run(PUT_NAMED_DOCUMENT, [redis.keys.document(namespace, id)], args))
  const [outcome, name = '', itsTags] = reply
  // what the server did twice answers the second time with what it did the first time
  const isOwn = name === own.name
  switch (outcome) {
    case 'stored':
      if (name !== '' && !isOwn) await unnameDocument(redis, { ...own, name }, decodeTags(itsTags))
      return { outcome, version }
    case 'repeated':
      if (!isOwn) await unnameDocument(redis, own, ownTags)
      return { outcome: 'stored', version }
    case 'conflict':
    case 'changed':
      if (!isOwn) await unnameDocument(redis, own, ownTags)
      return outcome === 'changed' ? outcome : { outcome }
    default:
      throw damaged('an outcome that is not known')
  }
}

/** Whether the indexes need not be told of a replacement. */
function isNamedAlike(record: DocumentRecord, { tags, expiresAt }: PutDocumentCommand): boolean {
  return (
    record.expiresAt === expiresAt &&
    record.tags.length === tags.length &&
    tags.every(tag => record.tags.includes(tag))
  )
}
