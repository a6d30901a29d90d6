import { type JsonObject, StoreError } from '@authcore/core'
import { membersOf } from '../text.js'

/** How an identity came to its account: it made one, its verified address found one, or the owner asked. */
export type LinkedBy = 'sign_up' | 'email' | 'owner'

/** An identity as it is stored. */
export interface IdentityRecord {
  readonly provider: string
  readonly issuer: string
  /** The subject of the account that it belongs to. It opens it as soon as the account counts it as one of its own. */
  readonly account: string
  readonly by: LinkedBy
  /** `false` until the account counts it: whoever meets it then completes what was begun. */
  readonly isConfirmed: boolean
  readonly linkedAt: number
  /** Sealed under the id of the identity. */
  readonly label?: string
}

/**
 * Reads what `toIdentityValue` wrote.
 * @throws StoreError `store_record_invalid` for anything else: an identity that cannot be read must not count as a new one
 */
export function parseIdentityRecord(value: JsonObject): IdentityRecord {
  const members = membersOf(value)
  const [provider, issuer, account] = ['provider', 'issuer', 'account'].map(name => members.get(name))
  const [isConfirmed, linkedAt, label] = ['isConfirmed', 'linkedAt', 'label'].map(name => members.get(name))
  const by = members.get('by')
  if (
    typeof provider === 'string' &&
    typeof issuer === 'string' &&
    typeof account === 'string' &&
    isLinkedBy(by) &&
    typeof isConfirmed === 'boolean' &&
    typeof linkedAt === 'number'
  ) {
    const record = { provider, issuer, account, by, isConfirmed, linkedAt }
    return typeof label === 'string' ? { ...record, label } : record
  }
  throw new StoreError('store_record_invalid')
}

function isLinkedBy(value: unknown): value is LinkedBy {
  return value === 'sign_up' || value === 'email' || value === 'owner'
}

/** The record as a document holds it. */
export function toIdentityValue({ label, ...record }: IdentityRecord): JsonObject {
  return label === undefined ? { ...record } : { ...record, label }
}
