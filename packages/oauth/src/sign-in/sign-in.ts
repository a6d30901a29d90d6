import type { Identity } from '../identity/sign-in-accounts.js'
import type { VerifiedProfile } from '../provider/verified-profile.js'
import type { TokenVault } from '../vault/token-vault.js'
import type { SignInGrant } from './sign-in-options.js'
import type { LinkRequest } from './sign-in-state.js'
import type { RequestHeaders } from './state-cookie.js'

/** How one sign-in begins. */
export interface StartSignInOptions {
  /** The header fields of the request: its cookies tell which sign-ins are under way in this browser. */
  readonly headers: RequestHeaders
  /** Where to go afterwards: a path, or a URL of an allowed origin. */
  readonly returnTo?: string
  /** For whom the identity is to be linked, instead of signing anybody in. */
  readonly link?: LinkRequest
}

/** Where to send the browser, and what it has to keep meanwhile. */
export interface StartedSignIn {
  readonly authorizationUrl: string
  /** The value of a `Set-Cookie` field. */
  readonly cookie: string
}

/** What came back from the provider. */
export interface FinishSignInOptions {
  readonly headers: RequestHeaders
  /** The query of the redirect URI, or the form. */
  readonly parameters: URLSearchParams
  /** For the event of a refusal. */
  readonly ip?: string
}

/** Who has signed in, or what was linked. No session has been started. */
export type FinishedSignIn =
  | {
      readonly outcome: 'signed_in'
      readonly subject: string
      readonly isNewAccount: boolean
      readonly identityId: string
      readonly profile: VerifiedProfile
      /** For `sessions.start` and `sessions.startCookie`. */
      readonly session: SignInGrant & {
        readonly subject: string
        readonly amr: readonly string[]
        readonly authenticatedAt?: number
      }
      readonly returnTo: string
      /** The value of a `Set-Cookie` field: the sign-in is over. */
      readonly clearCookie: string
    }
  | {
      readonly outcome: 'linked'
      readonly subject: string
      readonly identityId: string
      readonly profile: VerifiedProfile
      readonly returnTo: string
      readonly clearCookie: string
    }

/** Signing in with providers. */
export interface SignIn {
  /** The names of the providers. */
  readonly providers: readonly string[]
  /**
   * Begins a sign-in. Writes nothing: what is under way is kept by the browser, sealed.
   * @throws InvalidRequestError `provider_unknown`, `return_to_refused`
   * @throws StoreError `provider_unavailable`, `provider_response_invalid`
   */
  start(provider: string, options: StartSignInOptions): Promise<StartedSignIn>
  /**
   * Finishes one: once, in the browser that began it, with the provider that it was begun with, within ten minutes.
   * @throws InvalidLoginError `sign_in_state_invalid`, `sign_in_denied`, `sign_in_response_invalid`,
   *   `sign_in_identity_invalid`, `sign_in_account_refused`
   * @throws InvalidRequestError `provider_unknown`, `identity_taken`, `identity_limit_reached`
   * @throws StoreError
   */
  finish(provider: string, options: FinishSignInOptions): Promise<FinishedSignIn>
  /** The identities of an account; none where the accounts of the options do not tell. */
  listIdentities(subject: string): Promise<readonly Identity[]>
  /**
   * Takes an identity away from an account, and its tokens, which are revoked at the provider. Whether another way into
   * the account is left is for the application to know.
   */
  unlink(subject: string, identityId: string): Promise<{ readonly found: boolean }>
  /** The tokens of the providers; absent without `keepTokens`. */
  readonly tokens?: TokenVault
}
