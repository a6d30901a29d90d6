import { type AccessTokenPrincipal, InvalidRequestError } from '@authcore/core'
import { authenticateRequest } from '../authenticate-request.js'
import { parsePolicy } from '../policy.js'
import type { AnyAuthCore, ManagementDemands, RouteCall } from './route.js'

/** Who manages what is theirs. */
export type Actor = AccessTokenPrincipal<string, string, unknown>

/** Finds the actor of a call, and counts it. */
export type AuthenticateActor = (call: Pick<RouteCall, 'request' | 'limits'>) => Promise<Actor>

/**
 * The actor is whoever the access token speaks for, and never a member of the body. API keys cannot manage keys:
 * one that leaked could otherwise outlive its revocation in the keys that it made.
 */
export function createAuthenticateActor(auth: AnyAuthCore, demands: ManagementDemands): AuthenticateActor {
  const policy = parsePolicy({ ...demands, methods: ['access_token'] }, auth)
  return async ({ request, limits }) => {
    const principal = await authenticateRequest(auth, request, policy)
    if (principal?.method !== 'access_token') throw new InvalidRequestError('credentials_missing')
    await limits.takeCaller([principal])
    return principal
  }
}
