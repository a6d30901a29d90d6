import type { JsonObject } from '../json.js'
import type { Confirmation, SessionPrincipal } from '../principal.js'
import type { IntrospectedRefreshToken } from './introspect-refresh-token.js'
import type { Session } from './session.js'

/** Who logged in, and with what rights. */
export interface StartSessionOptions<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  readonly subject: string
  readonly scope?: readonly Scope[]
  readonly roles?: readonly Role[]
  readonly claims?: Claims
  /** Only this client can refresh the session. */
  readonly clientId?: string
  /** Methods used at login (RFC 8176), such as `['pwd', 'otp']`. */
  readonly amr?: readonly string[]
  readonly acr?: string
  /** When the person proved who they are, epoch milliseconds; now unless told, never later. */
  readonly authenticatedAt?: number
  /** The key that refresh and access tokens are bound to. */
  readonly confirmation?: Confirmation
  /** What the user sees in a list of devices, up to 200 characters. */
  readonly label?: string
}

/** A pair of tokens; both texts are shown once and kept nowhere. */
export interface SessionTokens<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  readonly session: Session<Scope, Role, Claims>
  readonly accessToken: string
  readonly refreshToken: string
  /** How the access token is to be presented: `DPoP` when it is bound to a DPoP key (RFC 9449 section 5). */
  readonly tokenType: 'Bearer' | 'DPoP'
  /** Lifetime of the access token. */
  readonly expiresInSeconds: number
  readonly accessTokenExpiresAt: number
  /** When the refresh token idles out, epoch milliseconds. */
  readonly refreshTokenExpiresAt: number
  /** The scope of this access token; narrower than the session's if that was asked for. */
  readonly scope: readonly Scope[]
  /** The key that this access token is bound to. */
  readonly confirmation?: Confirmation
}

/** Who refreshes, and what for. */
export interface RefreshSessionOptions<Scope extends string = string> {
  /** Must equal the client that the session was started for; absent only for sessions without one. */
  readonly clientId?: string
  /** Narrows the scope of this one access token (RFC 6749 section 6). */
  readonly scope?: readonly Scope[]
  /** Whom this one access token is for, as for `accessTokens.issue` (RFC 8707 section 2.2). */
  readonly audience?: string | readonly string[]
  /**
   * The keys that the caller proved; needed for sessions that are bound to one. A DPoP key (`jkt`) that is proved for
   * a session that is bound to none binds this one access token (RFC 9449 section 5).
   */
  readonly confirmation?: Confirmation
}

/** The same for a session whose token a browser keeps in a cookie; it is bound to no key beside that. */
export type StartCookieSessionOptions<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> = Omit<StartSessionOptions<Scope, Role, Claims>, 'confirmation'>

/** A session and its token; the text is shown once and kept nowhere. */
export interface CookieSession<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  readonly session: Session<Scope, Role, Claims>
  /** For the cookie; the same for as long as the session lives. */
  readonly sessionToken: string
  /** The absolute expiry, epoch milliseconds: until then the cookie must be kept, for the idle one slides. */
  readonly expiresAt: number
}

/** What one verification of a session demands. */
export interface VerifySessionOptions<Scope extends string = string> {
  /** Every scope that the session must have. */
  readonly scope?: readonly Scope[]
  /** How long ago the person may have logged in. */
  readonly maxAgeSeconds?: number
}

/** What changes with a new id; what is left out stays. */
export interface RenewSessionOptions<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  readonly scope?: readonly Scope[]
  readonly roles?: readonly Role[]
  readonly claims?: Claims
  /** Methods of the login that led to this, such as `['pwd', 'otp']`. */
  readonly amr?: readonly string[]
  readonly acr?: string
  /** When the person proved it again, epoch milliseconds; now where `amr` or `acr` is given. */
  readonly authenticatedAt?: number
}

/** Starts, refreshes, verifies, renews, lists and ends sessions. */
export interface Sessions<Scope extends string = string, Role extends string = string, Claims = JsonObject> {
  /**
   * Starts a session after a login. Always under a new id: there is nothing to fixate.
   * @throws InvalidRequestError `argument_invalid`, `scope_unknown`, `role_unknown`, `claims_*`
   * @throws StoreError
   */
  start(options: StartSessionOptions<Scope, Role, Claims>): Promise<SessionTokens<Scope, Role, Claims>>

  /**
   * Replaces a refresh token (RFC 9700 section 4.14). The same token again within the grace time gets the same
   * successor; any older one ends the session.
   * @throws InvalidGrantError `refresh_token_*`, `session_*`
   * @throws InvalidRequestError `scope_exceeds_grant`; the session lives on
   * @throws StoreError `store_unavailable`; try again with the same token
   */
  refresh(
    refreshToken: string,
    options?: RefreshSessionOptions<Scope>,
  ): Promise<SessionTokens<Scope, Role, Claims>>

  /**
   * Tells whether a refresh token could be used now, and what for (RFC 7662). Spends nothing and ends nothing, whatever
   * the token: one that was replaced is just not active.
   * @returns `undefined` for every token that `refresh` would refuse, whoever presents it
   * @throws StoreError `store_unavailable`
   */
  introspect(refreshToken: string): Promise<IntrospectedRefreshToken<Scope, Role, Claims> | undefined>

  /**
   * Starts a session whose one token a browser keeps in a cookie. Always under a new id, whatever cookie came with the
   * login: there is nothing to fixate.
   * @throws InvalidRequestError `argument_invalid`, `scope_unknown`, `role_unknown`, `claims_*`
   * @throws StoreError
   */
  startCookie(
    options: StartCookieSessionOptions<Scope, Role, Claims>,
  ): Promise<CookieSession<Scope, Role, Claims>>

  /** Whether a text has the form of a session token. Says nothing about its being good; never throws. */
  isSessionToken(text: string): boolean

  /**
   * Verifies a session token: its tag, then one read beside which revocations are looked up. Writes nothing but, once
   * in `session.touchIntervalSeconds`, that the session is in use; a failure of that write changes nothing.
   * @throws InvalidGrantError `session_token_malformed`, `session_token_invalid`, `session_token_expired`,
   *   `session_token_revoked`
   * @throws InvalidTokenError `authentication_too_old`
   * @throws InsufficientScopeError `insufficient_scope`
   * @throws StoreError `store_unavailable`
   */
  verify(
    sessionToken: string,
    options?: VerifySessionOptions<Scope>,
  ): Promise<SessionPrincipal<Scope, Role, Claims>>

  /**
   * Puts a session under a new id with a new token, as is due at step-up and whenever rights change; the former token
   * is dead once this returns. The absolute expiry stays. Of several renewals of one token exactly one wins.
   * @throws InvalidGrantError `session_token_*`
   * @throws InvalidRequestError `argument_invalid`, `scope_unknown`, `role_unknown`, `claims_*`; the session lives on
   * @throws StoreError; the session lives on, or has ended when the failure came between its end and this answer
   */
  renew(
    sessionToken: string,
    options?: RenewSessionOptions<Scope, Role, Claims>,
  ): Promise<CookieSession<Scope, Role, Claims>>

  /** The live sessions of a subject, newest first, at most 1,000. */
  list(subject: string): Promise<readonly Session<Scope, Role, Claims>[]>

  /**
   * Ends a session; its access tokens are refused from now on. May be repeated.
   * @param options `subject`: a session of somebody else counts as not found
   */
  revoke(sessionId: string, options?: { readonly subject?: string }): Promise<{ readonly found: boolean }>

  /** Ends a session by its refresh token (logout). A token that proves nothing is refused as `refresh` refuses it. */
  revokeByRefreshToken(
    refreshToken: string,
    options?: { readonly clientId?: string },
  ): Promise<{ readonly found: boolean }>

  /** Ends a session by its session token (sign-out). Only form and tag are checked: one that has ended may be given. */
  revokeBySessionToken(sessionToken: string): Promise<{ readonly found: boolean }>

  /**
   * Ends the sessions of a subject, and their access tokens, but not tokens that were issued outside of sessions:
   * `revocation.revokeSubject` ends those too.
   * @returns the ids of the sessions that this call ended, at most 1,000
   */
  revokeAll(
    subject: string,
    options?: { readonly except?: string },
  ): Promise<{ readonly ids: readonly string[] }>
}
