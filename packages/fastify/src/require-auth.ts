import {
  type AuthPolicy,
  type CredentialVerifiers,
  guardRequest,
  parsePolicy,
  rememberGuard,
} from '@authcore/http'
import type { FastifyHook, RequestPrincipal } from './fastify-types.js'
import { respond, setHeaders, toAuthRequest } from './respond.js'

/**
 * Lets a request pass only under a policy. `request.auth` is then the frozen principal, everything in it verified;
 * `undefined` only if the policy is optional and the request came without credentials. Best as `onRequest`: nothing
 * of the body is read before it is known who sends it.
 * @param auth an `AuthCore`, or `{ accessTokens }` on a resource server without stores
 * @param policy what the route demands
 * @throws ConfigError `config_invalid` while wiring, with every problem of the policy
 * @example
 * const onRequest = requireAuth(auth, { methods: ['access_token'], scope: ['reports:read'] })
 * app.get('/reports', { onRequest }, async request => ({ subject: request.auth?.subject }))
 */
export function requireAuth<Scope extends string, Role extends string, Claims>(
  auth: CredentialVerifiers<Scope, Role, Claims>,
  policy: AuthPolicy<NoInfer<Scope>, NoInfer<Role>>,
): FastifyHook {
  const parsed = parsePolicy(policy, auth)
  return async (request, reply) => {
    const guarded = await guardRequest(auth, toAuthRequest(request), parsed)
    if (guarded.outcome === 'answered') return respond(reply, guarded.response)
    setHeaders(reply, guarded.headers)
    rememberGuard(request, guarded)
    // scopes, roles and claims are those of `auth`, which the application declares in `AuthTypes`
    request.auth = guarded.principal as RequestPrincipal | undefined
    return undefined
  }
}
