import type { DocumentKey } from '@authcore/core/ports'
import type { RedisConnection } from '../client/redis-connection.js'
import { decodeKeyText, encodeKeyText } from '../records/key-text.js'
import { damaged } from '../records/stored-fields.js'
import { NAME_DOCUMENT, UNNAME_DOCUMENT } from '../scripts/document-scripts.js'

/** What an index says of a document, in a cluster where it stands apart from it. */
export interface NamedDocument extends DocumentKey {
  readonly name: string
}

/** Names what is about to be written, in the index of each tag at once. */
export async function nameDocument(
  { run, keys, expiryMargin }: RedisConnection,
  { namespace, id, name }: NamedDocument,
  tags: readonly string[],
  {
    createdAt,
    expiresAt,
    now,
  }: { readonly createdAt: number; readonly expiresAt: string; readonly now: number },
): Promise<void> {
  const args = [String(now), expiryMargin, toMember({ id, name }), String(-createdAt), expiresAt]
  await Promise.all(
    tags.map(tag => {
      const { created, expiry } = keys.tagged(namespace, tag)
      return run(NAME_DOCUMENT, [created, expiry], args)
    }),
  )
}

/** Takes a name off that nothing will ever be written under again. */
export async function unnameDocument(
  { run, keys }: RedisConnection,
  { namespace, id, name }: NamedDocument,
  tags: readonly string[],
): Promise<void> {
  await Promise.all(
    tags.map(tag => {
      const { created, expiry } = keys.tagged(namespace, tag)
      return run(UNNAME_DOCUMENT, [created, expiry], [toMember({ id, name })])
    }),
  )
}

/** @throws {StoreError} `store_record_invalid` for a member that nobody wrote */
export function readMember(member: string): { readonly id: string; readonly name: string } {
  const [encoded = '', name, ...rest] = member.split(' ')
  const id = decodeKeyText(encoded)
  if (id === undefined || name === undefined || rest.length > 0) throw damaged('a member of an index')
  return { id, name }
}

function toMember({ id, name }: { readonly id: string; readonly name: string }): string {
  return `${encodeKeyText(id)} ${name}`
}
