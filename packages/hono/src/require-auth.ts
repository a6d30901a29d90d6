import {
  type AuthPolicy,
  type CredentialVerifiers,
  guardRequest,
  parsePolicy,
  rememberGuard,
  writeHeaders,
} from '@authcore/http'
import type { MiddlewareHandler } from 'hono'
import { toAuthRequest } from './fetch-request.js'
import { type AuthVariables, type ConnectionOptions, describeNodeConnection } from './hono-connection.js'
import { respond } from './respond.js'
import type { FoundPrincipal } from './with-auth.js'

/**
 * Lets a request pass only under a policy. `c.var.auth` is then the frozen principal, everything in it verified;
 * `undefined` only if the policy is optional and the request came without credentials.
 * @param auth an `AuthCore`, or `{ accessTokens }` on a resource server without stores
 * @param policy what the route demands
 * @throws ConfigError `config_invalid` while wiring, with every problem of the policy
 * @example
 * app.get('/reports', requireAuth(auth, { methods: ['access_token'], scope: ['reports:read'] }), c =>
 *   c.json({ subject: c.var.auth.subject }),
 * )
 */
export function requireAuth<
  Scope extends string,
  Role extends string,
  Claims,
  const Policy extends AuthPolicy<NoInfer<Scope>, NoInfer<Role>>,
>(
  auth: CredentialVerifiers<Scope, Role, Claims>,
  policy: Policy,
  { describeConnection = describeNodeConnection }: ConnectionOptions = {},
): MiddlewareHandler<{ Variables: AuthVariables<FoundPrincipal<Policy, Scope, Role, Claims>> }> {
  const parsed = parsePolicy<Scope, Role>(policy, auth)
  return async (c, next) => {
    const guarded = await guardRequest(auth, toAuthRequest(c.req.raw, describeConnection(c)), parsed)
    if (guarded.outcome === 'answered') return respond(c, guarded.response)
    rememberGuard(c, guarded)
    // `guardRequest` lets nobody pass without a principal unless the policy is optional
    c.set('auth', guarded.principal as FoundPrincipal<Policy, Scope, Role, Claims>)
    await next()
    const set = (name: string, value: string) => c.header(name, value)
    const append = (name: string, value: string) => c.header(name, value, { append: true })
    writeHeaders({ set, append }, guarded.headers)
    return undefined
  }
}
