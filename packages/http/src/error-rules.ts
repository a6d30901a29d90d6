import type { AuthErrorCode } from '@authcore/core'

/**
 * `error` of RFC 6750 section 3.1, RFC 9470 section 3 and RFC 9449 section 7.1. `none` is the bare challenge;
 * `invalid_client` asks a client for `Basic` (RFC 6749 section 5.2).
 */
export type ChallengeError =
  | 'none'
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'insufficient_user_authentication'
  | 'invalid_client'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'

/**
 * `error` of RFC 6749 section 5.2, RFC 7009 section 2.2.1, RFC 8707 section 2 and RFC 9449 section 5, and what RFC 6749 section 4.1.2.1 has
 * for an outage.
 */
export type TokenError =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_token_type'
  | 'temporarily_unavailable'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'

/** How an error is answered. */
export interface ErrorRule {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 414 | 415 | 429 | 503
  /** The short name of the problem: the same for every occurrence (RFC 9457 section 3.1.3). */
  readonly title: string
  /** `error` of the challenge; without one there is no challenge. */
  readonly challenge?: ChallengeError
  /** `error` in the answer of a token endpoint. */
  readonly tokenError: TokenError
  /** Stands for the code where callers must not learn which it was; the message is left out too. */
  readonly publicCode?: string
}

const CREDENTIALS = {
  title: 'Invalid request',
  challenge: 'invalid_request',
  tokenError: 'invalid_request',
} as const
const TOKEN = {
  status: 401,
  title: 'Invalid access token',
  challenge: 'invalid_token',
  tokenError: 'invalid_grant',
} as const
const GRANT = { status: 400, title: 'Invalid refresh token', tokenError: 'invalid_grant' } as const
const SESSION = {
  status: 401,
  title: 'Invalid session',
  challenge: 'invalid_token',
  tokenError: 'invalid_grant',
} as const
/** One answer for all: to a browser they mean the same, which is to sign in again. */
const SESSION_TOKEN = { ...SESSION, publicCode: 'session_invalid' } as const
const API_KEY = {
  status: 401,
  title: 'Invalid API key',
  challenge: 'invalid_token',
  tokenError: 'invalid_grant',
  publicCode: 'api_key_invalid',
} as const
const CERTIFICATE = {
  status: 401,
  title: 'Invalid client certificate',
  challenge: 'none',
  tokenError: 'invalid_client',
} as const
const PROOF = {
  status: 401,
  title: 'Invalid DPoP proof',
  challenge: 'invalid_dpop_proof',
  tokenError: 'invalid_dpop_proof',
} as const
/** One answer for all: it must not tell who has an account. */
const LOGIN = {
  status: 401,
  title: 'Login failed',
  challenge: 'none',
  tokenError: 'invalid_grant',
  publicCode: 'login_failed',
} as const
/** Without a challenge: there is nothing to present here but the answer of a provider. */
const SIGN_IN = { status: 400, title: 'Sign-in failed', tokenError: 'invalid_grant' } as const
const LINK = { status: 400, title: 'Invalid link', tokenError: 'invalid_grant' } as const
const REQUEST = { status: 400, title: 'Invalid request', tokenError: 'invalid_request' } as const
const PASSWORD = { status: 400, title: 'Password refused', tokenError: 'invalid_request' } as const
const SCOPE = { status: 400, title: 'Invalid scope', tokenError: 'invalid_scope' } as const
const NOT_FOUND = { status: 404, title: 'Not found', tokenError: 'invalid_request' } as const
const CONFLICT = { status: 409, title: 'Conflict', tokenError: 'invalid_request' } as const
const UNAVAILABLE = {
  status: 503,
  title: 'Temporarily unavailable',
  tokenError: 'temporarily_unavailable',
} as const

/** How every error is answered; `undefined` for those that are for the developer and reach no caller. */
export const ERROR_RULES: Readonly<Record<AuthErrorCode, ErrorRule | undefined>> = Object.freeze({
  token_malformed: TOKEN,
  token_too_long: TOKEN,
  token_header_unsupported: TOKEN,
  token_type_invalid: TOKEN,
  token_algorithm_not_allowed: TOKEN,
  token_key_unknown: TOKEN,
  token_signature_invalid: TOKEN,
  token_claim_missing: TOKEN,
  token_claim_invalid: TOKEN,
  token_issuer_mismatch: TOKEN,
  token_audience_mismatch: TOKEN,
  token_expired: TOKEN,
  token_not_yet_valid: TOKEN,
  token_revoked: TOKEN,
  token_binding_mismatch: TOKEN,
  authentication_too_old: {
    status: 401,
    title: 'Insufficient user authentication',
    challenge: 'insufficient_user_authentication',
    tokenError: 'invalid_grant',
  },

  refresh_token_malformed: GRANT,
  refresh_token_invalid: GRANT,
  refresh_token_reused: GRANT,
  refresh_token_client_mismatch: GRANT,
  session_token_malformed: SESSION_TOKEN,
  session_token_invalid: SESSION_TOKEN,
  session_token_expired: SESSION_TOKEN,
  session_token_revoked: SESSION_TOKEN,
  session_not_found: { ...NOT_FOUND, tokenError: 'invalid_grant' },
  session_expired: SESSION,
  session_revoked: SESSION,
  provider_grant_ended: { status: 409, title: 'Connection ended', tokenError: 'invalid_grant' },

  api_key_malformed: API_KEY,
  api_key_unknown: API_KEY,
  api_key_secret_invalid: API_KEY,
  api_key_expired: API_KEY,
  api_key_not_yet_valid: API_KEY,
  api_key_disabled: API_KEY,
  api_key_revoked: API_KEY,
  api_key_exhausted: API_KEY,

  login_account_unknown: LOGIN,
  login_account_disabled: LOGIN,
  login_password_invalid: LOGIN,
  login_second_factor_invalid: LOGIN,
  login_throttled: LOGIN,
  login_restricted: LOGIN,
  login_pending_invalid: {
    status: 401,
    title: 'Invalid login',
    challenge: 'none',
    tokenError: 'invalid_grant',
  },
  sign_in_state_invalid: SIGN_IN,
  sign_in_denied: SIGN_IN,
  sign_in_response_invalid: LOGIN,
  sign_in_identity_invalid: LOGIN,
  sign_in_account_refused: { ...SIGN_IN, status: 403 },
  password_reset_invalid: LINK,
  email_verification_invalid: LINK,

  client_authentication_failed: {
    status: 401,
    title: 'Invalid client',
    challenge: 'invalid_client',
    tokenError: 'invalid_client',
  },
  client_certificate_malformed: CERTIFICATE,
  client_certificate_expired: CERTIFICATE,
  client_certificate_not_yet_valid: CERTIFICATE,
  client_certificate_unknown: CERTIFICATE,

  dpop_proof_missing: PROOF,
  dpop_proof_malformed: PROOF,
  dpop_proof_invalid: PROOF,
  dpop_proof_expired: PROOF,
  dpop_proof_replayed: PROOF,
  dpop_nonce_required: {
    status: 401,
    title: 'DPoP nonce required',
    challenge: 'use_dpop_nonce',
    tokenError: 'use_dpop_nonce',
  },

  insufficient_scope: {
    status: 403,
    title: 'Insufficient scope',
    challenge: 'insufficient_scope',
    tokenError: 'invalid_scope',
  },
  // no scope that a client could ask for would help
  insufficient_role: { status: 403, title: 'Insufficient role', tokenError: 'invalid_scope' },

  argument_invalid: REQUEST,
  scope_unknown: SCOPE,
  role_unknown: REQUEST,
  scope_exceeds_grant: { ...SCOPE, status: 403 },
  claims_invalid: REQUEST,
  claims_reserved: REQUEST,
  claims_sensitive: REQUEST,
  api_key_not_found: NOT_FOUND,
  api_key_already_rotated: CONFLICT,
  api_key_not_rotatable: CONFLICT,
  signing_key_not_found: NOT_FOUND,
  credentials_missing: { ...CREDENTIALS, status: 401, title: 'Authentication required', challenge: 'none' },
  credentials_malformed: { ...CREDENTIALS, status: 400 },
  credentials_repeated: { ...CREDENTIALS, status: 400 },
  credentials_in_query: { ...CREDENTIALS, status: 400 },
  https_required: { ...REQUEST, status: 403, title: 'HTTPS required' },
  cross_site_request: { ...REQUEST, status: 403, title: 'Cross-site request' },
  request_body_malformed: REQUEST,
  request_body_too_large: { ...REQUEST, status: 413, title: 'Content too large' },
  request_media_type_unsupported: { ...REQUEST, status: 415, title: 'Unsupported media type' },
  request_method_not_allowed: { ...REQUEST, status: 405, title: 'Method not allowed' },
  request_url_too_long: { ...REQUEST, status: 414, title: 'URI too long' },
  token_type_unsupported: { ...REQUEST, tokenError: 'unsupported_token_type' },
  grant_type_unsupported: { ...REQUEST, tokenError: 'unsupported_grant_type' },
  grant_type_not_allowed: { ...REQUEST, tokenError: 'unauthorized_client' },
  resource_not_allowed: { ...REQUEST, tokenError: 'invalid_target' },
  oauth_client_not_found: NOT_FOUND,
  oauth_client_changed: CONFLICT,

  password_malformed: PASSWORD,
  password_too_short: PASSWORD,
  password_too_long: PASSWORD,
  password_too_common: PASSWORD,
  password_too_guessable: PASSWORD,
  password_compromised: PASSWORD,
  account_exists: CONFLICT,
  factor_not_found: NOT_FOUND,
  factor_already_enrolled: CONFLICT,
  factor_limit_reached: CONFLICT,
  factor_enrolment_invalid: REQUEST,
  provider_unknown: NOT_FOUND,
  return_to_refused: REQUEST,
  identity_not_found: NOT_FOUND,
  identity_taken: CONFLICT,
  identity_limit_reached: CONFLICT,

  rate_limited: { status: 429, title: 'Too many requests', tokenError: 'temporarily_unavailable' },

  hashing_overloaded: UNAVAILABLE,

  store_unavailable: UNAVAILABLE,
  store_record_invalid: UNAVAILABLE,
  signing_key_unavailable: UNAVAILABLE,
  jwk_set_unavailable: UNAVAILABLE,
  provider_response_invalid: UNAVAILABLE,
  provider_unavailable: UNAVAILABLE,
  password_hash_unusable: UNAVAILABLE,
  code_delivery_failed: UNAVAILABLE,

  config_invalid: undefined,
  key_invalid: undefined,
})
