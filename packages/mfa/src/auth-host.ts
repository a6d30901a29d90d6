import type { AuthCore, Principal } from '@authcore/core'
import type { DocumentStore } from '@authcore/core/ports'

/** What second factors need of a deployment, whatever its scopes, roles and claims. */
export type AuthHost = Pick<
  AuthCore<string, string, unknown>,
  'stores' | 'clock' | 'random' | 'emit' | 'secretBox'
>

/** Any verified caller. */
export type AnyPrincipal = Principal<string, string, unknown>

/** A deployment that is known to keep documents. */
export type FactorHost = AuthHost & { readonly documents: DocumentStore }
