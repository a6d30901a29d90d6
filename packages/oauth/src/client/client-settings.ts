import { InvalidRequestError, type JsonObject } from '@authcore/core'
import { ownMembers } from '../own-members.js'
import { isText } from '../text.js'
import type { TokenHost } from '../token-host.js'
import { isAssertionAlgorithm, REMOTE_ALGORITHMS, validateClientKeys } from './client-keys.js'
import type { ClientRecord } from './client-record.js'
import type { ClientAuthMethod, ClientGrantType } from './oauth-clients.js'

/** What can be changed of a client, checked. */
export type CheckedSettings = Omit<ClientRecord, 'clientId' | 'authMethod' | 'enabled' | 'secrets'>

const MEMBERS = [
  'name',
  'grantTypes',
  'scope',
  'roles',
  'claims',
  'audience',
  'introspects',
  'accessTokens',
  'requiresBoundTokens',
  'jwks',
  'jwksUri',
  'algorithms',
] as const

const GRANT_TYPES: readonly ClientGrantType[] = ['client_credentials', 'refresh_token']
const AUTH_METHODS: readonly ClientAuthMethod[] = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'none',
]
const MAX_URL_LENGTH = 2048

/** Settings of unknown type, to be read by name. */
export type GivenSettings = Readonly<Partial<Record<(typeof MEMBERS)[number], unknown>>>

/**
 * Checks how a client shall prove who it is.
 * @throws InvalidRequestError `argument_invalid`
 */
export function validateAuthMethod(value: unknown): ClientAuthMethod {
  return oneOf(value, AUTH_METHODS, 'authMethod')
}

/**
 * Refuses what nothing is known of: a setting that is misspelt must not be a setting that is forgotten.
 * @throws InvalidRequestError `argument_invalid`
 */
export function refuseUnknownSettings(given: object, others: readonly string[]): void {
  const known: readonly string[] = [...MEMBERS, ...others]
  const unknown = Object.keys(given).find(name => !known.includes(name))
  if (unknown !== undefined) throw refuse('A client has no other settings', known.join(', '))
}

/**
 * Checks everything that can be changed of a client.
 * @param given the settings as they shall be, those that stay included
 * @throws InvalidRequestError `argument_invalid`, `scope_unknown`, `role_unknown`, `claims_*`
 */
export async function validateClientSettings(
  given: GivenSettings,
  client: Pick<ClientRecord, 'clientId' | 'authMethod'>,
  { grants, issuer }: Pick<TokenHost, 'grants' | 'issuer'>,
  allowHttpOnLoopback: boolean,
): Promise<CheckedSettings> {
  const settings = ownMembers(given)
  const grantTypes = validateGrantTypes(settings.grantTypes, client.authMethod)
  // a grant checks its arguments itself, whatever they are
  const rights = { scope: settings.scope, roles: settings.roles, claims: settings.claims } as {
    readonly scope?: readonly string[]
    readonly roles?: readonly string[]
    readonly claims?: JsonObject
  }
  const granted = await grants.validate({ subject: issuer, ...withoutAbsent(rights) })
  const audience = settings.audience === undefined ? undefined : toTexts(settings.audience, 'audience')
  const { accessTokens, requiresBoundTokens = false, introspects = 'own' } = settings
  return {
    name: isText(settings.name, 200) ? settings.name : fail('name', 'must be 1 to 200 characters of text'),
    grantTypes,
    scope: granted.scope,
    roles: granted.roles,
    claims: granted.claims,
    ...(audience !== undefined && { audience: grants.validateAudience(audience) }),
    introspects: oneOf(introspects, ['own', 'any'], 'introspects'),
    ...(accessTokens !== undefined && {
      accessTokens: oneOf(accessTokens, ['jwt', 'opaque'], 'accessTokens'),
    }),
    requiresBoundTokens:
      typeof requiresBoundTokens === 'boolean'
        ? requiresBoundTokens
        : fail('requiresBoundTokens', 'must be true or false'),
    ...(await validateKeys(settings, client.authMethod, allowHttpOnLoopback)),
  }
}

function validateGrantTypes(value: unknown, authMethod: ClientAuthMethod): readonly ClientGrantType[] {
  const given = value === undefined ? ['client_credentials'] : value
  if (!Array.isArray(given) || given.length === 0) {
    return fail('grantTypes', `must list ${GRANT_TYPES.join(' and ')}, or one of them`)
  }
  const grantTypes = [...new Set(given.map(name => oneOf(name, GRANT_TYPES, 'grantTypes')))]
  // RFC 6749 section 4.4: who proves nothing speaks for nobody
  if (authMethod === 'none' && grantTypes.includes('client_credentials')) {
    return fail('grantTypes', 'of a public client must not hold client_credentials')
  }
  return Object.freeze(grantTypes)
}

async function validateKeys(
  { jwks, jwksUri, algorithms }: GivenSettings,
  authMethod: ClientAuthMethod,
  allowHttpOnLoopback: boolean,
): Promise<Pick<ClientRecord, 'jwks' | 'jwksUri' | 'algorithms'>> {
  const sources = [jwks, jwksUri].filter(source => source !== undefined).length
  if (authMethod !== 'private_key_jwt') {
    if (sources > 0 || algorithms !== undefined) fail('jwks', 'belongs to clients of private_key_jwt')
    return {}
  }
  if (sources !== 1) fail('jwks', 'or jwksUri is required, and not both')
  if (jwks === undefined) {
    return {
      jwksUri: validateUrl(jwksUri, allowHttpOnLoopback),
      algorithms: validateAlgorithms(algorithms, REMOTE_ALGORITHMS),
    }
  }
  const keys = await validateClientKeys(jwks)
  const allowed = validateAlgorithms(algorithms, keys.algorithms)
  if (!allowed.some(algorithm => keys.algorithms.includes(algorithm))) {
    fail('algorithms', 'must name one that the keys are good for')
  }
  return { jwks: keys.jwks, algorithms: allowed }
}

function validateAlgorithms(value: unknown, fallback: NonNullable<ClientRecord['algorithms']>) {
  if (value === undefined) return fallback
  if (Array.isArray(value) && value.length > 0 && value.every(isAssertionAlgorithm)) {
    return Object.freeze([...new Set(value)])
  }
  return fail('algorithms', 'must list algorithms with a public key')
}

/** What is fetched there is checked again when it is fetched; here a mistake is told to whoever made it. */
function validateUrl(value: unknown, allowHttpOnLoopback: boolean): string {
  const problem = 'must be an https URL without user, password and fragment'
  if (typeof value !== 'string' || value.length > MAX_URL_LENGTH || !URL.canParse(value)) {
    return fail('jwksUri', problem)
  }
  const { protocol, username, password, hash, hostname } = new URL(value)
  const isLoopback = allowHttpOnLoopback && ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback)
  return isSafe && username + password + hash === '' ? value : fail('jwksUri', problem)
}

function toTexts(value: unknown, name: string): readonly string[] {
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value
  return fail(name, 'must list names')
}

function oneOf<const Choice extends string>(
  value: unknown,
  choices: readonly Choice[],
  name: string,
): Choice {
  return choices.find(choice => choice === value) ?? fail(name, `must be one of ${choices.join(', ')}`)
}

function withoutAbsent<Members extends object>(members: Members): Partial<Members> {
  const present = Object.entries(members).filter(([, value]) => value !== undefined)
  // the names are those of the members
  return Object.fromEntries(present) as Partial<Members>
}

function fail(name: string, message: string): never {
  throw refuse(name, message)
}

function refuse(name: string, message: string): InvalidRequestError {
  return new InvalidRequestError('argument_invalid', { detail: `${name} ${message}.` })
}
