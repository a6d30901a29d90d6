/**
 * AuthCore for Fetch-style servers without a framework.
 * @module
 */

export { authErrorResponse } from './auth-error-response.js'
export { type AuthFetchHandlerOptions, authFetchHandler } from './auth-fetch-handler.js'
export type { FetchConnection } from './fetch-request.js'
export { type FetchHandler, type FoundPrincipal, type WithAuthOptions, withAuth } from './with-auth.js'
