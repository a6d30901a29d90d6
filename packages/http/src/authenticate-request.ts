import { InvalidRequestError, type Principal } from '@authcore/core'
import type { AuthRequest } from './auth-request.js'
import type { CredentialVerifiers } from './credential-verifiers.js'
import { findCredentials } from './find-credentials.js'
import { findAlternative } from './method-requirement.js'
import type { CredentialDemands, CredentialSearch } from './methods/credential-method.js'
import { ownMembers } from './own-members.js'
import { type AuthPolicy, type ParsedPolicy, parsePolicy } from './policy.js'
import { refuseCredentialsInQuery } from './query-credentials.js'
import { requireRole } from './require-rights.js'

/**
 * Turns a request into the principal who sent it, under a policy (RFC 6750 section 2.1).
 *
 * Access tokens come as `Authorization: Bearer`, or as `Authorization: DPoP` with a proof; API keys as `X-API-Key`, or as `Authorization: Bearer` with the
 * prefix of the deployment's keys; client certificates from the TLS handshake. Where credentials of several kinds are
 * present, all of them must be good; the first alternative of the policy that is complete says who is calling, and
 * that principal must satisfy its demands.
 *
 * @param verifiers an `AuthCore`, or `{ accessTokens }` on a resource server without stores
 * @param request nothing in it is trusted
 * @param policy what the route demands; pass the result of `parsePolicy` to have it checked only once
 * @returns everything in it was verified; `undefined` only if the policy is optional and no alternative was complete
 * @throws InvalidRequestError `credentials_missing`, `credentials_malformed`, `credentials_repeated`,
 *   `credentials_in_query`, `request_url_too_long`
 * @throws InvalidTokenError for an access token that is not accepted, and `authentication_too_old`
 * @throws InvalidProofError `dpop_*` for a proof that is not accepted
 * @throws InvalidCertificateError for a client certificate that is not accepted
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
  const [principal] = await findPrincipals(verifiers, request, parsePolicy(policy, verifiers), () => {})
  return principal
}

/**
 * The same, with every principal whose credential was verified.
 * @param addHeaders takes fields that belong on the answer to a request that passes
 * @returns whoever is calling first, then the others of the alternative, then the rest, each in the order of the
 *   policy; empty only if the policy is optional and no alternative was complete
 */
export async function findPrincipals<Scope extends string, Role extends string, Claims>(
  verifiers: CredentialVerifiers<Scope, Role, Claims>,
  request: AuthRequest,
  policy: ParsedPolicy<Scope, Role>,
  addHeaders: CredentialSearch<Scope, Role, Claims>['addHeaders'],
): Promise<readonly Principal<Scope, Role, Claims>[]> {
  refuseCredentialsInQuery(request.url)
  const found = findCredentials(verifiers, request, policy, addHeaders)
  const alternative = findAlternative(policy.methods, method => found.has(method))
  if (alternative === undefined && !policy.optional) throw new InvalidRequestError('credentials_missing')

  const demands = demandsOf(policy)
  const [caller] = alternative ?? []
  const principals: Principal<Scope, Role, Claims>[] = []
  // those of no use here must be good too: a request that carries a stolen one is not to be trusted
  for (const method of new Set([...(alternative ?? []), ...found.keys()])) {
    const verified = await found.get(method)?.(method === caller ? demands : NO_DEMANDS)
    if (verified !== undefined) principals.push(verified)
  }
  if (alternative === undefined) return []
  requireRole(principals[0], policy.roles ?? [])
  return Object.freeze(principals)
}

const NO_DEMANDS: CredentialDemands<never> = Object.freeze(ownMembers({}))

function demandsOf<Scope extends string>({
  scope,
  maxAgeSeconds,
}: CredentialDemands<Scope>): CredentialDemands<Scope> {
  return ownMembers({
    ...(scope !== undefined && { scope }),
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
  })
}
