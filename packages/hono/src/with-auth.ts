import type { Principal } from '@authcore/core'
import {
  type AuthPolicy,
  type CredentialVerifiers,
  guardRequest,
  parsePolicy,
  rememberGuard,
} from '@authcore/http'
import { type FetchConnection, toAuthRequest, toResponse, withHeaders } from './fetch-request.js'

/** What a policy lets pass: `undefined` only where it may be optional. */
export type FoundPrincipal<Policy, Scope extends string, Role extends string, Claims> = Policy extends {
  readonly optional: infer Optional
}
  ? Optional extends false
    ? Principal<Scope, Role, Claims>
    : Principal<Scope, Role, Claims> | undefined
  : Policy extends { readonly methods: readonly unknown[]; readonly optional?: false }
    ? Principal<Scope, Role, Claims>
    : Principal<Scope, Role, Claims> | undefined

/** A handler of a Fetch-style server, with whatever the server passes beside the request. */
export type FetchHandler<Incoming extends Request, Rest extends readonly unknown[]> = (
  request: Incoming,
  ...rest: Rest
) => Promise<Response>

/** What a server can tell beside the request. */
export interface WithAuthOptions<Incoming extends Request, Rest extends readonly unknown[]> {
  /** Tells who is at the other end of the connection. */
  readonly describeConnection?: (request: Incoming, ...rest: Rest) => FetchConnection
}

/**
 * Lets requests of a Fetch-style server pass only under a policy: Workers, Bun, Deno, route handlers of Next.js.
 * The handler gets the frozen principal, everything in it verified; `undefined` only if the policy is optional and
 * the request came without credentials. What else the server passes is handed on.
 * @param auth an `AuthCore`, or `{ accessTokens }` on a resource server without stores
 * @param policy what the route demands
 * @throws ConfigError `config_invalid` while wiring, with every problem of the policy
 * @example
 * export const GET = withAuth(auth, { methods: ['access_token'] }, (request, { auth }) =>
 *   Response.json({ subject: auth.subject }),
 * )
 */
export function withAuth<
  Scope extends string,
  Role extends string,
  Claims,
  const Policy extends AuthPolicy<NoInfer<Scope>, NoInfer<Role>>,
  Incoming extends Request = Request,
  Rest extends readonly unknown[] = [],
>(
  auth: CredentialVerifiers<Scope, Role, Claims>,
  policy: Policy,
  handler: (
    request: Incoming,
    context: { readonly auth: FoundPrincipal<Policy, Scope, Role, Claims> },
    ...rest: Rest
  ) => Response | Promise<Response>,
  { describeConnection }: WithAuthOptions<Incoming, Rest> = {},
): FetchHandler<Incoming, Rest> {
  const parsed = parsePolicy<Scope, Role>(policy, auth)
  return async (request, ...rest) => {
    const authRequest = toAuthRequest(request, describeConnection?.(request, ...rest))
    const guarded = await guardRequest(auth, authRequest, parsed)
    if (guarded.outcome === 'answered') return toResponse(guarded.response, request.method)
    rememberGuard(request, guarded)
    // `guardRequest` lets nobody pass without a principal unless the policy is optional
    const principal = guarded.principal as FoundPrincipal<Policy, Scope, Role, Claims>
    return withHeaders(await handler(request, { auth: principal }, ...rest), guarded.headers)
  }
}
