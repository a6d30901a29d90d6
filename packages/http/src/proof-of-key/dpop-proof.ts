import { InvalidRequestError, type VerifyDpopProofOptions } from '@authcore/core'
import { type AuthHeaders, type AuthRequest, readHeaderValues } from '../auth-request.js'

/** How long a proof may be is the business of the core. */
const MAX_LENGTH = 16_384

/**
 * Reads the one `DPoP` header (RFC 9449 section 4.3 step 1).
 * @returns `undefined` when there is none
 * @throws InvalidRequestError `credentials_repeated`, `credentials_malformed`
 */
export function readDpopProof(headers: AuthHeaders): string | undefined {
  const [proof, second] = readHeaderValues(headers, 'dpop', MAX_LENGTH)
  // no proof holds a comma; servers of the Fetch kind join repeated fields by commas
  if (second !== undefined || proof?.includes(',')) throw new InvalidRequestError('credentials_repeated')
  return proof
}

/** What a proof of this request has to name. The host comes from the settings: that of the request is anybody's. */
export function dpopRequest(
  { method, url }: Pick<AuthRequest, 'method' | 'url'>,
  origin: string,
): Pick<VerifyDpopProofOptions, 'method' | 'url'> {
  const target = url.replace(/^https?:\/\/[^/?#]*/i, '')
  return { method, url: origin + (target.startsWith('/') ? target : `/${target}`) }
}
