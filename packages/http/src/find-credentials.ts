import type { AuthRequest } from './auth-request.js'
import { parseBearerToken } from './authorization-header.js'
import { CREDENTIAL_METHODS, type PolicyMethod } from './credential-methods.js'
import type { CredentialVerifiers } from './credential-verifiers.js'
import type { VerifyCredential } from './methods/credential-method.js'
import { namedMethods, type ParsedPolicy } from './policy.js'

/** What a request carries, by method, in the order of the policy. */
export type FoundCredentials<Scope extends string, Role extends string, Claims> = ReadonlyMap<
  PolicyMethod,
  VerifyCredential<Scope, Role, Claims>
>

/**
 * Asks each method that the policy names for a credential of its kind. Nothing is verified yet.
 * @returns one entry for each kind that is there; a method that says "not mine" has none
 * @throws InvalidRequestError `credentials_malformed`, `credentials_repeated`
 */
export function findCredentials<Scope extends string, Role extends string, Claims>(
  verifiers: CredentialVerifiers<Scope, Role, Claims>,
  request: AuthRequest,
  policy: ParsedPolicy<Scope, Role>,
): FoundCredentials<Scope, Role, Claims> {
  const methods = namedMethods(policy)
  const bearer = parseBearerToken(request.headers)
  const bearerMethod = bearer === undefined ? undefined : findBearerMethod(bearer, methods, verifiers)
  const found = methods.map(method => {
    const search = { verifiers, request, bearer: method === bearerMethod ? bearer : undefined }
    return [method, CREDENTIAL_METHODS[method].find(search)] as const
  })
  return new Map(found.flatMap(([method, verify]) => (verify === undefined ? [] : [[method, verify]])))
}

/** Where keys are not accepted, one in the place of a token is a bad token. */
function findBearerMethod(
  bearer: string,
  methods: readonly PolicyMethod[],
  verifiers: CredentialVerifiers,
): PolicyMethod {
  const claims = (method: PolicyMethod) => CREDENTIAL_METHODS[method].isBearer?.(bearer, verifiers)
  return methods.find(claims) ?? 'access_token'
}
