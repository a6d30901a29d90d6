import type { Algorithm, JsonObject, JwkSet } from '@authcore/core'

/** How a client proves who it is (RFC 7591 section 2); each client has one way. `none` is a public client. */
export type ClientAuthMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none'

/** What a client may do at the token endpoint. */
export type ClientGrantType = 'client_credentials' | 'refresh_token'

/** What is registered of a client, and can be changed later. */
export interface OAuthClientSettings<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  /** What people see, 1 to 200 characters. */
  readonly name: string
  /** `['client_credentials']` unless told; that one is not for public clients (RFC 6749 section 4.4). */
  readonly grantTypes?: readonly ClientGrantType[]
  /** Everything that the client may ask for, and gets when it does not say; nothing unless told. */
  readonly scope?: readonly Scope[]
  /** What the client is, in the access tokens that it gets for itself. */
  readonly roles?: readonly Role[]
  /** Claims of the access tokens that it gets for itself. */
  readonly claims?: Claims
  /** The resources that it may name (RFC 8707); the audience of the deployment unless told. At most 16. */
  readonly audience?: readonly string[]
  /** Which tokens it may introspect: `own` unless told; `any` is for resource servers. */
  readonly introspects?: 'own' | 'any'
  /** The form of its access tokens; that of the token endpoint unless told. */
  readonly accessTokens?: 'jwt' | 'opaque'
  /** Whether it gets only access tokens that are bound to a key (RFC 8705, RFC 9449); `false` unless told. */
  readonly requiresBoundTokens?: boolean
  /** Its public keys, for `private_key_jwt`: 1 to 16, without any private member. Either these or `jwksUri`. */
  readonly jwks?: JwkSet
  /** Where its public keys are: an `https` URL. */
  readonly jwksUri?: string
  /**
   * The algorithms of its assertions, never HMAC. Unless told, those that its registered keys are good for; with
   * `jwksUri` ES256, PS256, EdDSA, Ed25519 and RS256.
   */
  readonly algorithms?: readonly Algorithm[]
}

/** A new client. */
export interface RegisterClientOptions<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> extends OAuthClientSettings<Scope, Role, Claims> {
  readonly authMethod: ClientAuthMethod
}

/** What shall be different from now on; what is left out stays. */
export interface UpdateClientPatch<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> extends Partial<OAuthClientSettings<Scope, Role, Claims>> {
  /** A client that is disabled cannot authenticate; tokens that it has live on (`auth.revocation.revokeClient`). */
  readonly enabled?: boolean
}

/** One secret of a client; the secret itself is kept nowhere. */
export interface ClientSecretStatus {
  readonly secretId: string
  /** Epoch milliseconds. */
  readonly createdAt: number
  /** Epoch milliseconds; absent on the current one. */
  readonly expiresAt?: number
}

/** A registered client. Nothing in it opens a door. Instants are epoch milliseconds. */
export interface OAuthClient {
  /** `oc_...`, made here: no client is ever named like a person (RFC 9700 section 4.15). */
  readonly clientId: string
  readonly name: string
  readonly authMethod: ClientAuthMethod
  readonly grantTypes: readonly ClientGrantType[]
  readonly scope: readonly string[]
  readonly roles: readonly string[]
  readonly claims: JsonObject
  /** Absent: the audience of the deployment, whatever that is at the time. */
  readonly audience?: readonly string[]
  readonly introspects: 'own' | 'any'
  readonly accessTokens?: 'jwt' | 'opaque'
  readonly requiresBoundTokens: boolean
  readonly jwks?: JwkSet
  readonly jwksUri?: string
  readonly algorithms?: readonly Algorithm[]
  readonly enabled: boolean
  /** Those that have not expired, newest first. */
  readonly secrets: readonly ClientSecretStatus[]
  readonly createdAt: number
  readonly updatedAt: number
}

/** A new client and, where it has one, its secret, which is shown once and kept nowhere. */
export interface RegisteredClient {
  readonly client: OAuthClient
  /** `cs_` and 256 random bits; absent for clients without a secret. */
  readonly clientSecret?: string
}

/** A new secret of a client; shown once and kept nowhere. */
export interface RotatedClientSecret {
  readonly client: OAuthClient
  readonly clientSecret: string
  /** Until when the secrets before are accepted, epoch milliseconds. */
  readonly overlapExpiresAt: number
}

/** How a client says who it is, as `@authcore/http` reads it from a request. Nothing is verified. */
export interface PresentedClient {
  readonly method:
    | 'client_secret_basic'
    | 'client_secret_post'
    | 'client_assertion'
    | 'tls_client_auth'
    | 'none'
  readonly clientId?: string
  readonly clientSecret?: string
  readonly clientAssertion?: string
  readonly clientAssertionType?: string
  /** Where the request comes from; attempts are counted by client and address. */
  readonly ip?: string
}

/**
 * The registered clients of a deployment. Fits as `clients` of `authRoutes`, which then serves introspection and
 * revocation.
 */
export interface OAuthClientRegistry<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  /**
   * Registers a client under a new id.
   * @throws InvalidRequestError `argument_invalid`, `scope_unknown`, `role_unknown`, `claims_*`
   * @throws StoreError `store_unavailable`
   */
  register(options: RegisterClientOptions<Scope, Role, Claims>): Promise<RegisteredClient>

  /** @throws StoreError `store_unavailable` */
  find(clientId: string): Promise<OAuthClient | undefined>

  /** All clients, newest first, at most 1,000. @throws StoreError `store_unavailable` */
  list(): Promise<readonly OAuthClient[]>

  /**
   * Changes a client. Of several changes at the same time one is made.
   * @throws InvalidRequestError `oauth_client_not_found`, `oauth_client_changed`, and those of `register`
   * @throws StoreError `store_unavailable`
   */
  update(clientId: string, patch: UpdateClientPatch<Scope, Role, Claims>): Promise<OAuthClient>

  /**
   * Makes a new secret. The ones before are accepted for the overlap and never past their own expiry. Of several
   * rotations at the same time one is made.
   * @param options `overlapSeconds`: 0 to 30 days; 0 refuses the ones before at once
   * @throws InvalidRequestError `oauth_client_not_found`, `oauth_client_changed`, `argument_invalid` for a client
   *   without secrets
   * @throws StoreError `store_unavailable`
   */
  rotateSecret(clientId: string, options: { readonly overlapSeconds: number }): Promise<RotatedClientSecret>

  /**
   * Removes a client and refuses everything that was issued to it. May be repeated.
   * @throws InvalidRequestError `argument_invalid`
   * @throws StoreError `store_unavailable`
   */
  remove(clientId: string): Promise<{ readonly found: boolean }>

  /**
   * Finds out whether somebody is the client that they say (RFC 6749 section 2.3, RFC 7523 section 2.2).
   * @returns `undefined` for whoever did not prove it, whatever the reason, which an event tells
   * @throws RateLimitError `rate_limited` after too many attempts from one address
   * @throws StoreError `store_unavailable`, `jwk_set_unavailable`
   */
  authenticate(credentials: PresentedClient): Promise<OAuthClient | undefined>
}
