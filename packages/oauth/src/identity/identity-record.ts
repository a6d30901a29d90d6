import { type JsonObject, StoreError } from '@authcore/core'
import { membersOf } from '../text.js'

/** An identity as it is stored. */
export interface IdentityRecord {
  readonly provider: string
  readonly issuer: string
  /** The subject of the account that it opens. */
  readonly account: string
  /** `false` while the account is being made: it opens nothing. */
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
  if (
    typeof provider === 'string' &&
    typeof issuer === 'string' &&
    typeof account === 'string' &&
    typeof isConfirmed === 'boolean' &&
    typeof linkedAt === 'number'
  ) {
    const record = { provider, issuer, account, isConfirmed, linkedAt }
    return typeof label === 'string' ? { ...record, label } : record
  }
  throw new StoreError('store_record_invalid')
}

/** The record as a document holds it. */
export function toIdentityValue({ label, ...record }: IdentityRecord): JsonObject {
  return label === undefined ? { ...record } : { ...record, label }
}
