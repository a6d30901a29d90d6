import { type NodeSocket, readNodeConnection } from '@authcore/http'
import type { Context } from 'hono'
import type { FetchConnection } from './fetch-request.js'

/** The variables of a context behind `requireAuth`. */
export interface AuthVariables<Found> {
  /** Who is calling, as `requireAuth` has verified it; frozen. */
  auth: Found
}

/** The part of a context that says on which server it runs. */
type ServerContext = Pick<Context, 'env'>

/** What the adapter of the server can tell beside the request. */
export interface ConnectionOptions {
  /** Tells who is at the other end of the connection; on `@hono/node-server` it is known. */
  readonly describeConnection?: (context: Context) => FetchConnection
}

/** What `@hono/node-server` puts into `c.env`; no other server has it. */
export function describeNodeConnection({ env }: ServerContext): FetchConnection {
  const incoming: { readonly socket?: NodeSocket } | undefined = Object(env).incoming
  return incoming?.socket === undefined ? {} : readNodeConnection(incoming.socket)
}
