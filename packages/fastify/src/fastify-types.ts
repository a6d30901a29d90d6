import type { Principal } from '@authcore/core'
import type { NodeBody, NodeRequest } from '@authcore/http'
// names the module that is added to below; nothing of it is there at run time
import type {} from 'fastify'

/**
 * What an application declares of its principals; empty for `Principal` as it is.
 * @example
 * declare module '@authcore/fastify' {
 *   interface AuthTypes {
 *     principal: Principal<'reports:read', 'admin', { plan: string }>
 *   }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: only interfaces can be added to from outside
export interface AuthTypes {}

/** The type of `request.auth`. */
export type RequestPrincipal = AuthTypes extends { principal: infer Declared } ? Declared : Principal

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling, as `requireAuth` has verified it; frozen. */
    auth: RequestPrincipal | undefined
  }
}

/** A body that nobody has read yet. */
export interface UnreadBody extends NodeBody {
  readonly readableEnded: boolean
}

/** The part of a Fastify request that is used here. */
export interface FastifyRequestLike {
  readonly raw: NodeRequest & UnreadBody
  /** As the client sent it. */
  readonly originalUrl: string
  /** As it was routed. */
  readonly url: string
  readonly body: unknown
  auth: RequestPrincipal | undefined
}

/** The part of a Fastify reply that is used here. */
export interface FastifyReplyLike {
  code(status: number): unknown
  header(name: string, value: string): unknown
  send(payload?: unknown): unknown
  callNotFound(): unknown
}

/** A hook for `onRequest` or any later phase. */
export type FastifyHook = (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>

/** A handler for `setErrorHandler`. */
export type FastifyErrorHandler = (
  error: unknown,
  request: FastifyRequestLike,
  reply: FastifyReplyLike,
) => unknown

/** A parser that leaves the body unread. */
export type FastifyParser = (
  request: FastifyRequestLike,
  payload: UnreadBody,
  done: (error: Error | null, body?: unknown) => void,
) => void

/** The part of a Fastify instance that is used here. */
export interface FastifyLike {
  readonly prefix: string
  decorateRequest(property: 'auth', value: undefined): unknown
  removeAllContentTypeParsers(): unknown
  addContentTypeParser(type: string, options: { bodyLimit?: number }, parser: FastifyParser): unknown
  setErrorHandler(handler: FastifyErrorHandler): unknown
  all(path: string, handler: FastifyHook): unknown
}

/** A plugin for `register`. */
export type FastifyAuthPlugin = (app: FastifyLike) => Promise<void>
