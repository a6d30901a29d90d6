import type { RevocationMark } from '../ports/revocation-store.js'

/** What of a credential marks can name. */
export interface RevocableCredential {
  /** The id of the credential itself. */
  readonly tokenId: string
  readonly subject: string
  readonly sessionId?: string
  readonly clientId?: string
  /** Epoch milliseconds. */
  readonly issuedAt: number
}

/** Every mark that could refuse a credential; they are looked up together. */
export function toRevocationMarks(
  { tokenId, subject, sessionId, clientId }: Omit<RevocableCredential, 'issuedAt'>,
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
