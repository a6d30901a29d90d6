import type { AuthRequest } from './auth-request.js'
import { type PresentedToken, parsePresentedToken } from './authorization-header.js'
import { CREDENTIAL_METHODS, type PolicyMethod } from './credential-methods.js'
import type { CredentialVerifiers } from './credential-verifiers.js'
import type { CredentialSearch, VerifyCredential } from './methods/credential-method.js'
import { namedMethods, type ParsedPolicy } from './policy.js'
import { spokenSchemes } from './proof-of-key/spoken-dpop.js'

/** What a request carries, by method, in the order of the policy. */
export type FoundCredentials<Scope extends string, Role extends string, Claims> = ReadonlyMap<
  PolicyMethod,
  VerifyCredential<Scope, Role, Claims>
>

/**
 * Asks each method that the policy names for a credential of its kind. Nothing is verified yet.
 * @param addHeaders takes fields that belong on the answer to a request that passes
 * @returns one entry for each kind that is there; a method that says "not mine" has none
 * @throws InvalidRequestError `credentials_malformed`, `credentials_repeated`
 */
export function findCredentials<Scope extends string, Role extends string, Claims>(
  verifiers: CredentialVerifiers<Scope, Role, Claims>,
  request: AuthRequest,
  policy: ParsedPolicy<Scope, Role>,
  addHeaders: CredentialSearch<Scope, Role, Claims>['addHeaders'],
): FoundCredentials<Scope, Role, Claims> {
  const methods = namedMethods(policy)
  const presented = parsePresentedToken(request.headers, spokenSchemes(verifiers))
  const tokenMethod = presented && findTokenMethod(presented, methods, verifiers)
  const found = methods.map(method => {
    const own = method === tokenMethod ? presented : undefined
    return [
      method,
      CREDENTIAL_METHODS[method].find({ verifiers, request, presented: own, addHeaders }),
    ] as const
  })
  return new Map(found.flatMap(([method, verify]) => (verify === undefined ? [] : [[method, verify]])))
}

/** Where keys are not accepted, one in the place of a token is a bad token. */
function findTokenMethod(
  { scheme, token }: PresentedToken,
  methods: readonly PolicyMethod[],
  verifiers: CredentialVerifiers,
): PolicyMethod {
  const claims = (method: PolicyMethod) => {
    const { acceptsDpop = false, isBearer } = CREDENTIAL_METHODS[method]
    return (scheme === 'Bearer' || acceptsDpop) && isBearer?.(token, verifiers)
  }
  return methods.find(claims) ?? 'access_token'
}
