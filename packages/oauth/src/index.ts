/**
 * OAuth 2.0 and OpenID Connect for AuthCore: sign in with a provider, its tokens sealed; opaque tokens, clients and their
 * token endpoint.
 * @module
 */

export type { AuthHost } from './auth-host.js'
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
export {
  createIdentityDirectory,
  type IdentityDirectory,
  type IdentityDirectoryOptions,
} from './identity/create-identity-directory.js'
export type { AccountOutcome, Identity, LinkOutcome, SignInAccounts } from './identity/sign-in-accounts.js'
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
export type {
  OutboundCommand,
  OutboundFetch,
  OutboundRequest,
  OutboundResponse,
  OutboundTransport,
} from './outbound/outbound-fetch.js'
export { type AppleProviderOptions, appleProvider } from './provider/apple-provider.js'
export { githubProvider } from './provider/github-provider.js'
export { googleProvider } from './provider/google-provider.js'
export { type MicrosoftProviderOptions, microsoftProvider } from './provider/microsoft-provider.js'
export { type OpenIdProviderOptions, openIdProvider } from './provider/open-id-provider.js'
export type { Provider } from './provider/provider.js'
export type { ClientAuthenticationMethod, ClientOptions } from './provider/provider-options.js'
export type { SignInFailureReason } from './provider/sign-in-failure.js'
export type { VerifiedProfile } from './provider/verified-profile.js'
export { createSignIn } from './sign-in/create-sign-in.js'
export {
  type OAuthRoute,
  type OAuthRouteAnswer,
  type OAuthRouteCall,
  type OAuthRoutes,
  type OAuthRoutesOptions,
  oauthRoutes,
} from './sign-in/oauth-routes.js'
export type {
  FinishedSignIn,
  FinishSignInOptions,
  SignIn,
  StartedSignIn,
  StartSignInOptions,
} from './sign-in/sign-in.js'
export type { CreateSignInOptions, SignInGrant } from './sign-in/sign-in-options.js'
export type { LinkRequest } from './sign-in/sign-in-state.js'
export type { RequestHeaders } from './sign-in/state-cookie.js'
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
export type { KeptTokens, ProviderAccessToken, TokenVault } from './vault/token-vault.js'
