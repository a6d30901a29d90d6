import { ConfigError } from '@authcore/core'
import { createOptionReader, type OptionReader } from '@authcore/core/extension'
import { type AuthHost, findDocumentHost, isAuthHost } from '../auth-host.js'
import type { SignInAccounts } from '../identity/sign-in-accounts.js'
import { isSafeScheme } from '../loopback.js'
import { type OutboundOptions, readOutbound } from '../outbound/create-outbound-fetch.js'
import type { Provider } from '../provider/provider.js'
import { createProviderClient, type ProviderClient } from '../provider/provider-client.js'
import type { VerifiedProfile } from '../provider/verified-profile.js'
import { createTokenVault, type FilledVault } from '../vault/create-token-vault.js'
import { parseReturnTo } from './return-to.js'

/** The rights of a session that a sign-in starts. */
export interface SignInGrant {
  readonly scope?: readonly string[]
  readonly roles?: readonly string[]
  readonly claims?: unknown
}

/** How people sign in with providers. */
export interface CreateSignInOptions {
  /** What `createAuthCore` returned; with `keepTokens` its stores must have documents. */
  readonly auth: AuthHost
  /** By name: 1 to 32 lower-case letters, digits and `-`. The name is part of the redirect URI. */
  readonly providers: Readonly<Record<string, Provider>>
  /**
   * Where the routes are mounted, as browsers see it: `https://api.example.com/auth`. Register
   * `<baseUrl>/oauth/<name>/callback` at each provider.
   */
  readonly baseUrl: string
  /** Whose account an identity opens: `createIdentityDirectory`, or your own. */
  readonly accounts: SignInAccounts
  /** The origins that may be returned to; that of `baseUrl` unless told. Paths stand for the first. */
  readonly returnOrigins?: readonly string[]
  /** Where to go when nobody says; `/` unless told. */
  readonly defaultReturnTo?: string
  /** The rights of the session; `undefined` refuses: the account is disabled. None unless told. */
  readonly loadGrant?: (subject: string, profile: VerifiedProfile) => Promise<SignInGrant | undefined>
  /** Keeps the tokens of the providers, to call them later; `false` unless told. */
  readonly keepTokens?: boolean
  /** How requests go out to providers. */
  readonly outbound?: OutboundOptions
}

/** The options, checked and complete. */
export interface SignInContext {
  readonly auth: AuthHost
  readonly clients: ReadonlyMap<string, ProviderClient>
  readonly baseUrl: string
  readonly accounts: SignInAccounts
  readonly returnOrigins: readonly string[]
  readonly defaultReturnTo: string
  readonly loadGrant: NonNullable<CreateSignInOptions['loadGrant']>
  readonly vault?: FilledVault
}

const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/
const MAX_PROVIDERS = 50
const MAX_ORIGINS = 50

/**
 * Checks the options once, while wiring.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function parseOptions(options: CreateSignInOptions): SignInContext {
  const reader = createOptionReader(options)
  const auth = readRequired(reader, 'auth', isAuthHost, 'what createAuthCore returned')
  const providers = readRequired(reader, 'providers', isProviders, '1 to 50 providers by name')
  const accounts = readRequired(reader, 'accounts', isAccounts, 'what createIdentityDirectory returned')
  const baseUrl = readRequired(
    reader,
    'baseUrl',
    isBaseUrl,
    'an https URL without query and slash at its end',
  )
  const outbound = readOutbound(reader.group('outbound'))
  const loadGrant = reader.value('loadGrant', isFunction<SignInContext['loadGrant']>, 'a function')
  const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
  const keepTokens = reader.value('keepTokens', isBoolean, 'true or false') ?? false
  const returnOrigins =
    reader.value('returnOrigins', isOrigins, '1 to 50 origins such as https://app.example.com') ??
    (baseUrl === undefined ? [] : [new URL(baseUrl).origin])
  const defaultReturnTo = readReturnTo(reader, returnOrigins)
  const host = auth && findDocumentHost(auth)
  if (keepTokens && host === undefined) reader.refuse('keepTokens', 'needs stores with documents')
  reader.finish()
  if (auth === undefined || providers === undefined || accounts === undefined || baseUrl === undefined) {
    throw new ConfigError('config_invalid', [])
  }
  const http = { ...outbound, clock: auth.clock }
  const clients = new Map(
    Object.entries(providers).map(([id, provider]) => [id, createProviderClient(id, provider, http)]),
  )
  return Object.freeze({
    auth,
    clients,
    baseUrl,
    accounts,
    returnOrigins: Object.freeze([...returnOrigins]),
    defaultReturnTo,
    loadGrant: loadGrant ?? (async () => ({})),
    ...(keepTokens && host !== undefined && { vault: createTokenVault({ host, clients, ...outbound }) }),
  })
}

function readRequired<Value>(
  reader: OptionReader,
  name: string,
  isExpected: (value: unknown) => value is Value,
  expected: string,
): Value | undefined {
  if (reader.read(name) === undefined) reader.refuse(name, 'is required')
  return reader.value(name, isExpected, expected)
}

function readReturnTo(reader: OptionReader, origins: readonly string[]): string {
  const value = reader.read('defaultReturnTo') ?? '/'
  if (origins.length === 0) return ''
  try {
    return parseReturnTo(value, origins)
  } catch {
    reader.refuse('defaultReturnTo', 'must be a path, or a URL of an origin of returnOrigins')
    return ''
  }
}

function isProviders(value: unknown): value is Readonly<Record<string, Provider>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const entries = Object.entries(value)
  const areProviders = entries.every(
    ([name, provider]) =>
      NAME.test(name) && typeof Reflect.get(Object(provider), 'authenticate') === 'function',
  )
  return areProviders && entries.length > 0 && entries.length <= MAX_PROVIDERS
}

function isAccounts(value: unknown): value is SignInAccounts {
  return typeof Reflect.get(Object(value), 'findOrCreateUser') === 'function'
}

/** `http` is for the loopback of tests. */
function isBaseUrl(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 1024 || !URL.canParse(value) || /[?#]|\/$/.test(value))
    return false
  const url = new URL(value)
  return isSafeScheme(url, true) && url.username === '' && url.password === ''
}

function isOrigins(value: unknown): value is readonly string[] {
  const isOrigin = (origin: unknown): boolean =>
    typeof origin === 'string' &&
    /^https?:/.test(origin) &&
    URL.canParse(origin) &&
    new URL(origin).origin === origin
  return Array.isArray(value) && value.length > 0 && value.length <= MAX_ORIGINS && value.every(isOrigin)
}

function isFunction<Expected>(value: unknown): value is Expected {
  return typeof value === 'function'
}
