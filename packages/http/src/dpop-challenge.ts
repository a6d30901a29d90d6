import type { AuthRequest } from './auth-request.js'
import { findSpokenDpop, type MaybeSpeaksDpop } from './proof-of-key/spoken-dpop.js'

/** What a challenge says of DPoP. */
export interface DpopChallenge {
  /** The algorithms that proofs may use. */
  readonly algorithms: readonly string[]
  /** Whether the request used the scheme: then the challenge of this scheme tells what was wrong. */
  readonly isUsed: boolean
}

/** For `toErrorResponse`: what to say of DPoP, where a deployment speaks it. */
export function dpopChallenge(
  deployment: MaybeSpeaksDpop,
  { headers }: Pick<AuthRequest, 'headers'>,
): { readonly dpop?: DpopChallenge } {
  const spoken = findSpokenDpop(deployment)
  if (spoken === undefined) return {}
  // the first of several: where a framework has joined them, it is all that can be told apart
  const [first] = [headers['authorization']].flat()
  const isUsed = typeof first === 'string' && /^dpop(?: |$)/i.test(first)
  return { dpop: { algorithms: spoken.verifier.algorithms, isUsed } }
}
