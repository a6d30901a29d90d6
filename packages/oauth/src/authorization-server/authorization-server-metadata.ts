import type { AuthCore } from '@authcore/core'
import { createOptionReader } from '@authcore/core/extension'
import { ASSERTION_ALGORITHMS } from '../client/client-keys.js'
import type { OAuthServerRoute, OAuthServerRoutes } from '../token-endpoint/server-route.js'

/** What the metadata needs of a deployment: what `createHttpAuth` returned tells whether DPoP is spoken. */
export interface MetadataHost extends Pick<AuthCore, 'issuer' | 'dpop'> {
  readonly http?: { readonly dpop?: unknown }
}

/** What clients are told (RFC 8414 section 2); only what is served belongs there. */
export interface AuthorizationServerMetadataOptions {
  /** Where the routes are mounted, as clients see it: an `https` URL; the issuer unless told. */
  readonly baseUrl?: string
  /** That of `tokenEndpoint`. */
  readonly tokenPath?: string
  /** Whether `authRoutes` serves `/.well-known/jwks.json` there: `true` unless told. */
  readonly jwks?: boolean
  /** Whether `authRoutes` serves `/introspect` there, as it does when it is given `clients`: `false` unless told. */
  readonly introspection?: boolean
  /** The same for `/revoke`. */
  readonly revocation?: boolean
  readonly scopesSupported?: readonly string[]
  /** Whether certificates of clients reach this server, so that tokens are bound to them (RFC 8705 section 3.3). */
  readonly certificateBoundTokens?: boolean
  /** For developers: a page that explains the API. */
  readonly serviceDocumentation?: string
  /** How long the metadata may be cached, in whole seconds: 0 to a day, 3,600 unless told. */
  readonly maxAgeSeconds?: number
}

/** Names of the options, for whoever passes them on. */
export const METADATA_OPTIONS: readonly string[] = Object.freeze([
  'baseUrl',
  'jwks',
  'introspection',
  'revocation',
  'scopesSupported',
  'certificateBoundTokens',
  'serviceDocumentation',
  'maxAgeSeconds',
])

const WELL_KNOWN = '/.well-known/oauth-authorization-server'
const SECRET_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const
const ALL_METHODS = [...SECRET_METHODS, 'none'] as const
const DAY_SECONDS = 86_400
const MAX_URL_LENGTH = 2048
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/

/**
 * Prepares the metadata of the authorization server, at `/.well-known/oauth-authorization-server` and the path of the
 * issuer (RFC 8414 section 3.1). It belongs at the root of the host: mount these routes there.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function authorizationServerMetadata(
  auth: MetadataHost,
  options: AuthorizationServerMetadataOptions = {},
): OAuthServerRoutes {
  return Object.freeze({ routes: Object.freeze([metadataRoute(auth, options, [])]) })
}

/**
 * The route itself.
 * @param others members of the options that belong to somebody else
 */
export function metadataRoute(
  auth: MetadataHost,
  options: AuthorizationServerMetadataOptions,
  others: readonly string[],
): OAuthServerRoute {
  const { path, document, maxAgeSeconds } = readOptions(auth, options, others)
  const answer = Object.freeze({
    status: 200,
    headers: Object.freeze({ 'cache-control': `public, max-age=${maxAgeSeconds}` }),
    text: Object.freeze({ mediaType: 'application/json', content: document }),
  })
  return Object.freeze({ method: 'GET', path, handle: async () => answer })
}

function readOptions(
  auth: MetadataHost,
  options: AuthorizationServerMetadataOptions,
  others: readonly string[],
) {
  const reader = createOptionReader(options)
  const flag = (name: string, fallback: boolean): boolean =>
    reader.value(name, isFlag, 'true or false') ?? fallback
  const baseUrl = reader.value('baseUrl', isUrl, 'an https URL without query and fragment') ?? auth.issuer
  const tokenPath = reader.value('tokenPath', isText, 'that of tokenEndpoint') ?? '/oauth/token'
  const [jwks, introspection] = [flag('jwks', true), flag('introspection', false)]
  const [revocation, isBound] = [flag('revocation', false), flag('certificateBoundTokens', false)]
  const scopes = reader.value('scopesSupported', isScope, 'a list of scopes')
  const documentation = reader.value('serviceDocumentation', isUrl, 'an https URL')
  const maxAgeSeconds = reader.integer('maxAgeSeconds', 0, DAY_SECONDS, 3600)
  for (const name of others) reader.read(name)
  // RFC 8414 section 2: the issuer is such a URL
  if (!isUrl(auth.issuer))
    reader.refuse('', 'needs an issuer that is an https URL without query and fragment')
  reader.finish()

  const base = baseUrl.replace(/\/$/, '')
  const { pathname } = new URL(auth.issuer)
  const metadata = {
    issuer: auth.issuer,
    token_endpoint: base + tokenPath,
    token_endpoint_auth_methods_supported: ALL_METHODS,
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    grant_types_supported: ['client_credentials', 'refresh_token'],
    // required by section 2; there is no authorization endpoint
    response_types_supported: [],
    ...(jwks && { jwks_uri: `${base}/.well-known/jwks.json` }),
    ...(scopes !== undefined && { scopes_supported: scopes }),
    ...(introspection && endpointMembers('introspection', `${base}/introspect`, SECRET_METHODS)),
    ...(revocation && endpointMembers('revocation', `${base}/revoke`, ALL_METHODS)),
    ...(auth.http?.dpop !== undefined && { dpop_signing_alg_values_supported: auth.dpop.algorithms }),
    ...(isBound && { tls_client_certificate_bound_access_tokens: true }),
    ...(documentation !== undefined && { service_documentation: documentation }),
  }
  return {
    path: WELL_KNOWN + (pathname === '/' ? '' : pathname.replace(/\/$/, '')),
    document: JSON.stringify(metadata),
    maxAgeSeconds,
  }
}

function endpointMembers(
  name: string,
  url: string,
  methods: readonly string[],
): Readonly<Record<string, unknown>> {
  return {
    [`${name}_endpoint`]: url,
    [`${name}_endpoint_auth_methods_supported`]: methods,
    [`${name}_endpoint_auth_signing_alg_values_supported`]: ASSERTION_ALGORITHMS,
  }
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean'
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isUrl(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_URL_LENGTH || !URL.canParse(value)) return false
  const { protocol, search, hash, username, password } = new URL(value)
  return protocol === 'https:' && search + hash + username + password === '' && !/[?#\s]/.test(value)
}

function isScope(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length > 1000) return false
  return value.every(name => typeof name === 'string' && SCOPE_TOKEN.test(name))
}
