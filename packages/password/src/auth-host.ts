import type { AuthCore } from '@authcore/core'

/** Any deployment, whatever its scopes, roles and claims. */
export type AnyAuthCore = AuthCore<string, string, unknown>

/** What counting and sealing need of a deployment. */
export type AuthHost = Pick<AnyAuthCore, 'stores' | 'clock' | 'random' | 'emit' | 'secretBox'>
