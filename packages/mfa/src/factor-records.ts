import { InvalidRequestError, type SecretBox, StoreError } from '@authcore/core'
import type { FactorHost } from './auth-host.js'
import type { StoredFactor } from './factor.js'
import { type FactorRecord, parseFactorRecord, toFactorValue } from './factor-record.js'
import { randomText } from './random-text.js'

/** A change of a record. `undefined` leaves it as it is. */
export type FactorChange = (record: FactorRecord) => FactorRecord | undefined

/** The factors of all accounts. */
export interface FactorRecords {
  /** An account without a record has no factors. @throws StoreError */
  find(subject: string): Promise<FactorRecord>
  /**
   * Applies a change as one conditional write. When somebody else was first it is applied again to what they left, so
   * it must decide by the record that it is given.
   * @returns the record that the change was applied to, and what it made of it; `undefined` when it left it alone
   * @throws StoreError
   */
  change(subject: string, change: FactorChange): Promise<FactorRecord | undefined>
  /**
   * Adds a factor.
   * @param check throws where the record must not get it
   * @throws InvalidRequestError `factor_already_enrolled`, `factor_limit_reached`
   */
  add(subject: string, factor: StoredFactor, check?: (record: FactorRecord) => void): Promise<void>
}

const NAMESPACE = 'mfa.factors'
const MAX_FACTORS = 16
/** Each round that fails means that somebody else got through; so many at once mean that something is wrong. */
const MAX_ROUNDS = 200

const NO_FACTORS: FactorRecord = Object.freeze({ factors: [], recoveryCodes: [] })

/** Keeps one document for each account. */
export function createFactorRecords(host: FactorHost, box: SecretBox): FactorRecords {
  const { documents, clock, random } = host
  const keyOf = (subject: string) => ({ namespace: NAMESPACE, id: box.hash(subject) })

  const load = async (subject: string) => {
    const document = await documents.find({ ...keyOf(subject), now: clock() })
    if (document === undefined) return { version: 0, record: NO_FACTORS }
    return { version: document.version, record: parseFactorRecord(document.value) }
  }

  const change: FactorRecords['change'] = async (subject, apply) => {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const { version, record } = await load(subject)
      const changed = apply(record)
      if (changed === undefined) return undefined
      const { outcome } = await documents.put({
        ...keyOf(subject),
        tags: [],
        value: toFactorValue(changed),
        expectedVersion: version,
        writeId: randomText(random, 16),
        now: clock(),
      })
      if (outcome === 'stored') return changed
    }
    throw new StoreError('store_unavailable')
  }

  return Object.freeze({
    find: async subject => (await load(subject)).record,
    change,
    add: async (subject, factor, check) => {
      await change(subject, record => {
        if (record.factors.some(other => other.id === factor.id)) {
          throw new InvalidRequestError('factor_already_enrolled')
        }
        check?.(record)
        if (record.factors.length >= MAX_FACTORS) throw new InvalidRequestError('factor_limit_reached')
        return { ...record, factors: [...record.factors, factor] }
      })
      host.emit('factor.enrolled', { subject, factorId: factor.id, method: factor.method })
    },
  } satisfies FactorRecords)
}
