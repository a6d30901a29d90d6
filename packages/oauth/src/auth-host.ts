import type { AuthCore, Principal } from '@authcore/core'
import type { DocumentStore } from '@authcore/core/ports'

/** What sign-in needs of a deployment, whatever its scopes, roles and claims. */
export type AuthHost = Pick<
  AuthCore<string, string, unknown>,
  'issuer' | 'stores' | 'clock' | 'random' | 'emit' | 'secretBox' | 'sessions'
>

/** Any verified caller. */
export type AnyPrincipal = Principal<string, string, unknown>

/** A deployment that is known to keep documents. */
export type DocumentHost = AuthHost & { readonly documents: DocumentStore }

/** True for what `createAuthCore` returned. */
export function isAuthHost(value: unknown): value is AuthHost {
  const host = Object(value)
  const has = (name: string): boolean => typeof Reflect.get(host, name) === 'function'
  return (
    ['secretBox', 'clock', 'random', 'emit'].every(has) &&
    typeof Reflect.get(host, 'stores') === 'object' &&
    typeof Reflect.get(host, 'sessions') === 'object'
  )
}

/** The deployment with its documents; `undefined` when its stores have none. */
export function findDocumentHost(auth: AuthHost): DocumentHost | undefined {
  const { issuer, stores, clock, random, emit, secretBox, sessions } = auth
  const { documents } = stores
  if (documents === undefined) return undefined
  return Object.freeze({ issuer, stores, documents, clock, random, emit, secretBox, sessions })
}
