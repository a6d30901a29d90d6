import type { AuthCore, JsonObject } from '@authcore/core'

/** What the token endpoint needs of a deployment. */
export type TokenEndpointHost<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> = Pick<AuthCore<Scope, Role, Claims>, 'issuer' | 'accessTokens' | 'sessions' | 'grants'>
