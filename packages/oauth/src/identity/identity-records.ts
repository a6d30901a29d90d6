import type { SecretBox } from '@authcore/core'
import type { DocumentRecord } from '@authcore/core/ports'
import type { DocumentHost } from '../auth-host.js'
import type { VerifiedProfile } from '../provider/verified-profile.js'
import { randomText } from '../random-text.js'
import { accountTag, identityIdOf } from './identity-id.js'
import {
  type IdentityRecord,
  type LinkedBy,
  parseIdentityRecord,
  toIdentityValue,
} from './identity-record.js'

/** One identity with its version. */
export interface StoredIdentity {
  readonly id: string
  readonly version: number
  readonly record: IdentityRecord
}

/** The documents of identities; each method is one command of the store. */
export interface IdentityRecords {
  find(id: string): Promise<StoredIdentity | undefined>
  /** @returns `undefined` when the identity is there already */
  insert(profile: VerifiedProfile, account: string, by: LinkedBy): Promise<StoredIdentity | undefined>
  /** @returns `undefined` when it is of another version by now */
  confirm(stored: StoredIdentity): Promise<StoredIdentity | undefined>
  /** Takes back what was begun; one of another version is left alone. */
  withdraw(stored: StoredIdentity): Promise<void>
  /** @returns whether there was one of that account */
  remove(id: string, account: string): Promise<boolean>
}

const NAMESPACE = 'oauth.identities'

/** Prepares the documents. */
export function createIdentityRecords(
  { documents, clock, random }: DocumentHost,
  box: SecretBox,
): IdentityRecords {
  const put = async (id: string, record: IdentityRecord, expectedVersion: number) => {
    const stored = await documents.put({
      namespace: NAMESPACE,
      id,
      tags: [accountTag(box, record.account)],
      value: toIdentityValue(record),
      expectedVersion,
      writeId: randomText(random, 16),
      now: clock(),
    })
    return stored.outcome === 'stored' ? { id, record, version: stored.version } : undefined
  }
  return Object.freeze({
    find: async id => {
      const document = await documents.find({ namespace: NAMESPACE, id, now: clock() })
      return document && toStored(document)
    },
    insert: async (profile, account, by) => {
      const id = identityIdOf(box, profile)
      const { provider, issuer } = profile
      const text = profile.email ?? profile.name
      const label = text === undefined ? undefined : await box.seal(text, id)
      const record = { provider, issuer, account, by, isConfirmed: false, linkedAt: clock() }
      return put(id, label === undefined ? record : { ...record, label }, 0)
    },
    confirm: ({ id, record, version }) => put(id, { ...record, isConfirmed: true }, version),
    withdraw: async ({ id, version }) => {
      await documents.remove({ namespace: NAMESPACE, id, expectedVersion: version, now: clock() })
    },
    remove: async (id, account) => {
      const tag = accountTag(box, account)
      const { outcome } = await documents.remove({ namespace: NAMESPACE, id, tag, now: clock() })
      return outcome === 'removed'
    },
  } satisfies IdentityRecords)
}

function toStored({ id, version, value }: DocumentRecord): StoredIdentity {
  return { id, version, record: parseIdentityRecord(value) }
}
