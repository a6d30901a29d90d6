/**
 * Every way in which AuthCore says no. `code` is the stable word to branch on; `message` is safe to send
 * to whoever caused the error. Neither ever holds a credential.
 */

const INVALID_TOKEN = {
  token_malformed: 'The access token is not a well-formed JWT.',
  token_too_long: 'The access token is longer than the accepted maximum.',
  token_header_unsupported: 'The header of the access token asks for something that is not supported.',
  token_type_invalid: 'The token is of another type than the one expected here.',
  token_algorithm_not_allowed: 'The signature algorithm of the access token is not accepted here.',
  token_key_unknown: 'The access token was signed by an unknown key.',
  token_signature_invalid: 'The signature of the access token is invalid.',
  token_claim_missing: 'The access token lacks a required claim.',
  token_claim_invalid: 'A claim of the access token has an invalid value.',
  token_issuer_mismatch: 'The access token comes from another issuer.',
  token_audience_mismatch: 'The access token is meant for another audience.',
  token_expired: 'The access token has expired.',
  token_not_yet_valid: 'The access token is not valid yet.',
  token_revoked: 'The access token has been revoked.',
  token_binding_mismatch: 'The access token is bound to a key that the request did not prove.',
  authentication_too_old: 'A more recent login is required.',
} as const

const INVALID_GRANT = {
  refresh_token_malformed: 'The refresh token is malformed.',
  refresh_token_invalid: 'The refresh token is invalid.',
  refresh_token_reused: 'The refresh token was used before; the session has been ended.',
  refresh_token_client_mismatch: 'The refresh token belongs to another client.',
  session_token_malformed: 'The session is invalid; sign in again.',
  session_token_invalid: 'The session is invalid; sign in again.',
  session_token_expired: 'The session is invalid; sign in again.',
  session_token_revoked: 'The session is invalid; sign in again.',
  session_not_found: 'The session does not exist.',
  session_expired: 'The session has expired.',
  session_revoked: 'The session has been ended.',
  provider_grant_ended: 'The connection to the provider has ended; sign in there again.',
} as const

const INVALID_API_KEY = {
  api_key_malformed: 'The API key is malformed.',
  api_key_unknown: 'The API key is unknown.',
  api_key_secret_invalid: 'The API key is unknown.',
  api_key_expired: 'The API key has expired.',
  api_key_not_yet_valid: 'The API key is not valid yet.',
  api_key_disabled: 'The API key is disabled.',
  api_key_revoked: 'The API key has been revoked.',
  api_key_exhausted: 'The API key has no uses left.',
} as const

const INVALID_LOGIN = {
  login_account_unknown: 'The login failed.',
  login_account_disabled: 'The login failed.',
  login_password_invalid: 'The login failed.',
  login_second_factor_invalid: 'The login failed.',
  login_throttled: 'The login failed.',
  login_restricted: 'The login failed.',
  login_pending_invalid: 'The login has expired or was finished before; start again.',
  password_reset_invalid: 'The link to reset the password has expired or was used before.',
  sign_in_state_invalid: 'The sign-in has expired or was finished before; start again.',
  sign_in_denied: 'The sign-in was cancelled or refused at the provider.',
  sign_in_response_invalid: 'The login failed.',
  sign_in_identity_invalid: 'The login failed.',
  sign_in_account_refused: 'No account can be opened with this identity.',
  email_verification_invalid: 'The link to confirm the e-mail address has expired or was used before.',
} as const

const INVALID_CLIENT = {
  client_authentication_failed: 'The client could not be authenticated.',
} as const

const INVALID_CERTIFICATE = {
  client_certificate_malformed: 'The client certificate cannot be read.',
  client_certificate_expired: 'The client certificate has expired.',
  client_certificate_not_yet_valid: 'The client certificate is not valid yet.',
  client_certificate_unknown: 'The client certificate is not one of a known client.',
} as const

const INVALID_PROOF = {
  dpop_proof_missing: 'The request carries no DPoP proof.',
  dpop_proof_malformed: 'The DPoP proof is not a well-formed JWT.',
  dpop_proof_invalid: 'The DPoP proof is not valid for this request.',
  dpop_proof_expired: 'The DPoP proof was not made just now.',
  dpop_proof_replayed: 'The DPoP proof was used before.',
  dpop_nonce_required: 'The DPoP proof must carry the nonce that this answer names.',
} as const

const INSUFFICIENT_SCOPE = {
  insufficient_scope: 'The credential lacks a required scope.',
  insufficient_role: 'The credential lacks a required role.',
} as const

const INVALID_REQUEST = {
  argument_invalid: 'An argument has an invalid value.',
  scope_unknown: 'A requested scope is not one that this service defines.',
  role_unknown: 'A role is not one that this service defines.',
  scope_exceeds_grant: 'The requested scope exceeds the scope that was granted.',
  claims_invalid: 'The claims do not match the schema of this service.',
  claims_reserved: 'A claim uses a name that is reserved for the issuer.',
  claims_sensitive: 'A claim has a name that suggests a secret; tokens are readable by whoever holds them.',
  api_key_not_found: 'There is no such API key.',
  api_key_already_rotated: 'The API key has been rotated before.',
  api_key_not_rotatable: 'The API key has ended and cannot be rotated.',
  signing_key_not_found: 'There is no such signing key.',
  credentials_missing: 'The request carries no credentials that are accepted here.',
  credentials_malformed: 'The credentials of the request are malformed.',
  credentials_repeated: 'The request carries the same kind of credentials twice.',
  credentials_in_query: 'Credentials in the query string are refused.',
  https_required: 'The request must come over HTTPS.',
  cross_site_request: 'The request came from another site.',
  request_body_malformed: 'The request body is malformed.',
  request_body_too_large: 'The request body is larger than the accepted maximum.',
  request_media_type_unsupported: 'The request body must be JSON or a form.',
  request_method_not_allowed: 'The method is not allowed here.',
  request_url_too_long: 'The URL is longer than the accepted maximum.',
  token_type_unsupported: 'Tokens of this kind cannot be revoked here.',
  grant_type_unsupported: 'The grant type is not supported here.',
  grant_type_not_allowed: 'The client may not use this grant type.',
  resource_not_allowed: 'The requested resource is unknown, or not one that the client may use.',
  oauth_client_not_found: 'There is no such client.',
  oauth_client_changed: 'The client was changed by somebody else meanwhile; look and try again.',
  password_malformed: 'The password must be text.',
  password_too_short: 'The password is too short.',
  password_too_long: 'The password is too long.',
  password_too_common: 'The password is one that many people use.',
  password_too_guessable: 'The password is the name of the service or of the account, or little more.',
  password_compromised: 'The password has become known in a breach of another service.',
  account_exists: 'There is an account of this name.',
  factor_not_found: 'There is no such factor.',
  factor_already_enrolled: 'The factor has been added before.',
  factor_limit_reached: 'The account has as many factors as it can have; remove one first.',
  provider_unknown: 'There is no such identity provider.',
  return_to_refused: 'The address to return to is not one of this service.',
  identity_not_found: 'There is no such identity.',
  identity_taken: 'The identity belongs to another account.',
  identity_limit_reached: 'The account has as many identities as it can have; remove one first.',
  factor_enrolment_invalid: 'The proof is wrong, or the factor was not confirmed in time; start again.',
} as const

const RATE_LIMIT = {
  rate_limited: 'Too many requests.',
  hashing_overloaded: 'The service is checking as many passwords as it can.',
} as const

const STORE = {
  store_unavailable: 'The service cannot check credentials at the moment.',
  store_record_invalid: 'The service cannot check credentials at the moment.',
  signing_key_unavailable: 'The service cannot use its signing key at the moment.',
  jwk_set_unavailable: 'The service cannot fetch the keys of the issuer at the moment.',
  provider_response_invalid: 'The identity provider gave an answer that cannot be used.',
  provider_unavailable: 'The identity provider cannot be reached at the moment.',
  password_hash_unusable: 'The service cannot check credentials at the moment.',
  code_delivery_failed: 'The service cannot send the code at the moment.',
} as const

const CONFIG = {
  config_invalid: 'The configuration is invalid.',
  key_invalid: 'The key cannot be used.',
} as const

export type InvalidTokenErrorCode = keyof typeof INVALID_TOKEN
export type InvalidGrantErrorCode = keyof typeof INVALID_GRANT
export type InvalidApiKeyErrorCode = keyof typeof INVALID_API_KEY
export type InvalidLoginErrorCode = keyof typeof INVALID_LOGIN
export type InvalidClientErrorCode = keyof typeof INVALID_CLIENT
export type InvalidCertificateErrorCode = keyof typeof INVALID_CERTIFICATE
export type InvalidProofErrorCode = keyof typeof INVALID_PROOF
export type InsufficientScopeErrorCode = keyof typeof INSUFFICIENT_SCOPE
export type InvalidRequestErrorCode = keyof typeof INVALID_REQUEST
export type RateLimitErrorCode = keyof typeof RATE_LIMIT
export type StoreErrorCode = keyof typeof STORE
export type ConfigErrorCode = keyof typeof CONFIG

/** Every stable error code. A table in `@authcore/http` maps each to a response. */
export type AuthErrorCode =
  | InvalidTokenErrorCode
  | InvalidGrantErrorCode
  | InvalidApiKeyErrorCode
  | InvalidLoginErrorCode
  | InvalidClientErrorCode
  | InvalidCertificateErrorCode
  | InvalidProofErrorCode
  | InsufficientScopeErrorCode
  | InvalidRequestErrorCode
  | RateLimitErrorCode
  | StoreErrorCode
  | ConfigErrorCode

/** Every stable error code, for tables and documentation. */
export const AUTH_ERROR_CODES: readonly AuthErrorCode[] = /* @__PURE__ */ listErrorCodes()

/** The one place that names all tables: a bundle that asks for no list keeps only the messages that it can throw. */
function listErrorCodes(): readonly AuthErrorCode[] {
  const messages: Readonly<Record<AuthErrorCode, string>> = {
    ...INVALID_TOKEN,
    ...INVALID_GRANT,
    ...INVALID_API_KEY,
    ...INVALID_LOGIN,
    ...INVALID_CLIENT,
    ...INVALID_CERTIFICATE,
    ...INVALID_PROOF,
    ...INSUFFICIENT_SCOPE,
    ...INVALID_REQUEST,
    ...RATE_LIMIT,
    ...STORE,
    ...CONFIG,
  }
  // Object.keys is typed as string[]; the keys of this constant are exactly the codes
  return Object.freeze(Object.keys(messages) as AuthErrorCode[])
}

/**
 * The one base of all errors that AuthCore throws on purpose.
 * The subclass says who must act, `code` says what happened.
 */
export abstract class AuthError extends Error {
  readonly code: AuthErrorCode

  /**
   * @param code the stable word for what happened
   * @param message the standard sentence of the code, safe to send
   * @param options `detail` replaces the standard message and must be safe to send; `cause` must hold no secret
   */
  constructor(code: AuthErrorCode, message: string, options: AuthErrorOptions = {}) {
    super(options.detail ?? message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = code
  }
}

/** What may be added to an error. */
export interface AuthErrorOptions {
  /** A sentence that is safe to send; it never quotes a credential. */
  readonly detail?: string
  /** The error of a driver or of the runtime; it never holds a credential. */
  readonly cause?: unknown
}

/** The caller presented an access token that is not accepted (RFC 6750 section 3.1, `invalid_token`). */
export class InvalidTokenError extends AuthError {
  declare readonly code: InvalidTokenErrorCode
  constructor(code: InvalidTokenErrorCode, options?: AuthErrorOptions) {
    super(code, INVALID_TOKEN[code], options)
  }
}

/** The caller presented a refresh token or a session that is not accepted (RFC 6749 section 5.2, `invalid_grant`). */
export class InvalidGrantError extends AuthError {
  declare readonly code: InvalidGrantErrorCode
  constructor(code: InvalidGrantErrorCode, options?: AuthErrorOptions) {
    super(code, INVALID_GRANT[code], options)
  }
}

/** The caller presented an API key that is not accepted. `code` tells operators why; callers get one answer for all. */
export class InvalidApiKeyError extends AuthError {
  declare readonly code: InvalidApiKeyErrorCode
  constructor(code: InvalidApiKeyErrorCode, options?: AuthErrorOptions) {
    super(code, INVALID_API_KEY[code], options)
  }
}

/**
 * The caller could not log in, or came with a login, a reset or a confirmation that is not accepted. `code` tells
 * operators why; callers get one answer, `login_failed`, for every code whose message is that the login failed.
 */
export class InvalidLoginError extends AuthError {
  declare readonly code: InvalidLoginErrorCode
  constructor(code: InvalidLoginErrorCode, options?: AuthErrorOptions) {
    super(code, INVALID_LOGIN[code], options)
  }
}

/** An OAuth client did not prove who it is (RFC 6749 section 5.2, `invalid_client`). */
export class InvalidClientError extends AuthError {
  declare readonly code: InvalidClientErrorCode
  constructor(code: InvalidClientErrorCode, options?: AuthErrorOptions) {
    super(code, INVALID_CLIENT[code], options)
  }
}

/** The caller proved the key of a client certificate that is not accepted (RFC 8705 section 2). */
export class InvalidCertificateError extends AuthError {
  declare readonly code: InvalidCertificateErrorCode
  constructor(code: InvalidCertificateErrorCode, options?: AuthErrorOptions) {
    super(code, INVALID_CERTIFICATE[code], options)
  }
}

/** The caller did not prove the key that the credential is bound to (RFC 9449 section 7.1, `invalid_dpop_proof`). */
export class InvalidProofError extends AuthError {
  declare readonly code: InvalidProofErrorCode
  /** What the next proof must carry; only with `dpop_nonce_required`. Not a secret. */
  readonly nonce?: string
  constructor(code: InvalidProofErrorCode, options: AuthErrorOptions & { readonly nonce?: string } = {}) {
    super(code, INVALID_PROOF[code], options)
    if (options.nonce !== undefined) this.nonce = options.nonce
  }
}

/** The credential is good but does not reach far enough (RFC 6750 section 3.1, `insufficient_scope`). */
export class InsufficientScopeError extends AuthError {
  declare readonly code: InsufficientScopeErrorCode
  /** The scopes or roles that were required and are missing. */
  readonly missing: readonly string[]
  constructor(code: InsufficientScopeErrorCode, missing: readonly string[]) {
    super(code, INSUFFICIENT_SCOPE[code])
    this.missing = Object.freeze([...missing])
  }
}

/** The caller asked for something that makes no sense, whoever asks (RFC 6750 section 3.1, `invalid_request`). */
export class InvalidRequestError extends AuthError {
  declare readonly code: InvalidRequestErrorCode
  constructor(code: InvalidRequestErrorCode, options?: AuthErrorOptions) {
    super(code, INVALID_REQUEST[code], options)
  }
}

/** How much of a limit is left. */
export interface RateLimitStatus {
  /** Name of the policy. */
  readonly policy: string
  /** Units that may pass at once and, on average, in each window. */
  readonly limit: number
  readonly windowSeconds: number
  /** Whole units left. */
  readonly remaining: number
  /** Whole seconds, rounded up, until the limit is untouched again. */
  readonly resetAfterSeconds: number
}

/** The caller may try again later. */
export class RateLimitError extends AuthError {
  declare readonly code: RateLimitErrorCode
  /** Whole seconds, at least 1, after which a retry can succeed. */
  readonly retryAfterSeconds: number
  /** The limit that refused, where it is one with a policy. */
  readonly status: RateLimitStatus | undefined
  constructor(code: RateLimitErrorCode, retryAfterSeconds: number, status?: RateLimitStatus) {
    super(code, RATE_LIMIT[code])
    this.retryAfterSeconds = Math.max(1, Math.ceil(retryAfterSeconds))
    this.status = status && Object.freeze({ ...status })
  }
}

/** The operator must act: a store, a key or a key set cannot be used. Nothing was accepted meanwhile. */
export class StoreError extends AuthError {
  declare readonly code: StoreErrorCode
  constructor(code: StoreErrorCode, options?: AuthErrorOptions) {
    super(code, STORE[code], options)
  }
}

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Where, in dots: `secrets.0`, `accessToken.ttlSeconds`. Empty for the whole. */
  readonly path: string
  /** What is wrong and what to do. Never quotes a secret. */
  readonly message: string
}

/** The developer must act: thrown while wiring or importing keys, with every problem that was found. */
export class ConfigError extends AuthError {
  declare readonly code: ConfigErrorCode
  readonly problems: readonly ConfigProblem[]
  constructor(code: ConfigErrorCode, problems: readonly ConfigProblem[]) {
    super(code, `${CONFIG[code]}${problems.map(toLine).join('')}`)
    this.problems = Object.freeze(problems.map(problem => Object.freeze({ ...problem })))
  }
}

function toLine({ path, message }: ConfigProblem): string {
  return `\n- ${path === '' ? '' : `${path}: `}${message}`
}
