export type { AuthHeaders, AuthRequest } from './auth-request.js'
export type { AuthResponse } from './auth-response.js'
export { authenticateRequest } from './authenticate-request.js'
export type { ClientAddress, ClientAddressSettings } from './client-address.js'
export type { ClientCertificateHeader } from './client-certificate/client-certificate-headers.js'
export type { PolicyMethod } from './credential-methods.js'
export type { CredentialVerifiers, OpaqueTokenVerifier } from './credential-verifiers.js'
export type { ChallengingDeployment } from './deployment-challenges.js'
export { type DpopChallenge, dpopChallenge } from './dpop-challenge.js'
export { type ErrorResponseOptions, toErrorResponse, toTokenErrorResponse } from './error-response.js'
export { type ChallengeError, ERROR_RULES, type ErrorRule, type TokenError } from './error-rules.js'
export { type FetchBody, readFetchBody } from './fetch-body.js'
export { createGateway, type Gateway, type GatewayOptions, type PlainHeaderNames } from './gateway.js'
export { type GuardOutcome, guardRequest } from './guard-request.js'
export {
  answerError,
  type DemandedRights,
  type ErrorContext,
  type PassedGuard,
  refuseRights,
  rememberGuard,
} from './guarded-request.js'
export { createHttpAuth } from './http-auth.js'
export type { HttpAuthOptions, HttpSettings } from './http-settings.js'
export type { MethodRequirement } from './method-requirement.js'
export { type NodeBody, readNodeBody } from './node-body.js'
export {
  type NodeRequest,
  type NodeSocket,
  readNodeConnection,
  readNodeRequest,
} from './node-request.js'
export type { AuthenticatedClient, ClientCredentials, OAuthClients } from './oauth-clients/oauth-clients.js'
export { type AuthPolicy, type ParsedPolicy, parsePolicy } from './policy.js'
export type { DpopHttpOptions, DpopHttpSettings } from './proof-of-key/dpop-options.js'
export { type ProvedKeys, proveKeys } from './proof-of-key/prove-keys.js'
export type { ProtectedResourceOptions } from './protected-resource/protected-resource.js'
export type {
  AddressRateLimit,
  CallerRateLimit,
  RateLimitOptions,
  RateLimitRules,
} from './rate-limits/rate-limit-rules.js'
export { createRefreshCookie, type RefreshCookie, type RefreshCookieOptions } from './refresh-cookie.js'
export { requireRole, requireScope } from './require-rights.js'
export { type HeaderTarget, type ResponseHeaders, writeHeaders } from './response-headers.js'
export { type AuthRoutes, createAuthRoutes } from './routes/auth-routes.js'
export type { ClientRouteOptions, ClientRoutesOptions } from './routes/client-options.js'
export type {
  AuthRouteExtension,
  ExtensionAnswer,
  ExtensionCall,
  ExtensionRoute,
} from './routes/extension.js'
export type { AuthRoutesOptions } from './routes/options.js'
export type { AnyAuthCore, AuthRouteRequest, ManagementDemands, Route } from './routes/route.js'
export { createSessionCookie, type SessionCookie, type SessionCookieOptions } from './session-cookie.js'
export { toTokenResponse } from './token-response.js'
export type { HstsOptions, TransportOptions } from './transport/transport.js'
