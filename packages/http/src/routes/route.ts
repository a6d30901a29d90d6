import type { AuthCore } from '@authcore/core'
import type { AuthRequest } from '../auth-request.js'
import type { AuthResponse } from '../auth-response.js'
import type { CredentialVerifiers } from '../credential-verifiers.js'
import type { AuthPolicy } from '../policy.js'
import type { RequestBody } from '../request-body.js'

/** Any deployment, whatever its scopes, roles and claims. */
export type AnyAuthCore = AuthCore<string, string, unknown> & Pick<CredentialVerifiers, 'http'>

/** A request to a path below the mount point of the routes. */
export interface AuthRouteRequest extends AuthRequest {
  /** The path below the mount point, without the query: `/refresh`. */
  readonly path: string
  /**
   * Reads the body; called at most once, and only for routes that take one.
   * @param limitBytes reading more must end with `InvalidRequestError` `request_body_too_large`
   * @returns text, bytes, or the object that the framework has made of them already
   */
  readBody(limitBytes: number): Promise<unknown>
}

/** What a caller needs beside an access token, to manage what is theirs. */
export type ManagementDemands = Pick<AuthPolicy, 'scope' | 'roles' | 'maxAgeSeconds'>

/** One request to one route. */
export interface RouteCall {
  readonly request: AuthRouteRequest
  /** What stands for `:id` in the path, as it came. */
  readonly id: string
  readBody(): Promise<RequestBody>
}

/** One route. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Segments after slashes; `:id` stands for any one. */
  readonly path: string
  /** Errors are answered as RFC 6749 section 5.2 has it. */
  readonly isTokenEndpoint?: boolean
  /** What the caller needs beside an access token. */
  readonly demands?: ManagementDemands
  handle(call: RouteCall): Promise<AuthResponse>
}

/** Ids of sessions and keys are unreserved characters; other text names nothing, and no store is asked. */
export function isResourceId(id: string): boolean {
  return /^[A-Za-z0-9_-]{1,128}$/.test(id)
}
