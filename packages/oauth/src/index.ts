/**
 * OAuth 2.0 and OpenID Connect for AuthCore: sign in with a provider, opaque tokens, clients and their token endpoint.
 * @module
 */
export {
  type AuthorizationServerMetadataOptions,
  authorizationServerMetadata,
  type MetadataHost,
} from './authorization-server/authorization-server-metadata.js'
export { type OAuthServerOptions, oauthServerRoutes } from './authorization-server/oauth-server-routes.js'
export type { ClientKeySetOptions } from './client/client-assertion.js'
export { type CreateOAuthClientsOptions, createOAuthClients } from './client/create-oauth-clients.js'
export type {
  ClientAuthMethod,
  ClientGrantType,
  ClientSecretStatus,
  OAuthClient,
  OAuthClientRegistry,
  OAuthClientSettings,
  PresentedClient,
  RegisterClientOptions,
  RegisteredClient,
  RotatedClientSecret,
  UpdateClientPatch,
} from './client/oauth-clients.js'
export { createOidcProviderAdapter } from './oidc-provider/create-oidc-provider-adapter.js'
export {
  createOidcProviderKeys,
  type OidcProviderKeys,
  type OidcSigningAlgorithm,
  type OidcSigningKey,
} from './oidc-provider/create-oidc-provider-keys.js'
export type {
  OidcAdapter,
  OidcAdapterFactory,
  OidcProviderAdapterOptions,
} from './oidc-provider/oidc-adapter.js'
export { type CreateOpaqueTokensOptions, createOpaqueTokens } from './opaque-token/create-opaque-tokens.js'
export type {
  IssuedOpaqueToken,
  IssueOpaqueTokenOptions,
  OpaqueToken,
  OpaqueTokenOwner,
  OpaqueTokens,
  VerifyOpaqueTokenOptions,
} from './opaque-token/opaque-tokens.js'
export { createOutboundFetch, type OutboundOptions } from './outbound/create-outbound-fetch.js'
export { OutboundError, type OutboundFailure } from './outbound/outbound-error.js'
export type { OutboundFetch, OutboundRequest, OutboundResponse } from './outbound/outbound-fetch.js'
export type {
  OAuthServerAnswer,
  OAuthServerCall,
  OAuthServerRoute,
  OAuthServerRoutes,
} from './token-endpoint/server-route.js'
export {
  type TokenEndpointOptions,
  tokenEndpoint,
} from './token-endpoint/token-endpoint.js'
export type { TokenEndpointHost } from './token-endpoint/token-endpoint-host.js'
export type { TokenHost } from './token-host.js'
