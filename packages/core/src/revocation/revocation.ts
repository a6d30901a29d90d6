/** Takes back what was issued. */
export interface Revocation {
  /**
   * Refuses one token from now on (RFC 7009). An access token is verified first; a refresh or a session token ends its
   * session.
   * A token that is not ours, or has expired, needs no revocation: `found` is false.
   * @param options `clientId`: a token that was issued to another client counts as not found
   */
  revokeToken(token: string, options?: { readonly clientId?: string }): Promise<{ readonly found: boolean }>

  /**
   * "Sign out everywhere": what was issued to the subject before this call is refused, what is issued after it
   * returns is accepted. API keys stay; end those with `apiKeys.revoke`.
   */
  revokeSubject(subject: string): Promise<void>

  /** The same for everything that was issued to a client. */
  revokeClient(clientId: string): Promise<void>

  /**
   * How long, at most, a revoked access token can still be accepted, in seconds: 0 when every verification asks the
   * store. Assumes that the clocks of all processes agree.
   */
  readonly stalenessBoundSeconds: number
}
