import type { JsonObject } from '@authcore/core'
import type { OAuthServerRoutes } from '../token-endpoint/server-route.js'
import {
  readTokenEndpointOptions,
  type TokenEndpointOptions,
  tokenRoute,
} from '../token-endpoint/token-endpoint.js'
import type { TokenEndpointHost } from '../token-endpoint/token-endpoint-host.js'
import {
  type AuthorizationServerMetadataOptions,
  METADATA_OPTIONS,
  type MetadataHost,
  metadataRoute,
} from './authorization-server-metadata.js'

/** Who may come, what they get, and what they are told. */
export interface OAuthServerOptions<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> extends TokenEndpointOptions<Scope, Role, Claims>,
    Omit<AuthorizationServerMetadataOptions, 'tokenPath'> {}

/**
 * Prepares the token endpoint and the metadata together, for routes that are mounted at the root of the host.
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * const oauth = oauthServerRoutes(auth, { clients, introspection: true, revocation: true })
 * app.use(authRoutes(auth, { clients, extensions: [oauth] }))
 */
export function oauthServerRoutes<Scope extends string, Role extends string, Claims>(
  auth: TokenEndpointHost<Scope, Role, Claims> & MetadataHost,
  options: OAuthServerOptions<Scope, Role, Claims>,
): OAuthServerRoutes {
  const settings = readTokenEndpointOptions(auth, options, METADATA_OPTIONS)
  const metadata = metadataRoute(auth, options, ['clients', 'opaqueTokens', 'accessTokens'])
  return Object.freeze({ routes: Object.freeze([tokenRoute(settings), metadata]) })
}
