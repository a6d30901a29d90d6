import type { AccessTokens, ApiKeys, ClientCertificatePrincipal, OpaqueTokenPrincipal } from '@authcore/core'
import type { HttpSettings } from './http-settings.js'

/** Verifies client certificates. That the caller holds the key was proved by the TLS handshake. */
export interface ClientCertificateVerifier<Scope extends string = string, Role extends string = string> {
  /**
   * @param certificate DER bytes
   * @throws AuthError for a certificate that is not accepted, and `insufficient_scope`
   */
  verify(
    certificate: Uint8Array,
    options?: { readonly scope?: readonly Scope[] },
  ): Promise<ClientCertificatePrincipal<Scope, Role>>
}

/** Verifies opaque access tokens. */
export interface OpaqueTokenVerifier<
  Scope extends string = string,
  Role extends string = string,
  Claims = unknown,
> {
  /** Whether a text looks like an opaque token of this deployment. Never throws. */
  isOpaqueToken(text: string): boolean
  /** @throws AuthError for a token that is not accepted, and `insufficient_scope`, `authentication_too_old` */
  verify(
    token: string,
    options?: { readonly scope?: readonly Scope[]; readonly maxAgeSeconds?: number },
  ): Promise<OpaqueTokenPrincipal<Scope, Role, Claims>>
}

/**
 * What checks the credentials of requests: an `AuthCore`, or, on a resource server without stores,
 * `{ accessTokens: createAccessTokenVerifier(...) }`.
 */
export interface CredentialVerifiers<
  Scope extends string = string,
  Role extends string = string,
  Claims = unknown,
> {
  readonly accessTokens?: Pick<AccessTokens<Scope, Role, Claims>, 'verify'>
  readonly apiKeys?: Pick<ApiKeys<Scope>, 'verify' | 'isApiKey'>
  readonly clientCertificates?: ClientCertificateVerifier<Scope, Role>
  readonly opaqueTokens?: OpaqueTokenVerifier<Scope, Role, Claims>
  /** The settings of `createHttpAuth`. */
  readonly http?: HttpSettings
}
