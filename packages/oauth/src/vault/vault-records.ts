import type { SecretBox } from '@authcore/core'
import type { DocumentHost } from '../auth-host.js'
import { accountTag } from '../identity/identity-id.js'
import { randomText } from '../random-text.js'
import { parseVaultRecord, toVaultValue, type VaultRecord } from './vault-record.js'

/** One record with its version. */
export interface StoredTokens {
  readonly identityId: string
  readonly version: number
  readonly record: VaultRecord
}

/** The records of all accounts; each method is one command of the store. */
export interface VaultRecords {
  /** @param account a record of another one counts as absent */
  find(identityId: string, account?: string): Promise<StoredTokens | undefined>
  /** @returns `undefined` when the live record is of another version */
  replace(identityId: string, record: VaultRecord, version: number): Promise<StoredTokens | undefined>
  remove(identityId: string, account: string, version: number): Promise<'removed' | 'not_found' | 'conflict'>
  listByAccount(account: string): Promise<readonly StoredTokens[]>
  listByKey(keyId: string, limit: number): Promise<readonly StoredTokens[]>
}

const NAMESPACE = 'oauth.tokens'
/** More than an account can have identities. */
const MAX_LIST = 100

/** Prepares the records. */
export function createVaultRecords(
  { documents, clock, random }: DocumentHost,
  box: Pick<SecretBox, 'hash'>,
): VaultRecords {
  const list = async (tag: string, limit: number): Promise<readonly StoredTokens[]> => {
    const found = await documents.list({ namespace: NAMESPACE, tag, now: clock(), limit })
    return found.map(({ id, version, value }) => ({
      identityId: id,
      version,
      record: parseVaultRecord(value),
    }))
  }
  return Object.freeze({
    find: async (identityId, account) => {
      const found = await documents.find({ namespace: NAMESPACE, id: identityId, now: clock() })
      if (found === undefined) return undefined
      const record = parseVaultRecord(found.value)
      if (account !== undefined && record.account !== account) return undefined
      return { identityId, version: found.version, record }
    },
    replace: async (identityId, record, expectedVersion) => {
      const stored = await documents.put({
        namespace: NAMESPACE,
        id: identityId,
        tags: [accountTag(box, record.account), `key:${record.keyId}`],
        value: toVaultValue(record),
        expectedVersion,
        writeId: randomText(random, 16),
        now: clock(),
      })
      return stored.outcome === 'stored' ? { identityId, record, version: stored.version } : undefined
    },
    remove: async (identityId, account, expectedVersion) => {
      const key = { namespace: NAMESPACE, id: identityId, tag: accountTag(box, account) }
      return (await documents.remove({ ...key, expectedVersion, now: clock() })).outcome
    },
    listByAccount: account => list(accountTag(box, account), MAX_LIST),
    listByKey: (keyId, limit) => list(`key:${keyId}`, limit),
  } satisfies VaultRecords)
}
