export { authErrorHandler } from './auth-error-handler.js'
export { authRoutes } from './auth-routes.js'
export {
  type AuthFetchHandlerOptions,
  authErrorResponse,
  authFetchHandler,
  type FetchHandler,
  type FoundPrincipal,
  type WithAuthOptions,
  withAuth,
} from './fetch.js'
export type { FetchConnection } from './fetch-request.js'
export type { AuthVariables, ConnectionOptions } from './hono-connection.js'
export { requireAuth } from './require-auth.js'
export { requireRole, requireScope } from './require-rights.js'
