export type { AuthHeaders, AuthRequest } from './auth-request.js'
export type { AuthResponse } from './auth-response.js'
export { authenticateRequest } from './authenticate-request.js'
export type { ClientAddress, ClientAddressSettings } from './client-address.js'
export type { PolicyMethod } from './credential-methods.js'
export type {
  ClientCertificateVerifier,
  CredentialVerifiers,
  OpaqueTokenVerifier,
} from './credential-verifiers.js'
export { type ErrorResponseOptions, toErrorResponse, toTokenErrorResponse } from './error-response.js'
export { type ChallengeError, ERROR_RULES, type ErrorRule, type TokenError } from './error-rules.js'
export { createGateway, type Gateway, type GatewayOptions, type PlainHeaderNames } from './gateway.js'
export { type GuardOutcome, guardRequest } from './guard-request.js'
export { createHttpAuth } from './http-auth.js'
export type { HttpAuthOptions, HttpSettings } from './http-settings.js'
export type { MethodRequirement } from './method-requirement.js'
export { type AuthPolicy, type ParsedPolicy, parsePolicy } from './policy.js'
export { createRefreshCookie, type RefreshCookie, type RefreshCookieOptions } from './refresh-cookie.js'
export { requireRole, requireScope } from './require-rights.js'
export { type AuthRoutes, createAuthRoutes } from './routes/auth-routes.js'
export type {
  AuthRouteExtension,
  ExtensionAnswer,
  ExtensionCall,
  ExtensionRoute,
} from './routes/extension.js'
export type { AuthRoutesOptions } from './routes/options.js'
export type { AnyAuthCore, AuthRouteRequest, ManagementDemands, Route } from './routes/route.js'
export { toTokenResponse } from './token-response.js'
