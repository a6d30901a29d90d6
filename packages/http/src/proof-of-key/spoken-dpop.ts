import type { DpopProofVerifier } from '@authcore/core'
import type { TokenScheme } from '../authorization-header.js'
import type { DpopHttpSettings } from './dpop-options.js'

/** What of a deployment tells whether DPoP is spoken. */
export interface MaybeSpeaksDpop {
  readonly dpop?: DpopProofVerifier
  readonly http?: { readonly dpop?: DpopHttpSettings }
}

/** How DPoP is spoken. */
export interface SpokenDpop {
  readonly verifier: DpopProofVerifier
  /** The origin under which clients know this server. */
  readonly origin: string
}

/** What a deployment that speaks DPoP verifies proofs with; `undefined` for one that was not told to. */
export function findSpokenDpop({ dpop, http }: MaybeSpeaksDpop): SpokenDpop | undefined {
  if (dpop === undefined || http?.dpop === undefined) return undefined
  return { verifier: dpop, origin: http.dpop.origin }
}

/** The schemes of the `Authorization` header that a deployment takes tokens from. */
export function spokenSchemes(deployment: MaybeSpeaksDpop): readonly TokenScheme[] {
  return findSpokenDpop(deployment) === undefined ? ['Bearer'] : ['Bearer', 'DPoP']
}
