import { createOptionReader, type OptionReader } from '@authcore/core/extension'
import { ClientSecretBasic, ClientSecretPost, None } from 'oauth4webapi'
import { isText } from '../text.js'
import type { Provider } from './provider.js'

/** What every provider is told about this application. */
export interface ClientOptions {
  /** As the provider has registered it. */
  readonly clientId: string
  readonly clientSecret: string
  /** What is asked for beside what signing in needs. */
  readonly scope?: readonly string[]
  /** Sent with each authorization request, such as `{ prompt: 'select_account' }`. */
  readonly parameters?: Readonly<Record<string, string>>
  /**
   * How long ago the person may have proved who they are at the provider: `max_age`, 0 to 31,536,000 seconds. Unlimited
   * unless told.
   */
  readonly maxAgeSeconds?: number
}

/** The names of `ClientOptions`. */
type SharedMembers = Pick<Provider, 'clientId' | 'scope' | 'parameters' | 'maxAgeSeconds'>

/** What this package sends itself. */
const OWN_PARAMETERS: readonly string[] = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'response_mode',
  'max_age',
  'request',
  'request_uri',
]
const MAX_SCOPES = 50

/** Reads the options of a provider; `finish` throws with every problem by path. */
export function readClientOptions(
  options: unknown,
  scope: readonly string[],
): { readonly reader: OptionReader; readonly shared: SharedMembers } {
  const reader = createOptionReader(options)
  const clientId = readText(reader, 'clientId', 512)
  const added = reader.value('scope', isScope, 'up to 50 scopes without spaces') ?? []
  const parameters =
    reader.value('parameters', isParameters, 'texts by name, none of those that sign-in sends itself') ?? {}
  const maxAgeSeconds =
    reader.read('maxAgeSeconds') === undefined ? undefined : reader.integer('maxAgeSeconds', 0, 31_536_000, 0)
  const shared = {
    clientId,
    scope: Object.freeze([...new Set([...scope, ...added])]),
    parameters: Object.freeze({ ...parameters }),
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
  }
  return { reader, shared }
}

/** Reads an option that must be there. @returns the empty text when it is missing, which `finish` refuses */
export function readText(reader: OptionReader, name: string, maximum: number): string {
  const isGood = (value: unknown): value is string => isText(value, maximum)
  if (reader.read(name) === undefined) reader.refuse(name, 'is required')
  return reader.value(name, isGood, `1 to ${maximum} characters of text`) ?? ''
}

/** How a client secret is sent. */
export type ClientAuthenticationMethod = 'client_secret_basic' | 'client_secret_post' | 'none'

/** Keeps the secret in a closure: nothing that can be inspected holds it. */
export function authenticateBySecret(
  method: ClientAuthenticationMethod,
  clientSecret: string,
): Provider['authenticate'] {
  switch (method) {
    case 'client_secret_basic':
      return () => ClientSecretBasic(clientSecret)
    case 'client_secret_post':
      return () => ClientSecretPost(clientSecret)
    case 'none':
      return () => None()
  }
}

/** OpenID Connect Core 1.0 section 5.1 has a boolean there; some providers write it as text. */
export function isVerifiedClaim(claims: ReadonlyMap<string, unknown>): boolean {
  const value = claims.get('email_verified')
  return value === true || value === 'true'
}

function isScope(value: unknown): value is readonly string[] {
  // RFC 6749 section 3.3
  const isToken = (token: unknown): boolean =>
    typeof token === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/.test(token)
  return Array.isArray(value) && value.length <= MAX_SCOPES && value.every(isToken)
}

function isParameters(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(value).every(
    ([name, text]) =>
      /^[A-Za-z0-9_.-]{1,64}$/.test(name) && !OWN_PARAMETERS.includes(name) && isText(text, 1024),
  )
}
