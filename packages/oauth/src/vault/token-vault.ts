/** A token of a provider, to call it with. */
export interface ProviderAccessToken {
  readonly accessToken: string
  /** Epoch milliseconds; absent when the provider does not say. */
  readonly expiresAt?: number
  /** As the provider writes it. */
  readonly scope: string
}

/** Tokens that are kept; what opens a door is left out. */
export interface KeptTokens {
  readonly identityId: string
  readonly provider: string
  /** False when the person has to sign in there again. */
  readonly isUsable: boolean
}

/** The tokens of providers, sealed at rest (AES-256-GCM, the owner as associated data). */
export interface TokenVault {
  /**
   * Gets a token that is good for another minute, refreshed where needed: once, however many callers and processes ask.
   * @param subject whose account; tokens of another one count as not found
   * @param identityId as `list` and `identities.list` name it
   * @throws InvalidRequestError `identity_not_found`
   * @throws InvalidGrantError `provider_grant_ended` when the person has to sign in there again
   * @throws StoreError `provider_unavailable`, `provider_response_invalid`, `store_unavailable`
   */
  accessToken(subject: string, identityId: string): Promise<ProviderAccessToken>
  /** The tokens of an account, newest first. */
  list(subject: string): Promise<readonly KeptTokens[]>
  /**
   * Deletes tokens and revokes them at the provider (RFC 7009). They are deleted whether it answers or not.
   * @returns `isRevoked`: whether the provider has confirmed it
   */
  remove(
    subject: string,
    identityId: string,
  ): Promise<{ readonly found: boolean; readonly isRevoked: boolean }>
  /**
   * Seals again what is sealed under an older root secret, so that it can be taken off the list; run it after a new one
   * was put first, until `resealed` is 0. What is read meanwhile is sealed again by itself.
   * @param options `limit`: at most so many, 1 to 1,000; 100 unless told
   * @throws StoreError
   */
  reseal(options?: { readonly limit?: number }): Promise<{ readonly resealed: number }>
}
