import {
  type AuthPolicy,
  type CredentialVerifiers,
  guardRequest,
  parsePolicy,
  rememberGuard,
  writeHeaders,
} from '@authcore/http'
import type { KoaMiddleware, RequestPrincipal } from './koa-types.js'
import { respond, toAuthRequest } from './respond.js'

/**
 * Lets a request pass only under a policy. `ctx.state.auth` is then the frozen principal, everything in it verified;
 * `undefined` only if the policy is optional and the request came without credentials.
 * @param auth an `AuthCore`, or `{ accessTokens }` on a resource server without stores
 * @param policy what the route demands
 * @throws ConfigError `config_invalid` while wiring, with every problem of the policy
 * @example
 * router.get('/reports', requireAuth(auth, { methods: ['access_token'], scope: ['reports:read'] }), ctx => {
 *   ctx.body = { subject: ctx.state.auth?.subject }
 * })
 */
export function requireAuth<Scope extends string, Role extends string, Claims>(
  auth: CredentialVerifiers<Scope, Role, Claims>,
  policy: AuthPolicy<NoInfer<Scope>, NoInfer<Role>>,
): KoaMiddleware {
  const parsed = parsePolicy(policy, auth)
  return async (context, next) => {
    const guarded = await guardRequest(auth, toAuthRequest(context), parsed)
    if (guarded.outcome === 'answered') return respond(context, guarded.response)
    writeHeaders(context, guarded.headers)
    // scopes, roles and claims are those of `auth`, which the application declares in `AuthTypes`
    rememberGuard(context, guarded)
    context.state.auth = guarded.principal as RequestPrincipal | undefined
    await next()
  }
}
