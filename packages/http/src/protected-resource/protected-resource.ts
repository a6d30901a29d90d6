import type { ConfigProblem } from '@authcore/core'
import { ownMembers } from '../own-members.js'
import { isScopeToken } from '../scope-text.js'
import { findUnknownMembers } from '../unknown-members.js'

/** What clients can learn about this API before they call it (RFC 9728 section 2). */
export interface ProtectedResourceOptions {
  /** The resource identifier: an `https` URL without a fragment, the audience of its access tokens. */
  readonly resource: string
  /** Issuers of access tokens that are accepted here. */
  readonly authorizationServers?: readonly string[]
  readonly scopesSupported?: readonly string[]
  /** Where access tokens may stand; only the header is read here. */
  readonly bearerMethodsSupported?: readonly 'header'[]
  /** Whether access tokens are bound to client certificates (RFC 8705). */
  readonly tlsClientCertificateBoundAccessTokens?: boolean
  /** JWS algorithms of DPoP proofs that are accepted (RFC 9449). */
  readonly dpopSigningAlgValuesSupported?: readonly string[]
  readonly dpopBoundAccessTokensRequired?: boolean
  /** For people: shown by clients. */
  readonly resourceName?: string
  /** For developers: a page that explains the API. */
  readonly resourceDocumentation?: string
  /** How long the metadata may be cached, in whole seconds; 3,600 unless told, at most a day. */
  readonly maxAgeSeconds?: number
}

/** The metadata, ready to be served. */
export interface ProtectedResourceSettings {
  /** Where it is served by the rule of RFC 9728 section 3.1. Stands in every challenge. */
  readonly metadataUrl: string
  /** The path of that URL. */
  readonly metadataPath: string
  /** JSON. */
  readonly document: string
  readonly maxAgeSeconds: number
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource'
const MAX_URL_LENGTH = 2048
const MAX_LISTED = 100
const MAX_TEXT_LENGTH = 256
const DAY_SECONDS = 86_400

const MEMBERS = [
  'resource',
  'authorizationServers',
  'scopesSupported',
  'bearerMethodsSupported',
  'tlsClientCertificateBoundAccessTokens',
  'dpopSigningAlgValuesSupported',
  'dpopBoundAccessTokensRequired',
  'resourceName',
  'resourceDocumentation',
  'maxAgeSeconds',
]

/** Checks the options. */
export function findProtectedResourceProblems(options: unknown, path: string): readonly ConfigProblem[] {
  if (options === undefined) return []
  if (typeof options !== 'object' || options === null) {
    return [{ path, message: "must be an object such as { resource: 'https://api.example.com' }" }]
  }
  const members = ownMembers<Readonly<Record<string, unknown>>>({ ...options })
  const { maxAgeSeconds = 0, resourceName = 'x', resourceDocumentation } = members
  const checks: readonly (readonly [boolean, string, string])[] = [
    [isResource(members['resource']), 'resource', 'must be an https URL without user, query and fragment'],
    [isListOf(members['authorizationServers'], isHttpsUrl), 'authorizationServers', 'must list https URLs'],
    [isListOf(members['scopesSupported'], isScopeToken), 'scopesSupported', 'must list scopes'],
    [
      isListOf(members['bearerMethodsSupported'], value => value === 'header'),
      'bearerMethodsSupported',
      "must be ['header']: tokens elsewhere are refused",
    ],
    [
      isListOf(members['dpopSigningAlgValuesSupported'], isAlgorithmName),
      'dpopSigningAlgValuesSupported',
      'must list JWS algorithms',
    ],
    [isFlag(members['tlsClientCertificateBoundAccessTokens']), 'tlsClientCertificateBoundAccessTokens', FLAG],
    [isFlag(members['dpopBoundAccessTokensRequired']), 'dpopBoundAccessTokensRequired', FLAG],
    [isText(resourceName), 'resourceName', `must be text of 1 to ${MAX_TEXT_LENGTH} characters`],
    [
      resourceDocumentation === undefined || isHttpsUrl(resourceDocumentation),
      'resourceDocumentation',
      'must be an https URL',
    ],
    [
      Number.isSafeInteger(maxAgeSeconds) &&
        Number(maxAgeSeconds) >= 0 &&
        Number(maxAgeSeconds) <= DAY_SECONDS,
      'maxAgeSeconds',
      `must be a whole number of seconds from 0 to ${DAY_SECONDS}`,
    ],
  ]
  return [
    ...findUnknownMembers(options, MEMBERS, path),
    ...checks.flatMap(([isGood, member, message]) =>
      isGood ? [] : [{ path: `${path}.${member}`, message }],
    ),
  ]
}

const FLAG = 'must be true or false'

/** Writes the metadata of options that were checked. */
export function parseProtectedResource(options: ProtectedResourceOptions): ProtectedResourceSettings {
  const own = ownMembers(options)
  const { pathname, origin } = new URL(own.resource)
  // RFC 9728 section 3.1: the well-known part stands between host and path
  const metadataPath = `${WELL_KNOWN}${pathname === '/' ? '' : pathname}`
  const metadata = {
    resource: own.resource,
    authorization_servers: own.authorizationServers,
    scopes_supported: own.scopesSupported,
    bearer_methods_supported: own.bearerMethodsSupported ?? ['header'],
    tls_client_certificate_bound_access_tokens: own.tlsClientCertificateBoundAccessTokens,
    dpop_signing_alg_values_supported: own.dpopSigningAlgValuesSupported,
    dpop_bound_access_tokens_required: own.dpopBoundAccessTokensRequired,
    resource_name: own.resourceName,
    resource_documentation: own.resourceDocumentation,
  }
  return Object.freeze({
    metadataUrl: origin + metadataPath,
    metadataPath,
    document: JSON.stringify(metadata),
    maxAgeSeconds: own.maxAgeSeconds ?? 3600,
  })
}

/** Its path must be one that routes are made of, and its URL must stand in a quoted string as it is. */
function isResource(value: unknown): boolean {
  if (!isHttpsUrl(value)) return false
  const { search, hash, username, password, pathname, href } = new URL(value)
  const isPlain = search + hash + username + password === '' && !value.includes('?') && !value.includes('#')
  return isPlain && (href === value || href === `${value}/`) && /^\/([\w.~-]+(\/[\w.~-]+)*)?$/.test(pathname)
}

function isHttpsUrl(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAX_URL_LENGTH &&
    /^https:\/\/[^\s"\\]+$/.test(value) &&
    URL.canParse(value)
  )
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  if (value === undefined) return true
  return Array.isArray(value) && value.length > 0 && value.length <= MAX_LISTED && value.every(isItem)
}

function isAlgorithmName(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9-]{1,32}$/.test(value) && value.toLowerCase() !== 'none'
}

function isFlag(value: unknown): boolean {
  return value === undefined || typeof value === 'boolean'
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT_LENGTH
}
