import {
  ConfigError,
  InvalidClientError,
  InvalidProofError,
  InvalidRequestError,
  type JsonObject,
} from '@authcore/core'
import { createOptionReader } from '@authcore/core/extension'
import type { OAuthClient, OAuthClientRegistry } from '../client/oauth-clients.js'
import type { OpaqueTokens } from '../opaque-token/opaque-tokens.js'
import { ownMembers } from '../own-members.js'
import { grantClientCredentials } from './client-credentials-grant.js'
import { grantRefresh } from './refresh-grant.js'
import type {
  OAuthServerAnswer,
  OAuthServerCall,
  OAuthServerRoute,
  OAuthServerRoutes,
} from './server-route.js'
import type { TokenEndpointHost } from './token-endpoint-host.js'
import type { GrantedTokens, TokenGrantCall } from './token-grant.js'
import { parseTokenRequest, requireForm, type TokenRequest } from './token-request.js'

/** Who may come, and what they get. */
export interface TokenEndpointOptions<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  /** What `createOAuthClients` returned. */
  readonly clients: Pick<OAuthClientRegistry<Scope, Role, Claims>, 'authenticate'>
  /** What `createOpaqueTokens` returned; needed where any client gets opaque access tokens. */
  readonly opaqueTokens?: OpaqueTokens<Scope, Role, Claims>
  /** The form of access tokens of clients that have none of their own: `jwt` unless told. */
  readonly accessTokens?: 'jwt' | 'opaque'
  /** Below the mount point of the routes; `/oauth/token` unless told. */
  readonly tokenPath?: string
}

/** What every grant is served with. */
export interface TokenEndpointSettings {
  readonly auth: TokenEndpointHost
  readonly clients: Pick<OAuthClientRegistry, 'authenticate'>
  readonly opaqueTokens: OpaqueTokens | undefined
  readonly accessTokens: 'jwt' | 'opaque'
  readonly tokenPath: string
}

const DEFAULT_PATH = '/oauth/token'
const PATH = /^(\/[\w.~-]+)+$/

/**
 * Prepares `POST /oauth/token` (RFC 6749 section 3.2) with the grants `client_credentials` and `refresh_token`.
 * @param auth the deployment
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * app.use(authRoutes(auth, { clients, extensions: [tokenEndpoint(auth, { clients })] }))
 */
export function tokenEndpoint<Scope extends string, Role extends string, Claims>(
  auth: TokenEndpointHost<Scope, Role, Claims>,
  options: TokenEndpointOptions<Scope, Role, Claims>,
): OAuthServerRoutes {
  const settings = readTokenEndpointOptions(auth, options)
  return Object.freeze({ routes: Object.freeze([tokenRoute(settings)]) })
}

/**
 * Checks the options once.
 * @param others members that belong to somebody else
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function readTokenEndpointOptions<Scope extends string, Role extends string, Claims>(
  auth: TokenEndpointHost<Scope, Role, Claims>,
  options: TokenEndpointOptions<Scope, Role, Claims>,
  others: readonly string[] = [],
): TokenEndpointSettings {
  const reader = createOptionReader(options)
  const clients = reader.value('clients', isRegistry, 'what createOAuthClients returned')
  const opaqueTokens = reader.value('opaqueTokens', isOpaqueTokens, 'what createOpaqueTokens returned')
  const accessTokens = reader.choice('accessTokens', ['jwt', 'opaque'], 'jwt')
  const tokenPath = reader.value('tokenPath', isPath, 'a path such as /oauth/token') ?? DEFAULT_PATH
  for (const name of others) reader.read(name)
  if (options.clients === undefined) reader.refuse('clients', 'is required')
  if (accessTokens === 'opaque' && opaqueTokens === undefined) reader.refuse('opaqueTokens', 'is required')
  reader.finish()
  if (clients === undefined) throw new TypeError('unreachable')
  // scopes, roles and claims are checked by the deployment at run time, whatever the types say here
  return Object.freeze({
    auth: auth as unknown as TokenEndpointHost,
    clients,
    opaqueTokens,
    accessTokens,
    tokenPath,
  })
}

/** The route itself. */
export function tokenRoute(settings: TokenEndpointSettings): OAuthServerRoute {
  return Object.freeze({
    method: 'POST',
    path: settings.tokenPath,
    isTokenEndpoint: true,
    handle: (call: OAuthServerCall) => answerTokenRequest(call, settings),
  })
}

async function answerTokenRequest(
  call: OAuthServerCall,
  settings: TokenEndpointSettings,
): Promise<OAuthServerAnswer> {
  requireForm(call)
  const body = await call.readBody()
  const request = parseTokenRequest(body)
  const client = await settings.clients.authenticate(call.findClient(body))
  if (client === undefined) throw new InvalidClientError('client_authentication_failed')
  if (!client.grantTypes.includes(request.grantType)) throw new InvalidRequestError('grant_type_not_allowed')
  // as late as can be: a proof counts once
  const { confirmation, headers } = ownMembers(await call.proveKeys())
  if (client.requiresBoundTokens && confirmation === undefined) {
    throw new InvalidProofError('dpop_proof_missing')
  }
  const granted = await serveGrant(request, client, settings, confirmation)
  return { status: 200, headers, body: toTokenBody(granted) }
}

function serveGrant(
  request: TokenRequest,
  client: OAuthClient,
  settings: TokenEndpointSettings,
  confirmation: TokenGrantCall['confirmation'],
): Promise<GrantedTokens> {
  const form = client.accessTokens ?? settings.accessTokens
  const opaqueTokens = form === 'opaque' ? (settings.opaqueTokens ?? missingOpaqueTokens()) : undefined
  const grantCall: TokenGrantCall = {
    auth: settings.auth,
    client,
    audience: findAudience(request, client, settings),
    opaqueTokens,
    confirmation,
  }
  switch (request.grantType) {
    case 'client_credentials':
      return grantClientCredentials(request, grantCall)
    case 'refresh_token':
      return grantRefresh(request, grantCall)
  }
}

/** RFC 8707 section 2.2: a token for the one resource that was named, where the client may name it. */
function findAudience(
  { resource }: TokenRequest,
  { audience }: OAuthClient,
  { auth }: TokenEndpointSettings,
): readonly string[] {
  const allowed = audience ?? auth.grants.validateAudience(undefined)
  if (resource === undefined) return allowed
  if (allowed.includes(resource)) return [resource]
  throw new InvalidRequestError('resource_not_allowed')
}

/** RFC 6749 section 5.1. */
function toTokenBody({ accessToken, tokenType, expiresInSeconds, scope, refreshToken }: GrantedTokens) {
  return {
    access_token: accessToken,
    token_type: tokenType,
    expires_in: expiresInSeconds,
    ...(scope.length > 0 && { scope: scope.join(' ') }),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
  }
}

/** To answer with a JWT instead would show its holder what was to stay hidden. */
function missingOpaqueTokens(): never {
  throw new ConfigError('config_invalid', [
    { path: 'opaqueTokens', message: 'is required: a client is registered for opaque access tokens' },
  ])
}

function isRegistry(value: unknown): value is Pick<OAuthClientRegistry, 'authenticate'> {
  return typeof Reflect.get(Object(value), 'authenticate') === 'function'
}

function isOpaqueTokens(value: unknown): value is OpaqueTokens {
  return typeof Reflect.get(Object(value), 'issue') === 'function'
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 255 && PATH.test(value)
}
