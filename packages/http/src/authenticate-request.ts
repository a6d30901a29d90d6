import { InvalidRequestError, type Principal } from '@authcore/core'
import type { AuthRequest } from './auth-request.js'
import type { CredentialVerifiers } from './credential-verifiers.js'
import { findCredentials } from './find-credentials.js'
import { type AuthPolicy, parsePolicy } from './policy.js'
import { refuseCredentialsInQuery } from './query-credentials.js'
import { requireRole } from './require-rights.js'

/**
 * Turns a request into the principal who sent it, under a policy (RFC 6750 section 2.1).
 *
 * Access tokens come as `Authorization: Bearer`; API keys as `X-API-Key`, or as `Authorization: Bearer` with the
 * prefix of the deployment's keys. Where credentials of several kinds are present, all of them must be good, and the
 * first one in the order of the policy says who is calling and must satisfy its demands.
 *
 * @param verifiers an `AuthCore`, or `{ accessTokens }` on a resource server without stores
 * @param request nothing in it is trusted
 * @param policy what the route demands; pass the result of `parsePolicy` to have it checked only once
 * @returns everything in it was verified; `undefined` only if the policy is optional and no credentials were found
 * @throws InvalidRequestError `credentials_missing`, `credentials_malformed`, `credentials_repeated`,
 *   `credentials_in_query`, `request_url_too_long`
 * @throws InvalidTokenError for an access token that is not accepted, and `authentication_too_old`
 * @throws InvalidApiKeyError for an API key that is not accepted
 * @throws InsufficientScopeError `insufficient_scope`, `insufficient_role`
 * @throws StoreError `store_unavailable` when the credentials cannot be checked
 * @throws ConfigError `config_invalid` for a policy that is wrong in itself
 * @example
 * const principal = await authenticateRequest(auth, request, { methods: ['access_token', 'api_key'] })
 */
export async function authenticateRequest<Scope extends string, Role extends string, Claims>(
  verifiers: CredentialVerifiers<Scope, Role, Claims>,
  request: AuthRequest,
  policy: AuthPolicy<NoInfer<Scope>, NoInfer<Role>>,
): Promise<Principal<Scope, Role, Claims> | undefined> {
  const parsed = parsePolicy(policy, verifiers)
  refuseCredentialsInQuery(request.url)
  const [verifyFirst, ...verifyOthers] = findCredentials(verifiers, request, parsed)
  if (verifyFirst === undefined) {
    if (parsed.optional) return undefined
    throw new InvalidRequestError('credentials_missing')
  }
  const { scope, roles = [], maxAgeSeconds } = parsed
  const principal = await verifyFirst({
    ...(scope !== undefined && { scope }),
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
  })
  for (const verify of verifyOthers) await verify({})
  requireRole(principal, roles)
  return principal
}
