import {
  type AccessTokenPrincipal,
  InvalidRequestError,
  type Principal,
  type SessionPrincipal,
} from '@authcore/core'
import { authenticateRequest } from '../authenticate-request.js'
import type { PolicyMethod } from '../credential-methods.js'
import { parsePolicy } from '../policy.js'
import type { AnyAuthCore, ManagementDemands, RouteCall } from './route.js'

/** Who manages what is theirs. */
export type Actor = AccessTokenPrincipal<string, string, unknown> | SessionPrincipal<string, string, unknown>

/** Finds the actor of a call, and counts it. */
export type AuthenticateActor = (call: Pick<RouteCall, 'request' | 'limits'>) => Promise<Actor>

/**
 * The actor is whoever the access token speaks for or, where the deployment has sessions by cookie, the cookie; and never
 * a member of the body. API keys cannot manage keys: one that leaked could otherwise outlive its revocation in the keys
 * that it made.
 */
export function createAuthenticateActor(auth: AnyAuthCore, demands: ManagementDemands): AuthenticateActor {
  const methods: readonly PolicyMethod[] =
    auth.http?.sessionCookie === undefined ? ['access_token'] : ['access_token', 'session']
  const policy = parsePolicy({ ...demands, methods }, auth)
  return async ({ request, limits }) => {
    const principal = await authenticateRequest(auth, request, policy)
    if (!isActor(principal)) throw new InvalidRequestError('credentials_missing')
    await limits.takeCaller([principal])
    return principal
  }
}

function isActor(principal: Principal<string, string, unknown> | undefined): principal is Actor {
  return principal?.method === 'access_token' || principal?.method === 'session'
}
