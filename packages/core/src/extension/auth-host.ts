import type { AuthCore } from '../auth-core.js'
import type { Principal } from '../principal.js'

/** Any deployment, whatever its scopes, roles and claims. */
export type AnyAuthCore = AuthCore<string, string, unknown>

/** What counting, sealing and telling need of a deployment. */
export type AuthHost = Pick<AnyAuthCore, 'stores' | 'clock' | 'random' | 'emit' | 'secretBox'>

/** Any verified caller. */
export type AnyPrincipal = Principal<string, string, unknown>
