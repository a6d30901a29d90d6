import { InvalidLoginError } from '@authcore/core'
import { membersOf } from './arguments.js'
import type { ProofMethod } from './factor.js'
import type { FactorContext } from './factor-context.js'
import { isProofMethod } from './options.js'
import type { RefusedProof, VerifiedProof, VerifyProof } from './verified-proof.js'

/** What was verified, for the session. */
export interface VerifiedFactor {
  readonly amr: readonly string[]
  readonly acr?: string
}

/** What verifies which method. */
export type Verifiers = Readonly<Record<ProofMethod, VerifyProof>>

/**
 * Verifies a proof and uses it up.
 * @param proof `{ method, code }`, or `{ method: 'passkey', response }`; nothing about it is known
 * @throws InvalidLoginError `login_second_factor_invalid` for whatever is not accepted
 * @throws StoreError
 */
export async function verifyProof(
  {
    subject,
    loginId,
    proof,
  }: { readonly subject: string; readonly loginId: string; readonly proof: unknown },
  { host, settings, records }: FactorContext,
  verifiers: Verifiers,
): Promise<VerifiedFactor> {
  const members = membersOf(proof)
  const method = members.get('method')
  if (!isProofMethod(method)) {
    host.emit('factor.refused', { subject, reason: 'not_accepted' })
    throw new InvalidLoginError('login_second_factor_invalid')
  }
  const record = await records.find(subject)
  const outcome = await verifiers[method]({ subject, method, proof: members, loginId, record })
  return acceptProof({ subject, method, outcome }, { host, settings })
}

/**
 * Tells operators what came of a proof.
 * @throws InvalidLoginError `login_second_factor_invalid` for one that was refused
 */
export function acceptProof(
  {
    subject,
    method,
    outcome,
  }: {
    readonly subject: string
    readonly method: ProofMethod
    readonly outcome: VerifiedProof | RefusedProof | undefined
  },
  { host, settings }: Pick<FactorContext, 'host' | 'settings'>,
): VerifiedFactor {
  if (outcome === undefined || 'refused' in outcome) {
    const details = outcome && { factorId: outcome.factorId }
    host.emit('factor.refused', { subject, method, ...details, reason: outcome?.refused ?? 'not_accepted' })
    throw new InvalidLoginError('login_second_factor_invalid')
  }
  host.emit('factor.used', { subject, method, ...namesOf(outcome) })
  const acr = settings.acr.get(method)
  return Object.freeze({ amr: Object.freeze([...outcome.amr]), ...(acr !== undefined && { acr }) })
}

function namesOf({ factorId, remaining }: VerifiedProof) {
  return { ...(factorId !== undefined && { factorId }), ...(remaining !== undefined && { remaining }) }
}
