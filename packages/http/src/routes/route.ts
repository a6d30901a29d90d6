import type { AuthCore } from '@authcore/core'
import type { AuthRequest } from '../auth-request.js'
import type { AuthResponse } from '../auth-response.js'
import type { CredentialVerifiers } from '../credential-verifiers.js'
import type { AuthPolicy } from '../policy.js'
import type { ParsedRateLimitRules } from '../rate-limits/rate-limit-rules.js'
import type { RequestLimits } from '../rate-limits/request-limits.js'
import type { RequestBody } from '../request-body.js'

/** Any deployment, whatever its scopes, roles and claims. */
export type AnyAuthCore = AuthCore<string, string, unknown> &
  Pick<CredentialVerifiers, 'http' | 'opaqueTokens'>

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
  /** Counts this request; its address has been counted. */
  readonly limits: RequestLimits
}

/** One route. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Segments after slashes; `:id` stands for any one. */
  readonly path: string
  /** Errors are answered as RFC 6749 section 5.2 has it. */
  readonly isTokenEndpoint?: boolean
  /** The same for everybody and cached by others: its address is not counted. */
  readonly isPublic?: boolean
  /** What is counted instead of what the deployment counts. */
  readonly rateLimits?: ParsedRateLimitRules
  /** What the caller needs beside an access token. */
  readonly demands?: ManagementDemands
  handle(call: RouteCall): Promise<AuthResponse>
}

/** Ids of sessions and keys are unreserved characters; other text names nothing, and no store is asked. */
export function isResourceId(id: string): boolean {
  return /^[A-Za-z0-9_-]{1,128}$/.test(id)
}
