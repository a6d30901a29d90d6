import type { ProofMethod } from './factor.js'
import type { FactorRecord } from './factor-record.js'

/** What a part is given to look at. Nothing in `proof` is known. */
export interface ProofToVerify {
  readonly subject: string
  readonly method: ProofMethod
  readonly proof: ReadonlyMap<string, unknown>
  readonly loginId: string
  readonly record: FactorRecord
}

/** A proof that was accepted and is used up. */
export interface VerifiedProof {
  /** Methods of RFC 8176. */
  readonly amr: readonly string[]
  readonly factorId?: string
  /** Of recovery codes: how many are left. */
  readonly remaining?: number
}

/** A proof that was refused for a reason that operators should hear of. */
export interface RefusedProof {
  readonly refused: 'counter_rolled_back' | 'backup_eligibility_changed'
  readonly factorId: string
}

/** Verifies the proofs of some methods. `undefined` for whatever is not accepted. */
export type VerifyProof = (proof: ProofToVerify) => Promise<VerifiedProof | RefusedProof | undefined>
