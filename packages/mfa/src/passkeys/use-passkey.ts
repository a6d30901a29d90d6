import type { StoredFactor, StoredPasskey } from '../factor.js'
import type { FactorContext } from '../factor-context.js'
import type { RefusedProof, VerifiedProof } from '../verified-proof.js'
import type { VerifiedAssertion } from './verify-assertion.js'

/**
 * Compares the counter and writes it, as one conditional write: of two answers with one count, one is accepted. A
 * passkey that counts backwards has a copy somewhere (WebAuthn section 6.1.1); one without a counter says 0 always.
 */
export async function usePasskey(
  subject: string,
  { id }: StoredPasskey,
  assertion: VerifiedAssertion,
  { records }: Pick<FactorContext, 'records'>,
): Promise<VerifiedProof | RefusedProof | undefined> {
  let outcome: VerifiedProof | RefusedProof | undefined
  await records.change(subject, record => {
    const current = record.factors.filter(isPasskey).find(passkey => passkey.id === id)
    const refused = current && findRefusal(current, assertion)
    outcome = current && (refused ?? { amr: amrOf(current), factorId: id })
    if (current === undefined || refused !== undefined) return undefined
    const { counter, isBackedUp } = assertion
    // nothing to write: the challenge was taken, so that this answer counts once all the same
    if (counter === current.counter && isBackedUp === current.isBackedUp) return undefined
    const used = { ...current, counter, isBackedUp }
    return { ...record, factors: record.factors.map(other => (other === current ? used : other)) }
  })
  return outcome
}

/** True for a passkey as it is stored. */
export function isPasskey(factor: StoredFactor): factor is StoredPasskey {
  return factor.method === 'passkey'
}

function findRefusal(current: StoredPasskey, assertion: VerifiedAssertion): RefusedProof | undefined {
  const factorId = current.id
  if (assertion.isBackupEligible !== current.isBackupEligible) {
    return { refused: 'backup_eligibility_changed', factorId }
  }
  const countsOn = assertion.counter > current.counter || (assertion.counter === 0 && current.counter === 0)
  return countsOn ? undefined : { refused: 'counter_rolled_back', factorId }
}

/**
 * RFC 8176 section 2: a key that cannot leave its device is `hwk`, one that is synchronised is `swk`. Both by the word of
 * the authenticator, which is not attested. `user`: somebody was there; verified as well, for nothing else is accepted.
 */
function amrOf({ isBackupEligible }: StoredPasskey): readonly string[] {
  return [isBackupEligible ? 'swk' : 'hwk', 'user']
}
