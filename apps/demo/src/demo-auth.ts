import { randomBytes } from 'node:crypto'
import { type AuthCore, type Clock, createAuthCore, type Principal, type Stores } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'

/** Everything that a credential of the demo can be good for. */
export const SCOPES = ['reports:read', 'reports:write'] as const

/** Everything that a user of the demo can be. */
export const ROLES = ['admin'] as const

export type DemoScope = (typeof SCOPES)[number]
export type DemoRole = (typeof ROLES)[number]
export type DemoAuth = AuthCore<DemoScope, DemoRole>
export type DemoPrincipal = Principal<DemoScope, DemoRole>

declare module '@authcore/express' {
  interface AuthTypes {
    principal: DemoPrincipal
  }
}

/** What differs between deployments of the demo. */
export interface DemoAuthOptions {
  /** Where the demo is reached: `iss` and `aud` of its tokens. */
  readonly baseUrl: string
  readonly clock: Clock
  /** In memory unless told. */
  readonly stores?: Stores | undefined
}

/**
 * Wires AuthCore for the demo.
 *
 * The root secret is made anew at every start, as everything else in memory is: nothing outlives the process. A real
 * deployment reads it from where it keeps its secrets.
 */
export function createDemoAuth({ baseUrl, clock, stores = memoryStores() }: DemoAuthOptions): DemoAuth {
  return createAuthCore({
    issuer: baseUrl,
    audience: baseUrl,
    secrets: [randomBytes(32)],
    scopes: SCOPES,
    roles: ROLES,
    stores,
    clock,
  })
}
