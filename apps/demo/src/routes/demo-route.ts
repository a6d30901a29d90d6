import type { AuthHeaders, AuthPolicy } from '@authcore/http'
import type { DemoPrincipal, DemoRole, DemoScope } from '../demo-auth.js'

/** One route of the demo's own, in the words of no framework. */
export interface DemoRoute {
  readonly method: 'GET' | 'POST'
  /** Without parameters, such as `/api/me`. */
  readonly path: string
  /** Who may call; anybody unless told. */
  readonly access?: RouteAccess
  /** Only `call.principal` has been verified. Errors of AuthCore are answered by its adapter. */
  answer(call: RouteCall): DemoAnswer | Promise<DemoAnswer>
}

/** What a route answers, each framework as it is. */
export interface DemoAnswer {
  readonly status: number
  /** In lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a route demands; each framework does it with `requireAuth`, `requireScope` and `requireRole`. */
export interface RouteAccess {
  readonly policy: AuthPolicy<DemoScope, DemoRole>
  readonly scope: readonly DemoScope[]
  readonly roles: readonly DemoRole[]
}

/** One request to a route. */
export interface RouteCall {
  /** Who is calling; `undefined` where anybody may. */
  readonly principal: DemoPrincipal | undefined
  /** By lower-case name. */
  readonly headers: AuthHeaders
  /**
   * The body as it came; called at most once.
   * @throws InvalidRequestError `request_body_too_large`
   */
  readonly readBody: (limitBytes: number) => Promise<Uint8Array>
}
