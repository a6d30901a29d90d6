import { type JsonObject, StoreError } from '@authcore/core'
import { membersOf } from './arguments.js'
import type { StoredOtp } from './factor.js'

/** Everything about the factors of one account. One record, so that each change is one conditional write. */
export interface FactorRecord {
  readonly factors: readonly StoredOtp[]
  /** Hashes of the recovery codes that are left. */
  readonly recoveryCodes: readonly string[]
}

const TEXTS = ['id', 'name', 'secret', 'algorithm']
const NUMBERS = ['createdAt', 'digits', 'periodSeconds', 'counter']

/**
 * Reads what `toFactorValue` wrote.
 * @throws StoreError `store_record_invalid` for anything else: an account whose factors cannot be read must not count as
 *   one without
 */
export function parseFactorRecord(value: JsonObject): FactorRecord {
  const members = membersOf(value)
  const [factors, recoveryCodes] = [members.get('factors'), members.get('recoveryCodes')]
  if (isList(factors, isStoredOtp) && isList(recoveryCodes, isString)) return { factors, recoveryCodes }
  throw new StoreError('store_record_invalid')
}

/** The record as a document holds it. */
export function toFactorValue({ factors, recoveryCodes }: FactorRecord): JsonObject {
  return { factors, recoveryCodes }
}

/** True for a factor as it is stored. */
export function isStoredOtp(value: unknown): value is StoredOtp {
  const members = membersOf(value)
  const method = members.get('method')
  return (
    (method === 'totp' || method === 'hotp') &&
    TEXTS.every(name => isString(members.get(name))) &&
    NUMBERS.every(name => isNumber(members.get(name)))
  )
}

function isList<Member>(value: unknown, isMember: (member: unknown) => member is Member): value is Member[] {
  return Array.isArray(value) && value.every(isMember)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}
