import type { Confirmation, CookieSession, JsonObject, SessionTokens } from '@authcore/core'
import type { SecondFactorProof } from './second-factors.js'

/** What is known of whoever asks. Nothing in it has been verified. */
export interface LoginClient {
  /** The address of the client, as far as it can be believed. */
  readonly ip?: string | undefined
  /** What an earlier login returned as `deviceToken`. */
  readonly deviceToken?: string | undefined
}

/** What the session is bound to. */
export interface ProvedByClient {
  /** The keys that the client proved, as `proveKeys` of `@authcore/http` finds them: the tokens are bound to them. */
  readonly confirmation?: Confirmation | undefined
}

/** Somebody who wants to log in. */
export interface LoginOptions extends LoginClient, ProvedByClient {
  readonly identifier: string
  readonly password: string
  /** Only this client can refresh the session. */
  readonly clientId?: string | undefined
  /** What the user sees in a list of devices, up to 200 characters. */
  readonly label?: string | undefined
}

/** A second step of a login; the keys that are proved with it count, whatever was proved with the first. */
export interface CompleteLoginOptions extends LoginClient, ProvedByClient {
  /** What `login` returned. */
  readonly pendingToken: string
  readonly proof: SecondFactorProof
}

/** Somebody who logs in with a passkey alone. */
export interface LoginWithPasskeyOptions
  extends LoginClient,
    ProvedByClient,
    Pick<LoginOptions, 'clientId' | 'label'> {
  /** `{ method: 'passkey', response }`, the answer to `startPasskeyLogin` of `@authcore/mfa`. */
  readonly proof: SecondFactorProof
}

/** A login that is done. */
export interface CompletedLogin<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  readonly outcome: 'completed'
  readonly subject: string
  readonly tokens: SessionTokens<Scope, Role, Claims>
  /** For the device to keep and to present at the next login: guesses of others do not lock it out. Opens nothing. */
  readonly deviceToken: string
}

/** The same, where the session is kept in a cookie. */
export interface CompletedCookieLogin<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> extends Omit<CompletedLogin<Scope, Role, Claims>, 'tokens'> {
  /** For `createSessionCookie().issue` of `@authcore/http`. */
  readonly cookieSession: CookieSession<Scope, Role, Claims>
}

/** The password was right; a second factor is missing. */
export interface PendingLogin {
  readonly outcome: 'second_factor_required'
  /** Opens nothing; `completeLogin` takes it once, within a few minutes. */
  readonly pendingToken: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
  /** Names of the factors that the account has, where the factors tell. */
  readonly methods: readonly string[]
}

/** What a login came to. */
export type LoginResult<Scope extends string = string, Role extends string = string, Claims = JsonObject> =
  | CompletedLogin<Scope, Role, Claims>
  | PendingLogin

/** What a pending token says. */
export interface PendingLoginContent {
  readonly subject: string
  readonly loginId: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/** A new account. */
export interface RegisterOptions extends LoginClient {
  readonly identifier: string
  readonly password: string
  /** What the password must not be made of, beside the identifier. */
  readonly contextWords?: readonly string[] | undefined
}

/** A change of the password by its owner. */
export interface ChangePasswordOptions extends LoginClient {
  /** From a verified principal, never from the request. */
  readonly subject: string
  readonly currentPassword: string
  readonly newPassword: string
  /** The one session that goes on; all end without it. */
  readonly keepSessionId?: string | undefined
}

/** Somebody who has forgotten the password. */
export interface RequestPasswordResetOptions extends LoginClient {
  readonly identifier: string
}

/** What comes back by e-mail. */
export interface ResetPasswordOptions extends LoginClient {
  readonly token: string
  readonly newPassword: string
}

/** A token to be sent. */
export interface IssuedActionToken {
  readonly token: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/** Logs people in with a password, and with a second factor where there is one. */
export interface Login<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
  Completed = CompletedLogin<Scope, Role, Claims>,
> {
  /** What a login ends with: an access token and a refresh token, or the one token of a cookie. */
  readonly session: 'tokens' | 'cookie'
  /**
   * Verifies a password. Unknown account, wrong password and too many attempts get one answer after the same work.
   * @throws InvalidLoginError `login_*`; answer all of them as `@authcore/http` does, with `login_failed`
   * @throws RateLimitError `rate_limited` for the address, `hashing_overloaded`
   * @throws InvalidRequestError `argument_invalid`, `password_malformed`, `password_too_long`
   * @throws StoreError
   */
  login(options: LoginOptions): Promise<Completed | PendingLogin>
  /**
   * Finishes a login with a second factor. A wrong proof leaves the pending token as it is; attempts are counted with
   * those at the password.
   * @throws InvalidLoginError `login_pending_invalid`, `login_second_factor_invalid`, `login_throttled`, `login_restricted`
   * @throws RateLimitError `rate_limited`
   * @throws StoreError
   */
  completeLogin(options: CompleteLoginOptions): Promise<Completed>
  /**
   * Logs somebody in with a passkey, without a name or a password: it says whose it is.
   * @throws InvalidLoginError `login_*`
   * @throws InvalidRequestError `argument_invalid`
   * @throws RateLimitError `rate_limited` for the address
   * @throws ConfigError `config_invalid` when the second factors have no `verifyFirst`
   * @throws StoreError
   */
  loginWithPasskey(options: LoginWithPasskeyOptions): Promise<Completed>
  /**
   * Reads a pending token, to send a code or a challenge to whoever has got that far. That it was not used yet is not
   * verified.
   * @throws InvalidLoginError `login_pending_invalid`
   */
  readPendingLogin(pendingToken: string): Promise<PendingLoginContent>
  /**
   * Checks a password by the policy and creates the account. Starts no session.
   * @throws InvalidRequestError `account_exists`, `password_*`, `argument_invalid`
   * @throws RateLimitError `rate_limited` for the address, `hashing_overloaded`
   * @throws ConfigError `config_invalid` when `accounts.insert` is missing
   */
  register(options: RegisterOptions): Promise<{ readonly subject: string }>
  /**
   * Replaces the password of somebody who is logged in and ends the other sessions.
   * @throws InvalidLoginError `login_*` when the current password is wrong
   * @throws InvalidRequestError `password_*`
   * @throws StoreError
   */
  changePassword(options: ChangePasswordOptions): Promise<void>
  /**
   * Sends a token to the owner of an account. The answer is the same whether there is one.
   * @returns `delivery` is done when the message was handed over, or there was nothing to send; it never rejects. Do not
   *   wait for it before answering: how long it takes tells whether there is an account
   * @throws InvalidRequestError `argument_invalid`
   * @throws RateLimitError `rate_limited` for the address
   * @throws ConfigError `config_invalid` when there is no `sendPasswordReset`
   */
  requestPasswordReset(options: RequestPasswordResetOptions): Promise<{ readonly delivery: Promise<void> }>
  /**
   * Sets a new password with a token from `requestPasswordReset`, ends everything that was issued to the account, and
   * forgets its failures.
   * @throws InvalidLoginError `password_reset_invalid`: made up, expired, used, or older than the last change
   * @throws InvalidRequestError `password_*`; the token can be used again
   * @throws StoreError
   */
  resetPassword(options: ResetPasswordOptions): Promise<{ readonly subject: string }>
  /**
   * Issues a token that proves who has it reads the mail of that address.
   * @throws InvalidRequestError `argument_invalid`
   */
  issueEmailVerification(options: {
    readonly subject: string
    readonly email: string
  }): Promise<IssuedActionToken>
  /**
   * Takes such a token, once. It is void when the account has another address by now.
   * @returns what is proven; storing that is up to the application
   * @throws InvalidLoginError `email_verification_invalid`
   * @throws StoreError
   */
  verifyEmail(token: string): Promise<{ readonly subject: string; readonly email: string }>
}

/**
 * The same with sessions that browsers keep in a cookie. They are bound to no key beside that: `confirmation` of the
 * options changes nothing.
 */
export type CookieLogin<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> = Login<Scope, Role, Claims, CompletedCookieLogin<Scope, Role, Claims>>
