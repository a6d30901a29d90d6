import type { RevocationMark } from '../ports/revocation-store.js'
import type { AccessTokenPrincipal } from '../principal.js'

/** Every mark that could refuse an access token; they are looked up together. */
export function toRevocationMarks(
  { tokenId, subject, sessionId, clientId }: AccessTokenPrincipal,
  kid: string | undefined,
): readonly RevocationMark[] {
  return [
    { kind: 'token', id: tokenId },
    { kind: 'subject', id: subject },
    ...(sessionId === undefined ? [] : [{ kind: 'session', id: sessionId } as const]),
    ...(clientId === undefined ? [] : [{ kind: 'client', id: clientId } as const]),
    ...(kid === undefined ? [] : [{ kind: 'signing_key', id: kid } as const]),
  ]
}
