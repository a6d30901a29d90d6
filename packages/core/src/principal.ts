import type { JsonObject } from './json.js'
import type { ApiKeyRateLimit } from './ports/api-key-store.js'

/** How a caller can prove who they are. */
export type AuthMethod = 'access_token' | 'api_key' | 'session' | 'opaque_token' | 'client_certificate'

/** The key that a credential is bound to (RFC 7800 section 3.1; RFC 8705 section 3.1; RFC 9449 section 6.1). */
export interface Confirmation {
  /** SHA-256 of the client certificate, base64url. */
  readonly 'x5t#S256'?: string
  /** SHA-256 JWK thumbprint (RFC 7638) of the DPoP key, base64url. */
  readonly jkt?: string
}

interface PrincipalBase<Scope extends string, Role extends string> {
  /** Who the credential speaks for: a user, a service, the owner of a key. */
  readonly subject: string
  /** What the credential may be used for. */
  readonly scope: readonly Scope[]
  /** What the subject is. API keys carry none. */
  readonly roles: readonly Role[]
  /** Epoch milliseconds. */
  readonly issuedAt: number
  /** Epoch milliseconds; absent on credentials that do not expire. */
  readonly expiresAt?: number
}

/** The caller presented an access token; everything here was verified. */
export interface AccessTokenPrincipal<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> extends PrincipalBase<Scope, Role> {
  readonly method: 'access_token'
  /** `jti` of the token. */
  readonly tokenId: string
  readonly issuer: string
  readonly audience: readonly string[]
  readonly clientId?: string
  /** `sid`: the session that the token was issued in. */
  readonly sessionId?: string
  readonly expiresAt: number
  /** `auth_time` in epoch milliseconds: when the person last logged in. */
  readonly authenticatedAt?: number
  /** Methods used at that login (RFC 8176). */
  readonly amr?: readonly string[]
  /** Assurance level reached at that login. */
  readonly acr?: string
  /** The key that the token is bound to; its proof was checked. */
  readonly confirmation?: Confirmation
  /** The claims beside the registered ones, parsed by the schema of the options. */
  readonly claims: Claims
}

/** The caller presented an API key; everything here comes from the stored record. */
export interface ApiKeyPrincipal<Scope extends string = string> extends PrincipalBase<Scope, never> {
  readonly method: 'api_key'
  readonly apiKeyId: string
  /** The same for a key and all that it was rotated into. */
  readonly lineageId: string
  readonly name: string
  readonly environment: string
  readonly metadata: JsonObject
  /** Uses left after this one; absent on keys without a limit. */
  readonly remainingUses?: number
  /** The limit of this key's lineage. Verifying counts nothing. */
  readonly rateLimit?: ApiKeyRateLimit
}

/** The caller presented a session token, as a browser does with its cookie; everything here comes from the record. */
export interface SessionPrincipal<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> extends PrincipalBase<Scope, Role> {
  readonly method: 'session'
  readonly sessionId: string
  readonly clientId?: string
  /** When the session ends unless it is used: the idle or the absolute expiry, whichever comes first. */
  readonly expiresAt: number
  /** When the person last logged in, epoch milliseconds. */
  readonly authenticatedAt: number
  /** Methods used at that login (RFC 8176). */
  readonly amr: readonly string[]
  /** Assurance level reached at that login. */
  readonly acr?: string
  /** The claims of the session, parsed by the schema of the options. */
  readonly claims: Claims
}

/** The caller presented an opaque access token; everything here comes from the stored record. */
export interface OpaqueTokenPrincipal<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> extends PrincipalBase<Scope, Role> {
  readonly method: 'opaque_token'
  readonly tokenId: string
  /** Whom the token is for, where its verifier knows. */
  readonly audience?: readonly string[]
  readonly clientId: string
  /** The session that the token was issued in. */
  readonly sessionId?: string
  readonly expiresAt: number
  /** When the person last logged in, epoch milliseconds; absent where nobody did. */
  readonly authenticatedAt?: number
  /** Methods used at that login (RFC 8176). */
  readonly amr?: readonly string[]
  /** Assurance level reached at that login. */
  readonly acr?: string
  /** The key that the token is bound to; its proof was checked. */
  readonly confirmation?: Confirmation
  readonly claims: Claims
}

/** The caller proved the key of a client certificate (RFC 8705 section 2); rights come from what the deployment knows of it. */
export interface ClientCertificatePrincipal<Scope extends string = string, Role extends string = string>
  extends PrincipalBase<Scope, Role> {
  readonly method: 'client_certificate'
  /** SHA-256 of the certificate, base64url (RFC 8705 section 3.1). */
  readonly 'x5t#S256': string
  /** The distinguished name of the certificate's subject (RFC 4514); empty where the alternative names say it all. */
  readonly subjectName: string
  /** Its alternative names (RFC 5280 section 4.2.1.6) that are DNS names. */
  readonly dnsNames: readonly string[]
  /** Its alternative names that are URIs, such as a SPIFFE id. */
  readonly uris: readonly string[]
  /** The OAuth client that the certificate authenticates. */
  readonly clientId?: string
  /** `notAfter` of the certificate, epoch milliseconds; `issuedAt` is its `notBefore`. */
  readonly expiresAt: number
}

/** Who is calling, by which method, with what rights. Frozen; exists only when everything was verified. */
export type Principal<Scope extends string = string, Role extends string = string, Claims = JsonObject> =
  | AccessTokenPrincipal<Scope, Role, Claims>
  | ApiKeyPrincipal<Scope>
  | SessionPrincipal<Scope, Role, Claims>
  | OpaqueTokenPrincipal<Scope, Role, Claims>
  | ClientCertificatePrincipal<Scope, Role>
