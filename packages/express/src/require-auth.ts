import {
  type AuthPolicy,
  type CredentialVerifiers,
  guardRequest,
  parsePolicy,
  rememberGuard,
} from '@authcore/http'
import { toAuthRequest } from './auth-request.js'
import type { ExpressHandler, RequestPrincipal } from './express-types.js'
import { respond, setHeaders } from './respond.js'

/**
 * Lets a request pass only under a policy. `req.auth` is then the frozen principal, everything in it verified;
 * `undefined` only if the policy is optional and the request came without credentials.
 * @param auth an `AuthCore`, or `{ accessTokens }` on a resource server without stores
 * @param policy what the route demands
 * @throws ConfigError `config_invalid` while wiring, with every problem of the policy
 * @example
 * app.get('/reports', requireAuth(auth, { methods: ['access_token'], scope: ['reports:read'] }), (req, res) => {
 *   res.json({ subject: req.auth?.subject })
 * })
 */
export function requireAuth<Scope extends string, Role extends string, Claims>(
  auth: CredentialVerifiers<Scope, Role, Claims>,
  policy: AuthPolicy<NoInfer<Scope>, NoInfer<Role>>,
): ExpressHandler {
  const parsed = parsePolicy(policy, auth)
  return (request, response, next) =>
    respond(response, next, async () => {
      const guarded = await guardRequest(auth, toAuthRequest(request), parsed)
      if (guarded.outcome === 'answered') return guarded.response
      setHeaders(response, guarded.headers)
      // scopes, roles and claims are those of `auth`, which the application declares in `AuthTypes`
      rememberGuard(request, guarded)
      request.auth = guarded.principal as RequestPrincipal | undefined
      return undefined
    })
}
