import type { AccessTokens, ApiKeys } from '@authcore/core'
import type { HttpSettings } from './http-settings.js'

/**
 * What checks the credentials of requests: an `AuthCore`, or, on a resource server without stores,
 * `{ accessTokens: createAccessTokenVerifier(...) }`.
 */
export interface CredentialVerifiers<
  Scope extends string = string,
  Role extends string = string,
  Claims = unknown,
> {
  readonly accessTokens?: Pick<AccessTokens<Scope, Role, Claims>, 'verify'>
  readonly apiKeys?: Pick<ApiKeys<Scope>, 'verify' | 'isApiKey'>
  /** The settings of `createHttpAuth`. */
  readonly http?: HttpSettings
}
