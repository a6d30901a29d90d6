import { ConfigError, type ConfigProblem } from '@authcore/core'
import type { ClientAuthenticationOptions } from '../oauth-clients/authenticate-client.js'
import { findOriginProblems, issuerOrigins } from '../origins.js'
import { findDemandProblems } from '../policy.js'
import type { ProtectedResourceSettings } from '../protected-resource/protected-resource.js'
import {
  createRefreshCookie,
  DEFAULT_REFRESH_COOKIE_NAME,
  findRefreshCookieProblems,
  type RefreshCookie,
  type RefreshCookieOptions,
} from '../refresh-cookie.js'
import { MAX_BODY_LIMIT_BYTES } from '../request-body.js'
import { findUnknownMembers } from '../unknown-members.js'
import { type ClientRoutesOptions, findClientProblems, toClientAuthentication } from './client-options.js'
import type { AuthRouteExtension } from './extension.js'
import type { AnyAuthCore, ManagementDemands } from './route.js'

/** Which routes are served, and how. */
export interface AuthRoutesOptions extends ClientRoutesOptions {
  /** `GET /.well-known/jwks.json`; `true` unless told. */
  readonly jwks?: boolean
  /** `POST /refresh`; `true` unless told. */
  readonly refresh?: boolean
  /** `POST /logout`; `true` unless told. */
  readonly logout?: boolean
  /** The routes below `/sessions`; `true` unless told. */
  readonly sessions?: boolean | ManagementDemands
  /** The routes below `/api-keys`; `true` unless told. */
  readonly apiKeys?: boolean | ManagementDemands
  /** The metadata of `protectedResource` of `createHttpAuth` (RFC 9728); served when there is any, unless told. */
  readonly protectedResource?: boolean
  /** The cookie in which a refresh token may come and then goes back; `false` reads and sets none. */
  readonly refreshCookie?: RefreshCookieOptions | false
  /** The origins whose pages may send cookies; those of `createHttpAuth`, or the origin of the issuer, unless told. */
  readonly origins?: readonly string[]
  /** Routes of other packages, such as `@authcore/password`, served beside the own ones. */
  readonly extensions?: readonly AuthRouteExtension[]
  /** The longest body that is read; 8,192 unless told, at most 1 MiB. */
  readonly bodyLimitBytes?: number
}

/** The options, checked and complete. */
export interface AuthRoutesSettings {
  readonly jwks: boolean
  readonly refresh: boolean
  readonly logout: boolean
  readonly sessions: ManagementDemands | undefined
  readonly apiKeys: ManagementDemands | undefined
  readonly introspection: ClientAuthenticationOptions | undefined
  readonly revocation: ClientAuthenticationOptions | undefined
  readonly protectedResource: ProtectedResourceSettings | undefined
  readonly refreshCookie: RefreshCookie | undefined
  readonly origins: readonly string[]
  readonly extensions: readonly AuthRouteExtension[]
  readonly bodyLimitBytes: number
}

const MEMBERS = [
  'jwks',
  'refresh',
  'logout',
  'sessions',
  'apiKeys',
  'clients',
  'introspection',
  'revocation',
  'protectedResource',
  'refreshCookie',
  'origins',
  'extensions',
  'bodyLimitBytes',
]

/**
 * Checks the options once, while wiring.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function parseAuthRoutesOptions(auth: AnyAuthCore, options: AuthRoutesOptions): AuthRoutesSettings {
  const {
    refreshCookie = {},
    origins = auth.http?.origins ?? issuerOrigins(auth.issuer),
    bodyLimitBytes = 8192,
  } = options
  const problems = [
    ...findUnknownMembers(options, MEMBERS, 'options').map(withoutPrefix),
    ...(['jwks', 'refresh', 'logout', 'protectedResource'] as const).flatMap(name =>
      findFlagProblems(options[name], name),
    ),
    ...findGroupProblems(options.sessions, 'sessions'),
    ...findGroupProblems(options.apiKeys, 'apiKeys'),
    ...(refreshCookie === false ? [] : findRefreshCookieProblems(refreshCookie)),
    ...findNameProblems(auth, refreshCookie),
    ...(refreshCookie === false && options.origins === undefined ? [] : findOriginProblems(origins)),
    ...findClientProblems(options),
    ...(options.protectedResource === true && auth.http?.protectedResource === undefined
      ? [{ path: 'protectedResource', message: 'needs the protectedResource of createHttpAuth' }]
      : []),
    ...findExtensionProblems(options.extensions),
    ...findLimitProblems(bodyLimitBytes),
  ]
  if (problems.length > 0) throw new ConfigError('config_invalid', problems)
  return Object.freeze({
    jwks: options.jwks ?? true,
    refresh: options.refresh ?? true,
    logout: options.logout ?? true,
    sessions: toDemands(options.sessions),
    apiKeys: toDemands(options.apiKeys),
    introspection: toClientAuthentication(options, 'introspection'),
    revocation: toClientAuthentication(options, 'revocation'),
    protectedResource: options.protectedResource === false ? undefined : auth.http?.protectedResource,
    refreshCookie: refreshCookie === false ? undefined : createRefreshCookie(refreshCookie),
    origins: Object.freeze([...origins]),
    extensions: Object.freeze([...(options.extensions ?? [])]),
    bodyLimitBytes,
  })
}

function toDemands(group: boolean | ManagementDemands = true): ManagementDemands | undefined {
  return group === true ? {} : group || undefined
}

/** One cookie cannot hold both tokens. */
function findNameProblems(
  { http }: AnyAuthCore,
  refreshCookie: RefreshCookieOptions | false,
): readonly ConfigProblem[] {
  const name = http?.sessionCookie?.name
  if (name === undefined || refreshCookie === false) return []
  if ((refreshCookie.name ?? DEFAULT_REFRESH_COOKIE_NAME) !== name) return []
  return [{ path: 'refreshCookie.name', message: 'is the name of the session cookie' }]
}

function findFlagProblems(value: unknown, path: string): readonly ConfigProblem[] {
  return value === undefined || typeof value === 'boolean' ? [] : [{ path, message: 'must be true or false' }]
}

function findGroupProblems(value: unknown, path: string): readonly ConfigProblem[] {
  if (typeof value !== 'object' || value === null) return findFlagProblems(value, path)
  return [
    ...findUnknownMembers(value, ['scope', 'roles', 'maxAgeSeconds'], path),
    ...findDemandProblems({ ...value }, path),
  ]
}

const EXTENSION_METHODS: readonly unknown[] = ['GET', 'POST', 'PUT', 'DELETE']

function findExtensionProblems(extensions: unknown = []): readonly ConfigProblem[] {
  const message = 'must be an array of extensions: objects with the array `routes`'
  if (!Array.isArray(extensions)) return [{ path: 'extensions', message }]
  return extensions.flatMap((extension: unknown, index) => {
    const path = `extensions.${index}`
    const routes: unknown = Object(extension).routes
    if (!Array.isArray(routes)) return [{ path, message }]
    return routes.flatMap((route: unknown, i) =>
      isExtensionRoute(Object(route)) ? [] : [{ path: `${path}.routes.${i}`, message: EXTENSION_ROUTE }],
    )
  })
}

const EXTENSION_ROUTE = 'must have a method, a path that starts with a slash, and a function `handle`'

function isExtensionRoute({ method, path, handle }: Readonly<Record<string, unknown>>): boolean {
  const hasPath = typeof path === 'string' && /^(\/(:id|[\w.~-]+))+$/.test(path)
  return EXTENSION_METHODS.includes(method) && hasPath && typeof handle === 'function'
}

function findLimitProblems(value: unknown): readonly ConfigProblem[] {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= MAX_BODY_LIMIT_BYTES
    ? []
    : [{ path: 'bodyLimitBytes', message: `must be a whole number from 1 to ${MAX_BODY_LIMIT_BYTES}` }]
}

function withoutPrefix({ path, message }: ConfigProblem): ConfigProblem {
  return { path: path.replace(/^options\./, ''), message }
}
