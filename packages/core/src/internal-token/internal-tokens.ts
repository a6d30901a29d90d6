import type { Principal } from '../principal.js'

/** For whom an internal token is meant. */
export interface IssueInternalTokenOptions {
  /** `aud`: the inner services that the request goes to. */
  readonly audience: string | readonly string[]
  /** 1 to 300, default 60, and never longer than the credential of the caller lives. */
  readonly ttlSeconds?: number
}

/** A new internal token. */
export interface IssuedInternalToken {
  readonly internalToken: string
  /** Epoch milliseconds, a whole second. */
  readonly expiresAt: number
}

/** Tells inner services who is calling, after a gateway has verified it. */
export interface InternalTokens {
  /**
   * Issues a short-lived JWT of the type `internal+jwt` about a verified principal. No route that takes access tokens
   * accepts it, and `createInternalTokenVerifier` accepts nothing else (RFC 8725 section 3.11). Beside the claims of
   * an access token it holds `auth_method`, the method by which the caller was authenticated. It is bound to no key:
   * the gateway has checked that proof.
   * @param principal what `requireAuth` or a `verify` returned
   * @throws InvalidRequestError `argument_invalid`
   * @throws StoreError when the signing keys cannot be read
   */
  issue(
    principal: Principal<string, string, unknown>,
    options: IssueInternalTokenOptions,
  ): Promise<IssuedInternalToken>
}
