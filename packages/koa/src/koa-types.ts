import type { Principal } from '@authcore/core'
import type { HeaderTarget, NodeBody, NodeRequest } from '@authcore/http'

/**
 * What an application declares of its principals; empty for `Principal` as it is.
 * @example
 * declare module '@authcore/koa' {
 *   interface AuthTypes {
 *     principal: Principal<'reports:read', 'admin', { plan: string }>
 *   }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: only interfaces can be added to from outside
export interface AuthTypes {}

/** The type of `ctx.state.auth`. */
export type RequestPrincipal = AuthTypes extends { principal: infer Declared } ? Declared : Principal

/** The state of a context behind `requireAuth`: `new Koa<AuthState>()`. */
export interface AuthState {
  /** Who is calling, as `requireAuth` has verified it; frozen. */
  auth?: RequestPrincipal | undefined
}

/** The part of a Koa context that is used here. */
export interface KoaContext extends HeaderTarget {
  readonly req: NodeRequest & NodeBody & { readonly readableEnded: boolean }
  /** Body parsers put `body` there; a member that is always there lets any request fit. */
  readonly request: { readonly url: string; readonly body?: unknown }
  readonly originalUrl: string
  /** Below the mount point of koa-mount, without the query. */
  readonly path: string
  /** What the parameters of a route of `@koa/router` have matched, as it came. */
  readonly captures?: readonly (string | undefined)[] | undefined
  readonly headerSent: boolean
  remove(name: string): unknown
  state: AuthState
  status: number
  body: unknown
}

/** A middleware for `app.use` and for routes. */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<void>
