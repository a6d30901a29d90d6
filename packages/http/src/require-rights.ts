import { InsufficientScopeError, InvalidRequestError, type Principal } from '@authcore/core'

/** What a check of rights needs to know of a principal. */
export type Rights = Pick<Principal, 'scope' | 'roles'>

/**
 * Demands every one of the scopes.
 * @param principal verified before; `undefined` when the request came without credentials
 * @throws InvalidRequestError `credentials_missing`
 * @throws InsufficientScopeError `insufficient_scope` with the scopes that are missing
 */
export function requireScope(principal: Rights | undefined, scope: readonly string[]): asserts principal {
  if (principal === undefined) throw new InvalidRequestError('credentials_missing')
  const granted: readonly string[] = principal.scope
  const missing = scope.filter(name => !granted.includes(name))
  if (missing.length > 0) throw new InsufficientScopeError('insufficient_scope', missing)
}

/**
 * Demands every one of the roles. API keys carry none.
 * @param principal verified before; `undefined` when the request came without credentials
 * @throws InvalidRequestError `credentials_missing`
 * @throws InsufficientScopeError `insufficient_role` with the roles that are missing
 */
export function requireRole(principal: Rights | undefined, roles: readonly string[]): asserts principal {
  if (principal === undefined) throw new InvalidRequestError('credentials_missing')
  const held: readonly string[] = principal.roles
  const missing = roles.filter(name => !held.includes(name))
  if (missing.length > 0) throw new InsufficientScopeError('insufficient_role', missing)
}
