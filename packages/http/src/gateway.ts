import { type AuthCore, ConfigError, type ConfigProblem, type Principal } from '@authcore/core'
import type { AuthHeaders } from './auth-request.js'
import { findUnknownMembers } from './unknown-members.js'

/** Names of plain header fields; whoever reads them trusts every host that can reach it. */
export interface PlainHeaderNames {
  /** Such as `x-user-id`. */
  readonly subject?: string
  /** Scopes between spaces. */
  readonly scope?: string
  /** Roles between commas. */
  readonly roles?: string
  /** The method by which the caller was authenticated. */
  readonly method?: string
}

/** How a gateway speaks to inner services. */
export interface GatewayOptions {
  /** `aud` of the internal token: the inner services. */
  readonly audience: string | readonly string[]
  /** Lifetime of the internal token, 1 to 300 seconds, default 60. */
  readonly ttlSeconds?: number
  /** For inner services that cannot verify a token. None unless told. */
  readonly plainHeaders?: PlainHeaderNames
  /** Lets the cookies of the caller through; they may hold credentials. `false` unless told. */
  readonly forwardCookies?: boolean
}

/** Turns requests of callers into requests to inner services. */
export interface Gateway {
  /**
   * The header fields for the inner service. Credentials of the caller, its own copies of the identity headers, and
   * fields that belong to one connection (RFC 9110 section 7.6.1) are left out; who is calling stands in
   * `Authorization: Bearer` as an internal token.
   * @param headers of the caller, by lower-case name
   * @param principal verified; `undefined` for nobody, and then no identity is sent
   * @throws StoreError when the signing keys cannot be read
   */
  forwardHeaders(
    headers: AuthHeaders,
    principal: Principal<string, string, unknown> | undefined,
  ): Promise<Readonly<Record<string, string | readonly string[]>>>
}

const MEMBERS = ['audience', 'ttlSeconds', 'plainHeaders', 'forwardCookies']
const PLAIN_MEMBERS = ['subject', 'scope', 'roles', 'method']

/** `token` of RFC 9110 section 5.6.2, lower case and without `_`, which some servers take for `-`. */
const FIELD_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/

/** What proves who the caller is goes no further than here. */
const CREDENTIALS = [
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'dpop',
  'client-cert',
  'client-cert-chain',
  'x-forwarded-client-cert',
]

/** RFC 9110 section 7.6.1. */
const CONNECTION_FIELDS = [
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
]

/**
 * Creates a gateway in front of inner services. An inner service verifies with `createInternalTokenVerifier`.
 * @param auth the deployment that verified the caller
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * const gateway = createGateway(auth, { audience: 'https://orders.internal' })
 * const headers = await gateway.forwardHeaders(request.headers, request.auth)
 */
export function createGateway(
  auth: Pick<AuthCore<string, string, unknown>, 'internalTokens'>,
  options: GatewayOptions,
): Gateway {
  const problems = findProblems(options)
  if (problems.length > 0) throw new ConfigError('config_invalid', problems)
  const { audience, ttlSeconds, plainHeaders = {}, forwardCookies = false } = options
  const stripped: ReadonlySet<string> = new Set([
    ...CREDENTIALS,
    ...CONNECTION_FIELDS,
    ...Object.values(plainHeaders),
    ...(forwardCookies ? [] : ['cookie']),
  ])
  return Object.freeze({
    async forwardHeaders(headers, principal) {
      const kept = keepHeaders(headers, stripped)
      if (principal === undefined) return kept
      const { internalToken } = await auth.internalTokens.issue(principal, {
        audience,
        ...(ttlSeconds !== undefined && { ttlSeconds }),
      })
      return {
        ...kept,
        authorization: `Bearer ${internalToken}`,
        ...writePlainHeaders(plainHeaders, principal),
      }
    },
  } satisfies Gateway)
}

function keepHeaders(
  headers: AuthHeaders,
  stripped: ReadonlySet<string>,
): Readonly<Record<string, string | readonly string[]>> {
  const named = readConnectionOptions(headers)
  const kept = Object.entries(headers).flatMap(([name, value]) => {
    // servers of the CGI kind read `X_User_Id` as `X-User-Id`
    const canonical = name.toLowerCase().replaceAll('_', '-')
    return value === undefined || stripped.has(canonical) || named.has(canonical)
      ? []
      : [[name, value] as const]
  })
  return Object.fromEntries(kept)
}

/** Fields that `Connection` names belong to that connection. */
function readConnectionOptions({ connection }: AuthHeaders): ReadonlySet<string> {
  const values = typeof connection === 'string' ? [connection] : (connection ?? [])
  return new Set(values.flatMap(value => value.split(',')).map(name => name.trim().toLowerCase()))
}

function writePlainHeaders(
  names: PlainHeaderNames,
  { subject, scope, roles, method }: Principal<string, string, unknown>,
): Readonly<Record<string, string>> {
  const values = {
    subject: toFieldValue(subject),
    scope: scope.join(' '),
    roles: roles.map(toFieldValue).join(','),
    method,
  }
  const written = Object.entries(values).flatMap(([member, value]) => {
    const name: unknown = Object.hasOwn(names, member) ? Reflect.get(names, member) : undefined
    return typeof name === 'string' ? [[name, value] as const] : []
  })
  return Object.fromEntries(written)
}

/** Whatever is not visible ASCII, and what separates roles, is percent-encoded, so that a value stays one value. */
function toFieldValue(value: string): string {
  return /^[\x21-\x24\x26-\x2b\x2d-\x7e]*$/.test(value) ? value : encodeURIComponent(value)
}

function findProblems(options: unknown): readonly ConfigProblem[] {
  if (typeof options !== 'object' || options === null) {
    return [{ path: 'options', message: "must be an object such as { audience: 'https://orders.internal' }" }]
  }
  const {
    audience,
    ttlSeconds,
    plainHeaders = {},
    forwardCookies,
  }: Readonly<Record<string, unknown>> = {
    ...options,
  }
  const names: readonly unknown[] = Array.isArray(audience) ? audience : [audience]
  const checks: readonly (readonly [boolean, string, string])[] = [
    [names.length > 0 && names.every(isText), 'audience', 'must name the inner services'],
    [ttlSeconds === undefined || isTtl(ttlSeconds), 'ttlSeconds', 'must be a whole number from 1 to 300'],
    [
      forwardCookies === undefined || typeof forwardCookies === 'boolean',
      'forwardCookies',
      'must be true or false',
    ],
  ]
  return [
    ...findUnknownMembers(options, MEMBERS, 'options'),
    ...checks.flatMap(([isGood, path, message]) => (isGood ? [] : [{ path, message }])),
    ...findPlainHeaderProblems(plainHeaders),
  ]
}

function findPlainHeaderProblems(plainHeaders: unknown): readonly ConfigProblem[] {
  if (typeof plainHeaders !== 'object' || plainHeaders === null) {
    return [{ path: 'plainHeaders', message: "must be an object such as { subject: 'x-user-id' }" }]
  }
  const isUsable = (name: unknown) =>
    typeof name === 'string' &&
    FIELD_NAME.test(name) &&
    !CREDENTIALS.includes(name) &&
    !CONNECTION_FIELDS.includes(name)
  return [
    ...findUnknownMembers(plainHeaders, PLAIN_MEMBERS, 'plainHeaders'),
    ...Object.entries(plainHeaders).flatMap(([member, name]) =>
      isUsable(name)
        ? []
        : [
            {
              path: `plainHeaders.${member}`,
              message: 'must be a header name in lower case such as x-user-id',
            },
          ],
    ),
  ]
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isTtl(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= 300
}
