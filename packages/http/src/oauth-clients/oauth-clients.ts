/** How a client says who it is (RFC 6749 section 2.3, RFC 7523 section 2.2, RFC 8705 section 2). Nothing is verified. */
export interface ClientCredentials {
  /** Names of RFC 7591 section 2; `client_assertion` stands for `private_key_jwt` and `client_secret_jwt`. */
  readonly method:
    | 'client_secret_basic'
    | 'client_secret_post'
    | 'client_assertion'
    | 'tls_client_auth'
    | 'none'
  /** As the client names itself, 1 to 255 characters; an assertion may come without. */
  readonly clientId?: string
  /** With `client_secret_basic` and `client_secret_post`: 1 to 1,024 characters. */
  readonly clientSecret?: string
  /** With `client_assertion`. */
  readonly clientAssertion?: string
  readonly clientAssertionType?: string
  /** Where the request comes from, as far as it can be believed; for limits of attempts. */
  readonly ip?: string
  /** With `tls_client_auth`: DER bytes, proved in the TLS handshake. */
  readonly clientCertificate?: Uint8Array
}

/** A client that proved who it is. */
export interface AuthenticatedClient {
  readonly clientId: string
  /**
   * Which tokens it may introspect: `own` unless told, those that were issued to it. `any` is for resource servers.
   */
  readonly introspects?: 'own' | 'any'
}

/**
 * Knows the OAuth clients of a deployment: any object with this method, such as that of `@authcore/oauth`.
 */
export interface OAuthClients {
  /**
   * @returns `undefined` for whoever did not prove to be a client, whatever the reason, in a time that does not tell
   *   whether there is such a client; also for `none`, unless the client is a public one
   */
  authenticate(credentials: ClientCredentials): Promise<AuthenticatedClient | undefined>
}
