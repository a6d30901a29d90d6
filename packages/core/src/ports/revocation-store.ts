/** What can be revoked. `token`, `session` and `signing_key` are final; `subject` and `client` are an instant. */
export type RevocationKind = 'token' | 'session' | 'subject' | 'client' | 'signing_key'

/** Names one thing that may have been revoked. */
export interface RevocationMark {
  readonly kind: RevocationKind
  readonly id: string
}

/** Says since when a thing is revoked, and until when anybody can still ask. */
export interface RevocationEntry extends RevocationMark {
  /** Epoch milliseconds. */
  readonly revokedAt: number
  /** After this no credential of that thing can be alive, so the entry may go. */
  readonly expiresAt: number
}

/** Keeps revocations. Every method is one atomic command of the database. */
export interface RevocationStore {
  /**
   * Records all entries or, on failure, none. On one that exists and has not expired the later `revokedAt` and the
   * later `expiresAt` stay.
   */
  revoke(command: { readonly entries: readonly RevocationEntry[]; readonly now: number }): Promise<void>

  /**
   * Looks up all marks in one round trip.
   * A store that keeps sessions in the same database also answers for a session that was ended there.
   * @returns `revokedAt` of each mark in the order asked, `undefined` for one without an unexpired entry
   */
  find(query: {
    readonly marks: readonly RevocationMark[]
    readonly now: number
  }): Promise<readonly (number | undefined)[]>

  /** Deletes at most `limit` expired entries. */
  sweep(command: { readonly now: number; readonly limit: number }): Promise<{ readonly removed: number }>
}
