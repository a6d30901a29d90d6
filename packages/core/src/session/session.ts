import type { JsonObject } from '../json.js'
import type { SessionRecord } from '../ports/session-store.js'

/** A session as its owner may see it: nothing in it opens a door. Instants are epoch milliseconds. */
export interface Session<Scope extends string = string, Role extends string = string, Claims = JsonObject> {
  readonly id: string
  readonly subject: string
  readonly clientId?: string
  readonly scope: readonly Scope[]
  readonly roles: readonly Role[]
  readonly claims: Claims
  readonly amr: readonly string[]
  readonly acr?: string
  readonly label?: string
  readonly createdAt: number
  readonly authenticatedAt: number
  readonly lastUsedAt: number
  readonly idleExpiresAt: number
  readonly absoluteExpiresAt: number
}

/**
 * Leaves out what only rotation needs.
 * @returns a frozen copy without hashes and sealed values
 */
export function toSession<Scope extends string, Role extends string, Claims>(
  record: SessionRecord,
): Session<Scope, Role, Claims> {
  // scope, roles and claims were checked against the options before the record was stored
  return Object.freeze({
    id: record.id,
    subject: record.subject,
    ...(record.clientId !== undefined && { clientId: record.clientId }),
    scope: record.scope,
    roles: record.roles,
    claims: record.claims,
    amr: record.amr,
    ...(record.acr !== undefined && { acr: record.acr }),
    ...(record.label !== undefined && { label: record.label }),
    createdAt: record.createdAt,
    authenticatedAt: record.authenticatedAt,
    lastUsedAt: record.lastUsedAt,
    idleExpiresAt: record.idleExpiresAt,
    absoluteExpiresAt: record.absoluteExpiresAt,
  }) as Session<Scope, Role, Claims>
}
