import { InvalidRequestError } from '@authcore/core'
import { type AuthResponse, emptyResponse, withHeaders } from '../auth-response.js'
import { deploymentChallenges } from '../deployment-challenges.js'
import { toErrorResponse, toTokenErrorResponse } from '../error-response.js'
import { DEFAULT_HTTP_SETTINGS } from '../http-settings.js'
import { createRequestLimits } from '../rate-limits/request-limits.js'
import { parseRequestBody, refuseLargeContent } from '../request-body.js'
import { checkTransport, hstsFields } from '../transport/transport.js'
import { apiKeyRoutes } from './api-keys.js'
import { toRoute } from './extension.js'
import { introspectionRoute } from './introspection.js'
import { jwksRoute } from './jwks.js'
import { logoutRoute } from './logout.js'
import { type AuthRoutesOptions, type AuthRoutesSettings, parseAuthRoutesOptions } from './options.js'
import { protectedResourceRoute } from './protected-resource.js'
import { refreshRoute } from './refresh.js'
import { revocationRoute } from './revocation.js'
import type { AnyAuthCore, AuthRouteRequest, Route } from './route.js'
import { sessionRoutes } from './sessions.js'

/** The routes of a deployment, without a framework. */
export interface AuthRoutes {
  /** What is served. */
  readonly routes: readonly Pick<Route, 'method' | 'path'>[]
  /**
   * Answers a request.
   * @returns `undefined` for a path that is not served: the framework goes on
   * @throws what is not for the caller, such as an error of another library
   */
  handle(request: AuthRouteRequest): Promise<AuthResponse | undefined>
}

interface Match {
  readonly route: Route
  readonly id: string
}

/**
 * Prepares the routes: JWK set, refresh, logout, the caller's sessions, the caller's API keys, and extensions.
 * @param auth the deployment
 * @param options which groups are served, and how
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * const { handle } = createAuthRoutes(auth, { refreshCookie: false })
 */
export function createAuthRoutes(auth: AnyAuthCore, options: AuthRoutesOptions = {}): AuthRoutes {
  const settings = parseAuthRoutesOptions(auth, options)
  const routes = servedRoutes(withOrigins(auth, settings), settings)
  return Object.freeze({
    routes: Object.freeze(routes.map(({ method, path }) => Object.freeze({ method, path }))),
    handle: async (request: AuthRouteRequest) => {
      const matches = findMatches(routes, request.path)
      if (matches.length === 0) return undefined
      const hsts = hstsFields(request, auth.http ?? DEFAULT_HTTP_SETTINGS)
      const response = withHeaders(await answer(auth, matches, request, settings), hsts)
      return request.method === 'HEAD' ? { status: response.status, headers: response.headers } : response
    },
  })
}

/** One list of origins for every cookie of these routes. */
function withOrigins(auth: AnyAuthCore, { origins }: AuthRoutesSettings): AnyAuthCore {
  return auth.http === undefined ? auth : { ...auth, http: { ...auth.http, origins } }
}

function servedRoutes(auth: AnyAuthCore, settings: AuthRoutesSettings): readonly Route[] {
  return [
    ...(settings.jwks ? [jwksRoute(auth)] : []),
    ...(settings.refresh ? [refreshRoute(auth, settings)] : []),
    ...(settings.logout ? [logoutRoute(auth, settings)] : []),
    ...(settings.sessions ? sessionRoutes(auth, settings.sessions) : []),
    ...(settings.apiKeys ? apiKeyRoutes(auth, settings.apiKeys) : []),
    ...(settings.introspection ? [introspectionRoute(auth, settings.introspection)] : []),
    ...(settings.revocation ? [revocationRoute(auth, settings.revocation)] : []),
    ...(settings.protectedResource ? [protectedResourceRoute(settings.protectedResource)] : []),
    ...settings.extensions.flatMap(({ routes }) =>
      routes.map(route => toRoute(auth, route, settings.origins)),
    ),
  ]
}

function findMatches(routes: readonly Route[], path: string): readonly Match[] {
  const segments = path.split('/')
  return routes.flatMap(route => {
    const names = route.path.split('/')
    const isMatch =
      names.length === segments.length && names.every((name, i) => name === ':id' || name === segments[i])
    return isMatch ? [{ route, id: segments[names.indexOf(':id')] ?? '' }] : []
  })
}

async function answer(
  auth: AnyAuthCore,
  matches: readonly Match[],
  request: AuthRouteRequest,
  settings: AuthRoutesSettings,
): Promise<AuthResponse> {
  const allow = allowedMethods(matches)
  if (request.method === 'OPTIONS') return emptyResponse({ allow })
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const match = matches.find(({ route }) => route.method === method)
  return match === undefined ? refuseMethod(allow) : call(auth, match, request, settings)
}

async function call(
  auth: AnyAuthCore,
  { route, id }: Match,
  request: AuthRouteRequest,
  { bodyLimitBytes }: AuthRoutesSettings,
): Promise<AuthResponse> {
  const readBody = async () => {
    refuseLargeContent(request.headers, bodyLimitBytes)
    return parseRequestBody(request.headers, await request.readBody(bodyLimitBytes), bodyLimitBytes)
  }
  const settings = auth.http ?? DEFAULT_HTTP_SETTINGS
  const limits = createRequestLimits(auth, request, route.rateLimits)
  try {
    checkTransport(request, settings)
    if (!route.isPublic) await limits.takeAddress()
    return withHeaders(await route.handle({ request, id, readBody, limits }), limits.fields())
  } catch (error) {
    await limits.takeFailure(error)
    const response = toRefusal(error, route, auth, request)
    if (response === undefined) throw error
    return withHeaders(response, limits.fields())
  }
}

function toRefusal(
  error: unknown,
  route: Route,
  auth: AnyAuthCore,
  request: AuthRouteRequest,
): AuthResponse | undefined {
  if (route.isTokenEndpoint) return toTokenErrorResponse(error)
  return toErrorResponse(error, { policy: route.demands ?? {}, ...deploymentChallenges(auth, request) })
}

function refuseMethod(allow: string): AuthResponse {
  const error = new InvalidRequestError('request_method_not_allowed')
  const response = toErrorResponse(error)
  if (response === undefined) throw error
  return { ...response, headers: { ...response.headers, allow } }
}

/** RFC 9110 section 10.2.1. */
function allowedMethods(matches: readonly Match[]): string {
  const methods = matches.flatMap(({ route: { method } }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return [...new Set(methods), 'OPTIONS'].join(', ')
}
