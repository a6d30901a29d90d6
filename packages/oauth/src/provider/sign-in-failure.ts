import { type AuthError, InvalidLoginError, StoreError } from '@authcore/core'

/** Why a sign-in came to nothing; stands in the event `sign_in.refused`. */
export type SignInFailureReason =
  /** No cookie of this browser holds the sign-in that the provider answers. */
  | 'state_unknown'
  | 'state_expired'
  | 'state_replayed'
  /** The answer came to the redirect URI of another provider. */
  | 'provider_mismatch'
  /** Whoever asked for a link has signed out meanwhile. */
  | 'link_session_ended'
  | 'response_malformed'
  /** The answer names another issuer, or none where the provider always names one (RFC 9207). */
  | 'response_issuer_mismatch'
  | 'denied'
  | 'provider_error'
  | 'code_refused'
  | 'token_response_invalid'
  | 'id_token_missing'
  | 'id_token_signature_invalid'
  | 'id_token_issuer_mismatch'
  | 'id_token_audience_mismatch'
  | 'id_token_nonce_mismatch'
  | 'id_token_expired'
  | 'id_token_claims_invalid'
  | 'user_info_invalid'
  | 'metadata_invalid'
  | 'unreachable'
  | 'timeout'
  | 'account_refused'
  | 'identity_taken'
  | 'identity_limit_reached'
  | 'store_unavailable'

/** A sign-in that ends: what is answered, and the reason for the event. Never leaves this package. */
export class SignInFailure extends Error {
  readonly reason: SignInFailureReason
  readonly error: AuthError

  constructor(reason: SignInFailureReason, error: AuthError) {
    super(reason)
    this.name = 'SignInFailure'
    this.reason = reason
    this.error = error
  }
}

/** The browser came back with something that it cannot have got from a sign-in that is under way here. */
export function refuseState(reason: SignInFailureReason): SignInFailure {
  return new SignInFailure(reason, new InvalidLoginError('sign_in_state_invalid'))
}

/** The answer that the browser brought is not one of this provider. */
export function refuseResponse(reason: SignInFailureReason): SignInFailure {
  return new SignInFailure(reason, new InvalidLoginError('sign_in_response_invalid'))
}

/** The provider vouches for nobody, or for somebody else. */
export function refuseIdentity(reason: SignInFailureReason): SignInFailure {
  return new SignInFailure(reason, new InvalidLoginError('sign_in_identity_invalid'))
}

/** The provider answers what nobody can use. */
export function refuseAnswer(reason: SignInFailureReason): SignInFailure {
  return new SignInFailure(reason, new StoreError('provider_response_invalid'))
}
