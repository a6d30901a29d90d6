import type { Confirmation } from '../principal.js'
import type { AnyPrincipal } from './auth-host.js'

/**
 * Routes of a package, in the shape that `authRoutes(auth, { extensions })` of every framework serves. The shape is all
 * that counts, so that the package needs no import of `@authcore/http`.
 */
export interface PackageRoutes {
  readonly routes: readonly PackageRoute[]
}

/** One route. Errors of AuthCore that it throws are answered from the table of errors. */
export interface PackageRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below the mount point; `:id` stands for any one segment. */
  readonly path: string
  /** Who may call it; without a policy anybody, and `principal` is absent. */
  readonly policy?: {
    readonly methods: readonly ('access_token' | 'session')[]
    readonly maxAgeSeconds?: number
  }
  /** Refuses requests that a page of another site may have made a browser send. */
  readonly sameOrigin?: boolean
  handle(call: PackageRouteCall): Promise<PackageRouteAnswer>
}

/** One request. Only `principal` has been verified. */
export interface PackageRouteCall {
  readonly principal?: AnyPrincipal
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The address of the client, as far as it can be believed. */
  readonly ip?: string
  /** What stands for `:id` in the path, as it came. */
  readonly id: string
  /** Finds out which keys the sender holds, to bind a session to them; called at most once. */
  proveKeys(): Promise<{
    readonly confirmation?: Confirmation
    /** Fields that belong on the answer. */
    readonly headers: Readonly<Record<string, string>>
  }>
  /** The members of the body; called at most once. Nothing about their values is known. */
  readBody(): Promise<Readonly<Record<string, unknown>>>
}

/** What is answered; the body becomes JSON and is never cached. */
export interface PackageRouteAnswer {
  readonly status: number
  /** By name in lower case; several cookies are an array: `{ 'set-cookie': ['a=b', 'c=d'] }`. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
}
