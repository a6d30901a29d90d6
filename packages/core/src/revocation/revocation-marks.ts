import type { RevocationMark } from '../ports/revocation-store.js'

/** What of a credential marks can name. */
export interface RevocableCredential {
  /** The id of the credential itself. */
  readonly tokenId: string
  readonly subject: string
  readonly sessionId?: string | undefined
  readonly clientId?: string | undefined
  /** Epoch milliseconds. */
  readonly issuedAt: number
}

/** Every mark that could refuse a credential; they are looked up together. */
export function toRevocationMarks(
  { tokenId, subject, sessionId, clientId }: Omit<RevocableCredential, 'issuedAt'>,
  kid: string | undefined,
): readonly RevocationMark[] {
  const marks: RevocationMark[] = [
    { kind: 'token', id: tokenId },
    { kind: 'subject', id: subject },
  ]
  if (sessionId !== undefined) marks.push({ kind: 'session', id: sessionId })
  if (clientId !== undefined) marks.push({ kind: 'client', id: clientId })
  if (kid !== undefined) marks.push({ kind: 'signing_key', id: kid })
  return marks
}
