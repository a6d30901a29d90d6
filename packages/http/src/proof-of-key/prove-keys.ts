import { type Confirmation, certificateThumbprint, type VerifiedDpopProof } from '@authcore/core'
import type { AuthRequest } from '../auth-request.js'
import { findClientCertificate } from '../client-certificate/find-client-certificate.js'
import type { CredentialVerifiers } from '../credential-verifiers.js'
import { dpopRequest, readDpopProof } from './dpop-proof.js'
import { findSpokenDpop, type MaybeSpeaksDpop } from './spoken-dpop.js'

/** What a request proves of keys. */
export interface ProvedKeys {
  /** For `sessions.start`, `sessions.refresh` and `accessTokens.issue`; absent when nothing was proved. */
  readonly confirmation?: Confirmation
  /** Fields that belong on the answer. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Finds out which keys the sender of a token request holds: by a client certificate (RFC 8705 section 3), and by a
 * DPoP proof (RFC 9449 section 5) where `createHttpAuth` was told of DPoP. Starting a session with the result binds
 * its tokens. A proof counts once: call this once for a request, as late as you can.
 * @param verifiers an `AuthCore` with the settings of `createHttpAuth`
 * @throws InvalidProofError `dpop_*`, but for `dpop_proof_missing`: whoever sends none proves none
 * @throws InvalidRequestError `credentials_malformed`, `credentials_repeated`
 * @throws StoreError `store_unavailable`
 * @example
 * const { confirmation, headers } = await proveKeys(auth, request)
 * const tokens = await auth.sessions.start({ subject, ...(confirmation && { confirmation }) })
 */
export async function proveKeys(
  verifiers: Pick<CredentialVerifiers, 'dpop' | 'http'>,
  request: AuthRequest,
): Promise<ProvedKeys> {
  const certificate = confirmCertificate(verifiers, request)
  const proved = await proveDpopKey(verifiers, request)
  const confirmation = { ...certificate, ...(proved !== undefined && { jkt: proved.jkt }) }
  return Object.freeze({
    ...(Object.keys(confirmation).length > 0 && { confirmation: Object.freeze(confirmation) }),
    headers: Object.freeze(nonceHeader(proved?.nextNonce)),
  })
}

/** The confirmation of a client certificate, where the request has one. */
export function confirmCertificate(
  { http }: Pick<CredentialVerifiers, 'http'>,
  request: AuthRequest,
): Confirmation | undefined {
  const certificate = findClientCertificate(request, http)
  return certificate && { 'x5t#S256': certificateThumbprint(certificate) }
}

/** The field that hands out the next nonce (RFC 9449 section 8.2). */
export function nonceHeader(nonce: string | undefined): Readonly<Record<string, string>> {
  return nonce === undefined ? {} : { 'dpop-nonce': nonce }
}

async function proveDpopKey(
  deployment: MaybeSpeaksDpop,
  request: AuthRequest,
): Promise<VerifiedDpopProof | undefined> {
  const spoken = findSpokenDpop(deployment)
  const proof = spoken && readDpopProof(request.headers)
  if (spoken === undefined || proof === undefined) return undefined
  return spoken.verifier.verify(proof, dpopRequest(request, spoken.origin))
}
