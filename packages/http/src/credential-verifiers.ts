import type {
  AccessTokens,
  ApiKeys,
  ClientCertificateVerifier,
  Confirmation,
  DpopProofVerifier,
  OpaqueTokenPrincipal,
  RateLimiter,
  Sessions,
} from '@authcore/core'
import type { HttpSettings } from './http-settings.js'

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
    options?: {
      readonly scope?: readonly Scope[]
      readonly maxAgeSeconds?: number
      /** The keys that the caller proved. */
      readonly confirmation?: Confirmation
    },
  ): Promise<OpaqueTokenPrincipal<Scope, Role, Claims>>
  /**
   * What a token stands for, with the key that it is bound to instead of its proof; `undefined` for one that is not
   * active. Without this method `/introspect` says of every such token that it is not active.
   */
  introspect?(token: string): Promise<OpaqueTokenPrincipal<Scope, Role, Claims> | undefined>
  /** Ends a token of that client. Without this method `/revoke` refuses tokens of this kind. */
  revoke?(token: string, options: { readonly clientId: string }): Promise<{ readonly found: boolean }>
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
  readonly sessions?: Pick<Sessions<Scope, Role, Claims>, 'verify'>
  readonly clientCertificates?: ClientCertificateVerifier<Scope, Role>
  readonly opaqueTokens?: OpaqueTokenVerifier<Scope, Role, Claims>
  /** Verifies DPoP proofs, where the settings of `createHttpAuth` speak of DPoP. */
  readonly dpop?: DpopProofVerifier
  /** Its origin is that of the requests and of the pages, where the settings of `createHttpAuth` name no other. */
  readonly issuer?: string
  /** Counts requests; needed where anything is to be limited. A deployment has it. */
  readonly rateLimits?: Pick<RateLimiter, 'take'>
  /** The settings of `createHttpAuth`. */
  readonly http?: HttpSettings
}
