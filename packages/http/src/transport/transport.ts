import { type ConfigProblem, InvalidRequestError } from '@authcore/core'
import ipaddr from 'ipaddr.js'
import type { AuthRequest } from '../auth-request.js'
import type { AuthResponse } from '../auth-response.js'
import { type ClientAddressSettings, findClientAddress } from '../client-address.js'
import { ownMembers } from '../own-members.js'
import { findUnknownMembers } from '../unknown-members.js'

/** How requests must travel. */
export interface TransportOptions {
  /**
   * Refuses requests that did not come over TLS, behind the trusted proxies; `false` unless told. There is no redirect:
   * the credential has been on the wire in the clear already, and whoever sent it must learn that.
   */
  readonly requireHttps?: boolean
  /**
   * Lets plain HTTP from loopback addresses pass, for development; `false` unless told. Behind a proxy on the same
   * machine that is not among `trustedProxies`, every request comes from there.
   */
  readonly allowLoopback?: boolean
  /** Sends `Strict-Transport-Security` (RFC 6797) with every answer over TLS; not sent unless told. */
  readonly hsts?: HstsOptions
}

/** What browsers shall remember (RFC 6797 section 6.1). */
export interface HstsOptions {
  /** Whole seconds, at most 10 years; 0 makes browsers forget. */
  readonly maxAgeSeconds: number
  readonly includeSubDomains?: boolean
  /** Needs `includeSubDomains` and a year at least, as the lists of browsers do. */
  readonly preload?: boolean
}

/** The options, checked and complete. */
export interface TransportSettings {
  readonly requireHttps: boolean
  readonly allowLoopback: boolean
  /** The value of the field. */
  readonly hsts: string | undefined
}

const YEAR_SECONDS = 31_536_000
const NO_HEADERS: AuthResponse['headers'] = Object.freeze({})

/** Checks the options. */
export function findTransportProblems(options: unknown, path: string): readonly ConfigProblem[] {
  if (options === undefined) return []
  if (typeof options !== 'object' || options === null) {
    return [{ path, message: 'must be an object such as { requireHttps: true }' }]
  }
  const { requireHttps, allowLoopback, hsts } = ownMembers<Readonly<Record<string, unknown>>>({ ...options })
  const problems = [
    ...findUnknownMembers(options, ['requireHttps', 'allowLoopback', 'hsts'], path),
    ...findFlagProblems({ requireHttps, allowLoopback }, path),
    ...(hsts === undefined ? [] : findHstsProblems(hsts, `${path}.hsts`)),
  ]
  return allowLoopback === true && requireHttps !== true
    ? [
        ...problems,
        { path: `${path}.allowLoopback`, message: 'is an exception to requireHttps, which is not set' },
      ]
    : problems
}

/** Completes options that were checked. */
export function parseTransport(options: TransportOptions = {}): TransportSettings {
  const { requireHttps = false, allowLoopback = false, hsts } = ownMembers(options)
  return Object.freeze({ requireHttps, allowLoopback, hsts: hsts && toHstsValue(ownMembers(hsts)) })
}

/**
 * Refuses a request that came in the clear, and says what belongs on the answer to one that did not.
 * @throws InvalidRequestError `https_required`; `credentials_malformed` for forwarded fields that are too long
 */
export function checkTransport(
  request: AuthRequest,
  settings: ClientAddressSettings & { readonly transport: TransportSettings },
): void {
  const { requireHttps, allowLoopback } = settings.transport
  if (!requireHttps) return
  const { isEncrypted, ip } = findClientAddress(request, settings)
  if (isEncrypted || (allowLoopback && isLoopback(ip))) return
  throw new InvalidRequestError('https_required')
}

/** `Strict-Transport-Security`, which must not be sent in the clear (RFC 6797 section 7.2). Never throws. */
export function hstsFields(
  request: AuthRequest,
  settings: ClientAddressSettings & { readonly transport: TransportSettings },
): AuthResponse['headers'] {
  const { hsts } = settings.transport
  if (hsts === undefined || !isEncrypted(request, settings)) return NO_HEADERS
  return { 'strict-transport-security': hsts }
}

function isEncrypted(request: AuthRequest, settings: ClientAddressSettings): boolean {
  try {
    return findClientAddress(request, settings).isEncrypted
  } catch (error) {
    // the request is refused for it elsewhere
    if (error instanceof InvalidRequestError) return false
    throw error
  }
}

function isLoopback(ip: string | undefined): boolean {
  return ip !== undefined && ipaddr.isValid(ip) && ipaddr.process(ip).range() === 'loopback'
}

function toHstsValue({ maxAgeSeconds, includeSubDomains, preload }: HstsOptions): string {
  return [
    `max-age=${maxAgeSeconds}`,
    ...(includeSubDomains === true ? ['includeSubDomains'] : []),
    ...(preload === true ? ['preload'] : []),
  ].join('; ')
}

function findHstsProblems(hsts: unknown, path: string): readonly ConfigProblem[] {
  if (typeof hsts !== 'object' || hsts === null) {
    return [{ path, message: 'must be an object such as { maxAgeSeconds: 31536000 }' }]
  }
  const { maxAgeSeconds, includeSubDomains, preload } = ownMembers<Readonly<Record<string, unknown>>>({
    ...hsts,
  })
  const isAge = Number.isSafeInteger(maxAgeSeconds) && Number(maxAgeSeconds) >= 0
  const isPreloadable = includeSubDomains === true && Number(maxAgeSeconds) >= YEAR_SECONDS
  return [
    ...findUnknownMembers(hsts, ['maxAgeSeconds', 'includeSubDomains', 'preload'], path),
    ...findFlagProblems({ includeSubDomains, preload }, path),
    ...(isAge && Number(maxAgeSeconds) <= 10 * YEAR_SECONDS
      ? []
      : [{ path: `${path}.maxAgeSeconds`, message: 'must be a whole number of seconds, at most 10 years' }]),
    ...(preload === true && !isPreloadable
      ? [
          {
            path: `${path}.preload`,
            message: 'needs includeSubDomains: true and maxAgeSeconds of a year at least',
          },
        ]
      : []),
  ]
}

function findFlagProblems(flags: Readonly<Record<string, unknown>>, path: string): readonly ConfigProblem[] {
  return Object.entries(flags).flatMap(([name, value]) =>
    value === undefined || typeof value === 'boolean'
      ? []
      : [{ path: `${path}.${name}`, message: 'must be true or false' }],
  )
}
