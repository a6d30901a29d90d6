import { InvalidRequestError } from '@authcore/core'
import type { StoredFactor } from './factor.js'
import type { FactorContext } from './factor-context.js'

/**
 * Removes a factor of an account; with the last one go the recovery codes.
 * @throws InvalidRequestError `factor_not_found`
 */
export async function removeFactor(
  subject: string,
  factorId: unknown,
  { host, records }: FactorContext,
): Promise<StoredFactor> {
  let removed: StoredFactor | undefined
  await records.change(subject, record => {
    removed = record.factors.find(({ id }) => id === factorId)
    if (removed === undefined) return undefined
    const factors = record.factors.filter(factor => factor !== removed)
    // without a factor nothing asks for them; later factors get codes of their own
    return { ...record, factors, recoveryCodes: factors.length === 0 ? [] : record.recoveryCodes }
  })
  if (removed === undefined) throw new InvalidRequestError('factor_not_found')
  host.emit('factor.removed', { subject, factorId: removed.id, method: removed.method })
  return removed
}
