import { type Confirmation, InvalidTokenError } from '@authcore/core'
import type { AuthRequest } from '../auth-request.js'
import type { PresentedToken } from '../authorization-header.js'
import type { CredentialVerifiers } from '../credential-verifiers.js'
import type { ResponseHeaders } from '../response-headers.js'
import { dpopRequest, readDpopProof } from './dpop-proof.js'
import { confirmCertificate, nonceHeader } from './prove-keys.js'
import { findSpokenDpop } from './spoken-dpop.js'

/** Where a token came from, and where fields for the answer go. */
export interface BoundTokenSearch {
  readonly verifiers: Pick<CredentialVerifiers, 'dpop' | 'http'>
  readonly request: AuthRequest
  readonly addHeaders: (headers: ResponseHeaders) => void
}

interface MaybeBound {
  readonly confirmation?: Confirmation
}

/**
 * Verifies a token together with the keys that its sender proves. A token that is bound to a DPoP key and comes as a
 * plain bearer token is refused, as is one that comes with a proof and is bound to no key (RFC 9449 section 7.1).
 * @param verify verifies the token itself, and that it is bound to nothing but what was proved
 * @throws InvalidTokenError `token_binding_mismatch`
 * @throws InvalidProofError `dpop_*`
 * @throws whatever `verify` throws; the proof may then be used again
 */
export async function verifyBoundToken<Verified extends MaybeBound>(
  { verifiers, request, addHeaders }: BoundTokenSearch,
  { scheme, token }: PresentedToken,
  verify: (proved: Confirmation) => Promise<Verified>,
): Promise<Verified> {
  const certificate = confirmCertificate(verifiers, request) ?? {}
  const verifyWith = async (proved: Confirmation) => refuseUnproved(await verify(proved), proved)
  const spoken = scheme === 'DPoP' ? findSpokenDpop(verifiers) : undefined
  if (spoken === undefined) return verifyWith(certificate)

  const accepted: Verified[] = []
  const { nextNonce } = await spoken.verifier.verify(readDpopProof(request.headers), {
    ...dpopRequest(request, spoken.origin),
    accessToken: token,
    accept: async ({ jkt }) => {
      const verified = await verifyWith({ ...certificate, jkt })
      if (verified.confirmation?.jkt === undefined) throw new InvalidTokenError('token_binding_mismatch')
      accepted.push(verified)
    },
  })
  const [verified] = accepted
  // a verifier of another make that passes over `accept` has accepted nothing
  if (verified === undefined) throw new InvalidTokenError('token_binding_mismatch')
  addHeaders(nonceHeader(nextNonce))
  return verified
}

/** Verifiers of other makes may not know of confirmations; a token whose `cnf` nobody checked is refused. */
function refuseUnproved<Verified extends MaybeBound>(verified: Verified, proved: Confirmation): Verified {
  const isProved = Object.entries(verified.confirmation ?? {}).every(
    ([name, value]) => (name === 'x5t#S256' || name === 'jkt') && proved[name] === value,
  )
  if (!isProved) throw new InvalidTokenError('token_binding_mismatch')
  return verified
}
