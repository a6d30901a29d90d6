export { authErrorHandler } from './auth-error-handler.js'
export { authRoutes } from './auth-routes.js'
export { fastifyAuth } from './fastify-auth.js'
export type {
  AuthTypes,
  FastifyAuthPlugin,
  FastifyErrorHandler,
  FastifyHook,
  FastifyLike,
  FastifyParser,
  FastifyReplyLike,
  FastifyRequestLike,
  RequestPrincipal,
  UnreadBody,
} from './fastify-types.js'
export { requireAuth } from './require-auth.js'
export { requireRole, requireScope } from './require-rights.js'
