import type { SecretBox } from '@authcore/core'
import type { DocumentHost } from '../auth-host.js'
import { randomText } from '../random-text.js'
import { readStoredValue } from '../stored-value.js'
import { untilStored } from '../until-stored.js'
import type { IdentityRecords, StoredIdentity } from './identity-records.js'

/**
 * The identities that accounts count as their own: one document for each account, which names all of them, so that one
 * compare-and-set holds the limit. An identity opens an account only when its own document names the account and the
 * document of the account names the identity.
 */
export interface AccountMembers {
  has(account: string, id: string): Promise<boolean>
  /** Those that open the account, the last one added first. */
  list(account: string): Promise<readonly StoredIdentity[]>
  /** Whether another one would be refused. */
  isFull(account: string): Promise<boolean>
  /**
   * Counts an identity whose document names the account.
   * @returns `false` when the account is full
   */
  add(account: string, id: string): Promise<boolean>
  /** Counts no longer what is gone, or belongs to another account. */
  prune(account: string): Promise<void>
}

const NAMESPACE = 'oauth.identities.account'
/** The most identities of an account. */
const MAX_IDENTITIES = 20

interface Members {
  readonly ids: readonly string[]
  /** 0 before there is a document. It is never removed: its versions must not begin again. */
  readonly version: number
}

/** Prepares the documents. */
export function createAccountMembers(
  { documents, clock, random }: DocumentHost,
  box: Pick<SecretBox, 'hash'>,
  records: Pick<IdentityRecords, 'find'>,
): AccountMembers {
  const keyOf = (account: string) => ({ namespace: NAMESPACE, id: box.hash(account) })

  const find = async (account: string): Promise<Members> => {
    const document = await documents.find({ ...keyOf(account), now: clock() })
    if (document === undefined) return { ids: [], version: 0 }
    return { ids: readStoredValue(document.value).texts('identities'), version: document.version }
  }

  const replace = async (account: string, ids: readonly string[], version: number): Promise<boolean> => {
    const { outcome } = await documents.put({
      ...keyOf(account),
      tags: [],
      value: { identities: ids },
      expectedVersion: version,
      writeId: randomText(random, 16),
      now: clock(),
    })
    return outcome === 'stored'
  }

  const findOwn = async (account: string, ids: readonly string[]): Promise<readonly StoredIdentity[]> => {
    const found = await Promise.all(ids.map(id => records.find(id)))
    return found.flatMap(identity => (identity?.record.account === account ? [identity] : []))
  }

  /** What has to stay. A process that died may have left names of what is gone: they are looked at when room is needed. */
  const idsToKeep = async (account: string, { ids }: Members): Promise<readonly string[]> =>
    ids.length < MAX_IDENTITIES ? ids : (await findOwn(account, ids)).map(({ id }) => id)

  return Object.freeze({
    has: async (account, id) => (await find(account)).ids.includes(id),
    list: async account => (await findOwn(account, (await find(account)).ids)).toReversed(),
    isFull: async account => (await idsToKeep(account, await find(account))).length >= MAX_IDENTITIES,
    add: (account, id) =>
      untilStored(async () => {
        const members = await find(account)
        // one that is there is written again: who is just pruning it must look again
        const others = (await idsToKeep(account, members)).filter(other => other !== id)
        if (others.length >= MAX_IDENTITIES) return false
        return (await replace(account, [...others, id], members.version)) || undefined
      }),
    prune: async account => {
      await untilStored(async () => {
        const { ids, version } = await find(account)
        const kept = (await findOwn(account, ids)).map(({ id }) => id)
        return kept.length === ids.length || (await replace(account, kept, version)) || undefined
      })
    },
  } satisfies AccountMembers)
}
