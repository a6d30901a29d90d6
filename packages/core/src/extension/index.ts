/**
 * What packages that build on a deployment have in common: how they read their options, what they need of the
 * deployment, and the shape of their routes.
 * @module
 */
export type { AnyAuthCore, AnyPrincipal, AuthHost } from './auth-host.js'
export { createOptionReader, type OptionReader } from './option-reader.js'
export type {
  PackageRoute,
  PackageRouteAnswer,
  PackageRouteCall,
  PackageRoutes,
} from './package-routes.js'
export { type RouteBody, readRouteBody } from './route-body.js'
