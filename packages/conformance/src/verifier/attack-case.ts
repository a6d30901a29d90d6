import type { Algorithm } from '@authcore/core/jwt'
import type { TokenRecipe } from './token-recipe.js'

/**
 * What it means when a verifier does not do as it should.
 *
 * - `forgery`: the issuer signed no such token, or one that says itself that it is for another place or time. Whoever
 *   accepts it can be attacked.
 * - `strictness`: the issuer's key did sign it, and an RFC says that it must or should be refused, or leaves it to
 *   verifiers how much they take. Whoever accepts it is lenient.
 * - `valid`: it must be accepted. Whoever refuses it refuses too much.
 */
export type AttackLevel = 'forgery' | 'strictness' | 'valid'

/** The kinds of signature algorithms. */
export type SignatureScheme = 'hmac' | 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa' | 'eddsa'

/** For which verifiers a case makes sense; for all when left out. */
export interface AttackCondition {
  readonly schemes?: readonly SignatureScheme[]
  /** Not where the verifier is for this algorithm. */
  readonly notAlgorithm?: Algorithm
  /** Only where tokens must have a certain `typ`. */
  readonly expectsType?: true
}

/** One token that a verifier is shown, as data. */
export interface AttackCase {
  /** Stable: `<group>/<name>`. */
  readonly id: string
  readonly title: string
  readonly level: AttackLevel
  /** What the verdict stands on: an RFC with its section, or what an attacker gains. */
  readonly reason: string
  readonly recipe: TokenRecipe
  readonly when: AttackCondition
}

/** What the cases of a group have in common. */
export interface AttackGroup {
  readonly group: string
  readonly level: AttackLevel
  readonly reason: string
  readonly recipe?: TokenRecipe
  readonly when?: AttackCondition
}

/** One line of a group: a title, a recipe that is put over that of the group, and what differs from the group. */
export type AttackRow = readonly [
  title: string,
  recipe: TokenRecipe,
  differs?: Partial<Pick<AttackCase, 'level' | 'reason' | 'when'>>,
]

/** Makes the cases of a group from its lines. */
export function defineCases(
  { group, level, reason, recipe = {}, when = {} }: AttackGroup,
  rows: Readonly<Record<string, AttackRow>>,
): readonly AttackCase[] {
  return Object.entries(rows).map(([name, [title, own, differs]]) => ({
    id: `${group}/${name}`,
    title,
    level,
    reason,
    when,
    recipe: { ...recipe, ...own },
    ...differs,
  }))
}
