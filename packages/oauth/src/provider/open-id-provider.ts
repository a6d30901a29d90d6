import { isSafeScheme } from '../loopback.js'
import type { Provider } from './provider.js'
import {
  authenticateBySecret,
  type ClientAuthenticationMethod,
  type ClientOptions,
  isVerifiedClaim,
  readClientOptions,
  readText,
} from './provider-options.js'

/** A provider of OpenID Connect that publishes its metadata. */
export interface OpenIdProviderOptions extends Omit<ClientOptions, 'clientSecret'> {
  /** Exactly as its metadata and its ID tokens name it: an `https` URL. */
  readonly issuer: string
  /** Needed unless `clientAuthentication` is `none`. */
  readonly clientSecret?: string
  /** `client_secret_basic` unless told. */
  readonly clientAuthentication?: ClientAuthenticationMethod
  /** `query` unless told. */
  readonly responseMode?: 'query' | 'form_post'
  /** Asks the userinfo endpoint for an address that the ID token leaves out; `true` unless told. */
  readonly userInfo?: boolean
}

/**
 * Prepares a provider by its issuer (OpenID Connect Discovery 1.0).
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * import { openIdProvider } from '@authcore/oauth'
 *
 * const corp = openIdProvider({
 *   issuer: 'https://login.corp.example.com',
 *   clientId: 'shop',
 *   clientSecret: process.env.CORP_CLIENT_SECRET ?? '',
 * })
 */
export function openIdProvider(options: OpenIdProviderOptions): Provider {
  const { reader, shared } = readClientOptions(options, ['openid', 'email', 'profile'])
  const issuer = readText(reader, 'issuer', 2048)
  if (issuer !== '' && !isIssuer(issuer)) {
    reader.refuse('issuer', 'must be an https URL without query and fragment')
  }
  const method = reader.choice(
    'clientAuthentication',
    ['client_secret_basic', 'client_secret_post', 'none'],
    'client_secret_basic',
  )
  const clientSecret = method === 'none' ? '' : readText(reader, 'clientSecret', 4096)
  if (method === 'none' && reader.read('clientSecret') !== undefined) {
    reader.refuse('clientSecret', "must be left out with clientAuthentication 'none'")
  }
  const responseMode = reader.choice('responseMode', ['query', 'form_post'], 'query')
  const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
  const readsUserInfo = reader.value('userInfo', isBoolean, 'true or false') ?? true
  reader.finish()
  return Object.freeze({
    ...shared,
    issuer,
    responseMode,
    authenticate: authenticateBySecret(method, clientSecret),
    isEmailVerified: isVerifiedClaim,
    readsUserInfo,
  })
}

/** `http` is for the loopback of tests; what is sent there is decided when it is sent. */
function isIssuer(issuer: string): boolean {
  if (!URL.canParse(issuer)) return false
  const url = new URL(issuer)
  const { search, hash, username, password } = url
  return (
    isSafeScheme(url, true) &&
    [search, hash, username, password].every(part => part === '') &&
    !/[?#]$/.test(issuer)
  )
}
