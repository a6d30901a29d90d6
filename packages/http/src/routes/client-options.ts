import type { ConfigProblem } from '@authcore/core'
import type { ClientAuthenticationOptions } from '../oauth-clients/authenticate-client.js'
import type { OAuthClients } from '../oauth-clients/oauth-clients.js'
import { ownMembers } from '../own-members.js'
import { isScopeToken } from '../scope-text.js'
import { findUnknownMembers } from '../unknown-members.js'

/** The routes that OAuth clients call. */
export interface ClientRoutesOptions {
  /** What is known of OAuth clients: authenticates the callers of `/introspect` and `/revoke`. */
  readonly clients?: OAuthClients
  /** `POST /introspect` (RFC 7662); served where there are `clients`, unless told. */
  readonly introspection?: boolean | ClientRouteOptions
  /** `POST /revoke` (RFC 7009); served where there are `clients`, unless told. */
  readonly revocation?: boolean | ClientRouteOptions
}

/** How clients authenticate at one route. */
export interface ClientRouteOptions {
  /**
   * The scope with which an API key may call: as a resource server at `/introspect`, and at `/revoke` as the client that
   * is named like the owner of the key. API keys are not accepted unless told.
   */
  readonly apiKeyScope?: string
}

const NAMES = ['introspection', 'revocation'] as const

/** Checks the options. */
export function findClientProblems(options: ClientRoutesOptions): readonly ConfigProblem[] {
  const own = ownMembers(options)
  const { clients } = own
  const hasClients = typeof clients === 'object' && clients !== null
  const problems = NAMES.flatMap(name => findRouteProblems(own[name], name, hasClients))
  if (clients === undefined || (hasClients && typeof clients.authenticate === 'function')) return problems
  return [...problems, { path: 'clients', message: 'must be an object with the function `authenticate`' }]
}

/** How clients authenticate at a route; `undefined` where it is not served. */
export function toClientAuthentication(
  options: ClientRoutesOptions,
  name: (typeof NAMES)[number],
): ClientAuthenticationOptions | undefined {
  const own = ownMembers(options)
  const { clients, [name]: route = clients !== undefined } = own
  if (route === false) return undefined
  return Object.freeze({
    clients,
    apiKeyScope: route === true ? undefined : ownMembers(route).apiKeyScope,
    allowsPublicClients: name === 'revocation',
  })
}

function findRouteProblems(route: unknown, path: string, hasClients: boolean): readonly ConfigProblem[] {
  if (route === undefined || route === false) return []
  const needs = { path, message: 'needs `clients`, or `apiKeyScope` for API keys: nobody could call it' }
  if (route === true) return hasClients ? [] : [needs]
  if (typeof route !== 'object' || route === null) {
    return [{ path, message: "must be true, false or an object such as { apiKeyScope: 'introspect' }" }]
  }
  const { apiKeyScope } = ownMembers<ClientRouteOptions>({ ...route })
  if (apiKeyScope === undefined && !hasClients) return [needs]
  return [
    ...findUnknownMembers(route, ['apiKeyScope'], path),
    ...(apiKeyScope === undefined || isScopeToken(apiKeyScope)
      ? []
      : [{ path: `${path}.apiKeyScope`, message: 'must be a scope' }]),
  ]
}
