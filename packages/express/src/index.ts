export { authErrorHandler } from './auth-error-handler.js'
export { authRoutes } from './auth-routes.js'
export type {
  AuthTypes,
  ExpressErrorHandler,
  ExpressHandler,
  ExpressRequest,
  ExpressResponse,
  NextFunction,
  RequestPrincipal,
} from './express-types.js'
export { requireAuth } from './require-auth.js'
export { requireRole, requireScope } from './require-rights.js'
