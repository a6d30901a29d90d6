import type { Algorithm } from '@authcore/core/jwt'
import type { AttackLevel } from './attack-case.js'

/** What became of one case under one algorithm. */
export interface AttackVerdict {
  readonly id: string
  readonly title: string
  readonly level: AttackLevel
  readonly reason: string
  readonly algorithm: Algorithm
  /** `fault`: neither; it hung, crashed, or a server answered with another status. */
  readonly outcome: 'accepted' | 'refused' | 'fault'
  /** The error, or what broke; never the token. */
  readonly detail?: string
  /** An attack that was not refused, or a valid token that was not accepted. */
  readonly isFinding: boolean
}

/** A case that was meant for the verifier and not run. */
export interface AttackNotRun {
  readonly id: string
  readonly algorithm: Algorithm
  readonly reason: string
}

/** How the cases of one level went. */
export interface AttackCounts {
  readonly run: number
  /** Attacks accepted; of valid tokens those refused. */
  readonly wrong: number
  readonly faults: number
}

/** What an attack on a verifier found. */
export interface AttackReport {
  readonly name: string
  readonly algorithms: readonly Algorithm[]
  /** Every case that was run, in order. */
  readonly verdicts: readonly AttackVerdict[]
  /** Those of them in which the verifier did not do as it should. */
  readonly findings: readonly AttackVerdict[]
  readonly notRun: readonly AttackNotRun[]
  readonly counts: Readonly<Record<AttackLevel, AttackCounts>>
}

/** Sums up. */
export function toAttackReport(
  name: string,
  algorithms: readonly Algorithm[],
  verdicts: readonly AttackVerdict[],
  notRun: readonly AttackNotRun[],
): AttackReport {
  const count = (level: AttackLevel): AttackCounts => {
    const own = verdicts.filter(verdict => verdict.level === level)
    const faults = own.filter(({ outcome }) => outcome === 'fault').length
    return { run: own.length, faults, wrong: own.filter(({ isFinding }) => isFinding).length - faults }
  }
  return {
    name,
    algorithms,
    verdicts,
    findings: verdicts.filter(({ isFinding }) => isFinding),
    notRun,
    counts: { valid: count('valid'), forgery: count('forgery'), strictness: count('strictness') },
  }
}
