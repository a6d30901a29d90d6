import { type JsonObject, StoreError } from '@authcore/core'
import { membersOf } from './arguments.js'
import type { StoredFactor } from './factor.js'

/** Everything about the factors of one account. One record, so that each change is one conditional write. */
export interface FactorRecord {
  /** Random; tells authenticators apart whose passkey is whose, and nobody else anything. */
  readonly userHandle: string
  readonly factors: readonly StoredFactor[]
  /** Hashes of the recovery codes that are left. */
  readonly recoveryCodes: readonly string[]
}

const TEXTS = ['id', 'method', 'name']

/**
 * Reads what `toFactorValue` wrote.
 * @throws StoreError `store_record_invalid` for anything else: an account whose factors cannot be read must not count as
 *   one without
 */
export function parseFactorRecord(value: JsonObject): FactorRecord {
  const members = membersOf(value)
  const [userHandle, factors] = [members.get('userHandle'), members.get('factors')]
  const recoveryCodes = members.get('recoveryCodes')
  if (typeof userHandle === 'string' && isList(factors, isStoredFactor) && isList(recoveryCodes, isString)) {
    return { userHandle, factors, recoveryCodes }
  }
  throw new StoreError('store_record_invalid')
}

/** The record as a document holds it. */
export function toFactorValue({ userHandle, factors, recoveryCodes }: FactorRecord): JsonObject {
  return { userHandle, factors, recoveryCodes }
}

/** True for a factor as it is stored. */
export function isStoredFactor(value: unknown): value is StoredFactor {
  const members = membersOf(value)
  if (!TEXTS.every(name => isString(members.get(name))) || !isNumber(members.get('createdAt'))) return false
  switch (members.get('method')) {
    case 'totp':
    case 'hotp':
      return (
        ['secret', 'algorithm'].every(name => isString(members.get(name))) &&
        ['digits', 'periodSeconds', 'counter'].every(name => isNumber(members.get(name)))
      )
    case 'passkey':
      return (
        ['credentialId', 'publicKey'].every(name => isString(members.get(name))) &&
        ['isBackupEligible', 'isBackedUp'].every(name => typeof members.get(name) === 'boolean') &&
        isNumber(members.get('counter')) &&
        isList(members.get('transports'), isString)
      )
    case 'sms':
    case 'email':
      return ['destination', 'hint'].every(name => isString(members.get(name)))
    default:
      return false
  }
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
