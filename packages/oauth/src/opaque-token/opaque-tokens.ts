import type { Confirmation, JsonObject, OpaqueTokenPrincipal, ValidateGrantOptions } from '@authcore/core'

/** What a new opaque token stands for. */
export interface IssueOpaqueTokenOptions<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> extends Omit<ValidateGrantOptions<Scope, Role, Claims>, 'clientId'> {
  /** Who presents the token: 1 to 255 characters. */
  readonly clientId: string
  /** Ending that session refuses the token. */
  readonly sessionId?: string
  /** Whom the token is for; everybody in the audience of the deployment unless told (RFC 8707). */
  readonly audience?: string | readonly string[]
  /** How long the token lives, 1 to `ttlSeconds` of the options, which is what holds unless told. */
  readonly expiresInSeconds?: number
}

/** A new opaque token; the text is shown once and kept nowhere. */
export interface IssuedOpaqueToken {
  /** `at_...` */
  readonly accessToken: string
  /** How it is to be presented: `DPoP` when it is bound to a DPoP key (RFC 9449 section 5). */
  readonly tokenType: 'Bearer' | 'DPoP'
  readonly tokenId: string
  /** Epoch milliseconds. */
  readonly issuedAt: number
  /** Epoch milliseconds. */
  readonly expiresAt: number
  readonly expiresInSeconds: number
}

/** What one verification demands. */
export interface VerifyOpaqueTokenOptions<Scope extends string = string> {
  /** Who verifies: replaces the audience of the deployment for this call. */
  readonly audience?: string | readonly string[]
  /** Every scope that the token must carry. */
  readonly scope?: readonly Scope[]
  /** How long ago the person may have logged in; tokens without a login are refused. */
  readonly maxAgeSeconds?: number
  /** The keys that the caller proved. A token bound to a key is refused unless every part of it is here. */
  readonly confirmation?: Confirmation
}

/** A live token as its owner may see it: nothing in it opens a door. Instants are epoch milliseconds. */
export interface OpaqueToken<Scope extends string = string> {
  readonly tokenId: string
  readonly subject: string
  readonly clientId: string
  readonly sessionId?: string
  readonly audience: readonly string[]
  readonly scope: readonly Scope[]
  readonly issuedAt: number
  readonly expiresAt: number
}

/** Whose tokens are meant: exactly one of these. */
export type OpaqueTokenOwner =
  | { readonly subject: string }
  | { readonly clientId: string }
  | { readonly sessionId: string }

/**
 * Issues, verifies and ends access tokens that say nothing to whoever holds them. Fits as `opaqueTokens` beside the
 * other verifiers of `@authcore/http`.
 */
export interface OpaqueTokens<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  /**
   * How long, at most, a revoked token can still be accepted, in seconds: that of `auth.revocation`, or the age that
   * the cache is allowed, whichever is more. Assumes that the clocks of all processes agree.
   */
  readonly stalenessBoundSeconds: number

  /** How long a token lives unless told, and at most. */
  readonly ttlSeconds: number

  /**
   * Issues a token and stores its hash. A revocation of its subject, client or session, or of all tokens of one of them,
   * that comes while it is issued refuses it from the start, as one that comes afterwards does.
   * @throws InvalidRequestError `argument_invalid`, `scope_unknown`, `role_unknown`, `claims_*`
   * @throws StoreError `store_unavailable`
   */
  issue(options: IssueOpaqueTokenOptions<Scope, Role, Claims>): Promise<IssuedOpaqueToken>

  /** Whether a text has the form of an opaque token. Says nothing about its being good; never throws. */
  isOpaqueToken(text: string): boolean

  /**
   * Verifies a token: first that it was issued here, without any store call; then its record, and beside it, in the
   * same round trip, the revocations of its subject, client and session.
   * @returns frozen; only what was verified
   * @throws InvalidTokenError `token_malformed`, `token_signature_invalid`, `token_expired`, `token_revoked`,
   *   `token_audience_mismatch`, `token_binding_mismatch`, `token_claim_invalid`, `authentication_too_old`
   * @throws InsufficientScopeError `insufficient_scope`
   * @throws StoreError `store_unavailable`
   */
  verify(
    token: string,
    options?: VerifyOpaqueTokenOptions<Scope>,
  ): Promise<OpaqueTokenPrincipal<Scope, Role, Claims>>

  /**
   * Tells what a token stands for, for others than its bearer (RFC 7662): with the key that it is bound to instead of
   * its proof, whomever it is for. Its record never comes from the cache. Not for letting a request pass.
   * @returns `undefined` for every token that is not active
   * @throws StoreError `store_unavailable`
   */
  introspect(token: string): Promise<OpaqueTokenPrincipal<Scope, Role, Claims> | undefined>

  /**
   * Ends a token (RFC 7009). One that is not ours, or has ended, needs no revocation: `found` is false.
   * @param options `clientId`: a token that was issued to another client counts as not found
   * @throws StoreError `store_unavailable`
   */
  revoke(token: string, options?: { readonly clientId?: string }): Promise<{ readonly found: boolean }>

  /**
   * Ends a token by its id, as from a list.
   * @param options `subject`: a token of somebody else counts as not found
   * @throws InvalidRequestError `argument_invalid`
   * @throws StoreError `store_unavailable`
   */
  revokeById(tokenId: string, options?: { readonly subject?: string }): Promise<{ readonly found: boolean }>

  /**
   * Ends every opaque token that was issued to a subject, to a client or in a session, and nothing else; to sign
   * somebody out everywhere use `auth.revocation.revokeSubject`, which ends these tokens too. What is being issued at the
   * same time is refused as well, also by processes whose clocks differ, as long as they differ by less than the
   * lifetime of a token; what is issued after this returns is not.
   * @throws InvalidRequestError `argument_invalid`
   * @throws StoreError `store_unavailable`
   */
  revokeAll(owner: OpaqueTokenOwner): Promise<{ readonly count: number }>

  /**
   * The live opaque tokens of a subject, newest first, at most 1,000.
   * @throws InvalidRequestError `argument_invalid`
   * @throws StoreError `store_unavailable`
   */
  list(subject: string): Promise<readonly OpaqueToken<Scope>[]>
}
