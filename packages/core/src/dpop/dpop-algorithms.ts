import { ALGORITHMS, type Algorithm, profileOf } from '../jws/algorithms.js'

/** What proofs can be signed with: HMAC has no public key that a proof could bring. */
export const DPOP_ALGORITHMS: readonly Algorithm[] = Object.freeze(
  ALGORITHMS.filter(algorithm => profileOf(algorithm).scheme !== 'hmac'),
)
