import { ConfigError, type ConfigProblem } from '@authcore/core'
import { type ClientAddressSettings, parseTrustedProxies } from './client-address.js'
import {
  type ClientCertificateHeader,
  isClientCertificateHeader,
} from './client-certificate/client-certificate-headers.js'
import {
  type CookieAuthOptions,
  type CookieAuthSettings,
  findCookieAuthProblems,
  parseCookieAuth,
} from './cookie-auth.js'
import { ownMembers } from './own-members.js'
import {
  type DpopDeployment,
  type DpopHttpOptions,
  type DpopHttpSettings,
  parseDpopOptions,
} from './proof-of-key/dpop-options.js'
import {
  findProtectedResourceProblems,
  type ProtectedResourceOptions,
  type ProtectedResourceSettings,
  parseProtectedResource,
} from './protected-resource/protected-resource.js'
import {
  findRateLimitProblems,
  parseRateLimits,
  type RateLimitOptions,
  type RateLimitSettings,
} from './rate-limits/rate-limit-rules.js'
import {
  findTransportProblems,
  parseTransport,
  type TransportOptions,
  type TransportSettings,
} from './transport/transport.js'
import { findUnknownMembers } from './unknown-members.js'

/** What HTTP adds to a deployment: the same for every route and framework. */
export interface HttpAuthOptions extends CookieAuthOptions {
  /**
   * Addresses of the proxies in front of this server: IP addresses or CIDR ranges. Only what they say in
   * `X-Forwarded-For` and `X-Forwarded-Proto` is believed. None unless told.
   */
  readonly trustedProxies?: readonly string[]
  /**
   * The header in which those proxies pass on the certificate of their client: `client-cert` (RFC 9440) or
   * `x-forwarded-client-cert` (Envoy). They must drop what clients write into it. None unless told.
   */
  readonly clientCertificateHeader?: ClientCertificateHeader
  /**
   * Accepts tokens with a proof of their key (DPoP, RFC 9449), and offers that in challenges. `origin` is the one
   * under which clients know this server, such as `https://api.example.com`; that of the issuer unless told.
   */
  readonly dpop?: DpopHttpOptions
  /** What is counted on every route that does not say otherwise; nothing unless told. */
  readonly rateLimits?: RateLimitOptions
  /** HTTPS and what browsers shall remember of it; nothing is demanded unless told. */
  readonly transport?: TransportOptions
  /** What clients can learn about this API (RFC 9728); every challenge then says where. */
  readonly protectedResource?: ProtectedResourceOptions
}

/** The options, checked and complete. */
export interface HttpSettings extends ClientAddressSettings, CookieAuthSettings {
  readonly clientCertificateHeader?: ClientCertificateHeader
  readonly dpop?: DpopHttpSettings
  readonly rateLimits: RateLimitSettings
  readonly transport: TransportSettings
  readonly protectedResource: ProtectedResourceSettings | undefined
}

const MEMBERS = [
  'trustedProxies',
  'sessionCookie',
  'origins',
  'clientCertificateHeader',
  'dpop',
  'rateLimits',
  'transport',
  'protectedResource',
]

/** What holds where `createHttpAuth` was not called: nobody is trusted. */
export const DEFAULT_HTTP_SETTINGS: HttpSettings = parseHttpAuthOptions({})

/**
 * Checks the options once and fills in the defaults.
 * @param deployment what the options are for
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function parseHttpAuthOptions(
  options: HttpAuthOptions,
  deployment: DpopDeployment = {},
): HttpSettings {
  const own = ownMembers(options)
  const { clientCertificateHeader, rateLimits, transport, protectedResource } = own
  const { trustedProxies, problems } = parseTrustedProxies(own.trustedProxies ?? [])
  const { dpop, problems: dpopProblems } = parseDpopOptions(own.dpop, deployment)
  const all = [
    ...findUnknownMembers(options, MEMBERS, 'options'),
    ...problems,
    ...findCookieAuthProblems(own, deployment.issuer),
    ...findHeaderProblems(clientCertificateHeader, trustedProxies.length > 0),
    ...dpopProblems,
    ...findRateLimitProblems(rateLimits, 'rateLimits'),
    ...findTransportProblems(transport, 'transport'),
    ...findProtectedResourceProblems(protectedResource, 'protectedResource'),
  ]
  if (all.length > 0) throw new ConfigError('config_invalid', all)
  return Object.freeze(
    ownMembers({
      trustedProxies,
      ...parseCookieAuth(own, deployment.issuer),
      ...(clientCertificateHeader !== undefined && { clientCertificateHeader }),
      ...(dpop !== undefined && { dpop }),
      rateLimits: parseRateLimits(rateLimits),
      transport: parseTransport(transport),
      protectedResource: protectedResource && parseProtectedResource(protectedResource),
    }),
  )
}

function findHeaderProblems(header: unknown, hasProxies: boolean): readonly ConfigProblem[] {
  const path = 'clientCertificateHeader'
  if (header === undefined) return []
  if (!isClientCertificateHeader(header)) {
    return [{ path, message: "must be 'client-cert' or 'x-forwarded-client-cert'" }]
  }
  return hasProxies ? [] : [{ path, message: 'needs trustedProxies: nobody else is believed' }]
}
