import { type AuthCore, ConfigError, type JsonObject } from '@authcore/core'
import type { DocumentStore } from '@authcore/core/ports'

/** What tokens and clients need of a deployment. */
export type TokenHost<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> = Pick<
  AuthCore<Scope, Role, Claims>,
  'issuer' | 'stores' | 'clock' | 'random' | 'emit' | 'secretBox' | 'grants' | 'revocation' | 'rateLimits'
>

/**
 * Finds the documents of a deployment.
 * @throws ConfigError `config_invalid` when it keeps none
 */
export function requireDocuments({ stores }: { readonly stores: TokenHost['stores'] }): DocumentStore {
  if (stores.documents !== undefined) return stores.documents
  throw new ConfigError('config_invalid', [
    { path: 'stores.documents', message: 'is required: tokens and clients are kept as documents' },
  ])
}

/** Random text of letters, digits, `-` and `_`: a name for what is made, or for an attempt. */
export function randomText(random: (length: number) => Uint8Array, bytes: number): string {
  return encodeBase64url(random(bytes))
}

/** Base64url without padding (RFC 4648 section 5), in every runtime. */
export function encodeBase64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
