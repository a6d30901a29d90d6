import { type AuthCore, type Clock, createAuthCore, type Principal, type Stores } from '@authcore/core'

/** Everything that a credential of the demo can be good for. */
export const SCOPES = ['reports:read', 'reports:write'] as const

/** Everything that a user of the demo can be. */
export const ROLES = ['admin'] as const

export type DemoScope = (typeof SCOPES)[number]
export type DemoRole = (typeof ROLES)[number]
export type DemoAuth = AuthCore<DemoScope, DemoRole>
export type DemoPrincipal = Principal<DemoScope, DemoRole>

/** What differs between deployments of the demo. */
export interface DemoAuthOptions {
  /** Where the demo is reached: `iss` and `aud` of its tokens. */
  readonly baseUrl: string
  readonly clock: Clock
  readonly stores: Stores
  /** The root secret: whoever has it and the database can issue anything. */
  readonly secret: string
}

/** Wires AuthCore for the demo. */
export function createDemoAuth({ baseUrl, clock, stores, secret }: DemoAuthOptions): DemoAuth {
  return createAuthCore({
    issuer: baseUrl,
    audience: baseUrl,
    secrets: [secret],
    scopes: SCOPES,
    roles: ROLES,
    stores,
    clock,
  })
}
