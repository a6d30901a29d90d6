import { type JsonObject, StoreError } from '@authcore/core'
import { membersOf } from './arguments.js'
import type { FactorMethod, StoredFactor } from './factor.js'

/** Everything about the factors of one account. One record, so that each change is one conditional write. */
export interface FactorRecord {
  readonly factors: readonly StoredFactor[]
  /** Hashes of the recovery codes that are left. */
  readonly recoveryCodes: readonly string[]
}

type Shape = Readonly<Record<string, 'string' | 'number' | 'boolean'>>

const FACTOR: Shape = { id: 'string', name: 'string', createdAt: 'number' }
const OTP: Shape = {
  secret: 'string',
  algorithm: 'string',
  digits: 'number',
  periodSeconds: 'number',
  counter: 'number',
}
const DESTINATION: Shape = { to: 'string', sentTo: 'string' }
const PASSKEY: Shape = {
  credentialId: 'string',
  publicKey: 'string',
  userHandle: 'string',
  counter: 'number',
  isBackupEligible: 'boolean',
  isBackedUp: 'boolean',
  transports: 'string',
}
const SHAPES: ReadonlyMap<unknown, Shape> = new Map<FactorMethod, Shape>([
  ['totp', { ...FACTOR, ...OTP }],
  ['hotp', { ...FACTOR, ...OTP }],
  ['sms', { ...FACTOR, ...DESTINATION }],
  ['email', { ...FACTOR, ...DESTINATION }],
  ['passkey', { ...FACTOR, ...PASSKEY }],
])

/**
 * Reads what `toFactorValue` wrote.
 * @throws StoreError `store_record_invalid` for anything else: an account whose factors cannot be read must not count as
 *   one without
 */
export function parseFactorRecord(value: JsonObject): FactorRecord {
  const members = membersOf(value)
  const [factors, recoveryCodes] = [members.get('factors'), members.get('recoveryCodes')]
  if (isList(factors, isStoredFactor) && isList(recoveryCodes, isString)) return { factors, recoveryCodes }
  throw new StoreError('store_record_invalid')
}

/** The record as a document holds it. */
export function toFactorValue({ factors, recoveryCodes }: FactorRecord): JsonObject {
  return { factors, recoveryCodes }
}

/** True for a factor as it is stored. */
export function isStoredFactor(value: unknown): value is StoredFactor {
  const members = membersOf(value)
  const shape = SHAPES.get(members.get('method'))
  return (
    shape !== undefined && Object.entries(shape).every(([name, type]) => typeof members.get(name) === type)
  )
}

function isList<Member>(value: unknown, isMember: (member: unknown) => member is Member): value is Member[] {
  return Array.isArray(value) && value.every(isMember)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}
