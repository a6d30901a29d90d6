import type { AttackCase } from './attack-case.js'
import { ALGORITHM_CASES } from './cases/algorithm.js'
import { CLAIM_CASES } from './cases/claims.js'
import { HEADER_CASES } from './cases/headers.js'
import { KEY_CASES } from './cases/keys.js'
import { SIGNATURE_CASES } from './cases/signatures.js'
import { TEXT_CASES } from './cases/texts.js'
import { VALID_CASES } from './cases/valid-tokens.js'

/** Every case: valid tokens first, then attacks, each with a stable id. Plain data, deeply readonly. */
export const ATTACK_CASES: readonly AttackCase[] = [
  ...VALID_CASES,
  ...ALGORITHM_CASES,
  ...SIGNATURE_CASES,
  ...KEY_CASES,
  ...HEADER_CASES,
  ...CLAIM_CASES,
  ...TEXT_CASES,
]
