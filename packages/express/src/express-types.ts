import type { Principal } from '@authcore/core'
import type { NodeBody, NodeRequest } from '@authcore/http'

/**
 * What an application declares of its principals; empty for `Principal` as it is.
 * @example
 * declare module '@authcore/express' {
 *   interface AuthTypes {
 *     principal: Principal<'reports:read', 'admin', { plan: string }>
 *   }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: only interfaces can be added to from outside
export interface AuthTypes {}

/** The type of `req.auth`. */
export type RequestPrincipal = AuthTypes extends { principal: infer Declared } ? Declared : Principal

declare global {
  // biome-ignore lint/style/noNamespace: Express types its request by this global namespace
  namespace Express {
    interface Request {
      /** Who is calling, as `requireAuth` has verified it; frozen. */
      auth?: RequestPrincipal | undefined
    }
  }
}

/** The part of an Express request that is used here. */
export interface ExpressRequest extends NodeRequest, NodeBody {
  readonly method: string
  readonly originalUrl: string
  /** Below the mount point, without the query. */
  readonly path: string
  readonly readableEnded: boolean
  readonly body?: unknown
  /** Set by body parsers that have read the body. */
  readonly _body?: unknown
  auth?: RequestPrincipal | undefined
}

/** The part of an Express response that is used here. */
export interface ExpressResponse {
  statusCode: number
  readonly headersSent: boolean
  setHeader(name: string, value: string): unknown
  appendHeader(name: string, value: string): unknown
  end(body?: string): unknown
}

/** Goes on with the next handler, or with the error handlers. */
export type NextFunction = (error?: unknown) => void

/** A handler for `app.use` and for routes. */
export type ExpressHandler = (request: ExpressRequest, response: ExpressResponse, next: NextFunction) => void

/** An error handler for `app.use`. */
export type ExpressErrorHandler = (
  error: unknown,
  request: ExpressRequest,
  response: ExpressResponse,
  next: NextFunction,
) => void
