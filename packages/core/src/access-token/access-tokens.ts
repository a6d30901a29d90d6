import type { JsonObject } from '../json.js'
import type { AccessTokenPrincipal, Confirmation } from '../principal.js'

/** What a new access token says. */
export interface IssueAccessTokenOptions<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  /** `sub`: 1 to 255 characters. */
  readonly subject: string
  readonly scope?: readonly Scope[]
  readonly roles?: readonly Role[]
  /** Private claims, checked against the schema of the options. Readable by whoever holds the token. */
  readonly claims?: Claims
  /** `client_id` (RFC 9068 section 2.2). Without one the issuer itself counts as the client. */
  readonly clientId?: string
  /**
   * `aud`: who the token is for, instead of everybody in the audience of the options (RFC 8707); up to 16. Names that
   * are not in that list are for other services, which verify with an audience of their own.
   */
  readonly audience?: string | readonly string[]
  /** `sid`: ending that session refuses the token. */
  readonly sessionId?: string
  /** `cnf`: the token is refused unless the caller proves this key. */
  readonly confirmation?: Confirmation
  /** `auth_time` in epoch milliseconds. */
  readonly authenticatedAt?: number
  readonly amr?: readonly string[]
  readonly acr?: string
}

/** A new access token; the text is shown once and kept nowhere. */
export interface IssuedAccessToken {
  readonly accessToken: string
  /** How the token is to be presented: `DPoP` when it is bound to a DPoP key (RFC 9449 section 5). */
  readonly tokenType: 'Bearer' | 'DPoP'
  /** `jti`. */
  readonly tokenId: string
  readonly issuedAt: number
  readonly expiresAt: number
  readonly expiresInSeconds: number
}

/** What one verification demands beside the settings. */
export interface VerifyAccessTokenOptions<Scope extends string = string> {
  /** Replaces the configured audience for this call. */
  readonly audience?: string | readonly string[]
  /** Every scope that the token must carry. */
  readonly scope?: readonly Scope[]
  /** How long ago the person may have logged in, counted from `auth_time`; tokens without one are refused. */
  readonly maxAgeSeconds?: number
  /** The keys that the caller proved. A token bound to a key is refused unless every part of its `cnf` is here. */
  readonly confirmation?: Confirmation
}

/** Issues and verifies access tokens (RFC 9068 profile of RFC 7519). */
export interface AccessTokens<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  /**
   * Issues a signed access token.
   * @throws InvalidRequestError `argument_invalid`, `scope_unknown`, `role_unknown`, `claims_*`
   * @throws StoreError when the signing keys cannot be read
   */
  issue(options: IssueAccessTokenOptions<Scope, Role, Claims>): Promise<IssuedAccessToken>

  /**
   * Verifies signature, claims and revocation, in this order, and returns only what was verified.
   * @param token the compact text, without `Bearer`
   * @throws InvalidTokenError for every token that is not accepted
   * @throws InsufficientScopeError `insufficient_scope`
   * @throws StoreError `store_unavailable` when revocation cannot be checked
   */
  verify(
    token: string,
    options?: VerifyAccessTokenOptions<Scope>,
  ): Promise<AccessTokenPrincipal<Scope, Role, Claims>>

  /**
   * Tells what a token says, for others than its bearer (RFC 7662): everything is verified but the proof of the key
   * that it may be bound to, which stands in `confirmation`. Not for letting a request pass.
   * @returns `undefined` for every token that is not accepted
   * @throws StoreError `store_unavailable` when revocation cannot be checked
   */
  introspect(token: string): Promise<AccessTokenPrincipal<Scope, Role, Claims> | undefined>
}
