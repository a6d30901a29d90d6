import type { Provider } from './provider.js'
import { authenticateBySecret, type ClientOptions, readClientOptions, readText } from './provider-options.js'

/** Microsoft Entra ID and Microsoft accounts. */
export interface MicrosoftProviderOptions extends ClientOptions {
  /**
   * Who may sign in: the id of one tenant, `organizations` (work and school accounts of any), `consumers` (personal
   * accounts) or `common` (both). `common` unless told.
   */
  readonly tenant?: string
  /** The ids of the tenants that are accepted beside `organizations` or `common`; all unless told. */
  readonly allowedTenants?: readonly string[]
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The one tenant of all personal accounts. */
const CONSUMERS = '9188040d-6c67-4b5b-b112-36a304b66dad'

const SHARED = ['common', 'organizations', 'consumers']

/**
 * Microsoft. With a shared tenant the metadata names `https://login.microsoftonline.com/{tenantid}/v2.0`; an ID token
 * must name exactly that with its own `tid`. Addresses never count as verified: tenants write what they like.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function microsoftProvider(options: MicrosoftProviderOptions): Provider {
  const { reader, shared } = readClientOptions(options, ['openid', 'email', 'profile'])
  const clientSecret = readText(reader, 'clientSecret', 4096)
  const tenant =
    reader.value(
      'tenant',
      isTenant,
      'the id of a tenant in lower case, or one of common, organizations, consumers',
    ) ?? 'common'
  const allowed = reader.value('allowedTenants', isGuidList, 'an array of ids of tenants in lower case')
  if (allowed !== undefined && tenant !== 'common' && tenant !== 'organizations') {
    reader.refuse('allowedTenants', 'is for the tenants common and organizations')
  }
  reader.finish()
  const fixed = tenant === 'consumers' ? CONSUMERS : tenant
  const isFixed = GUID.test(fixed)
  return Object.freeze({
    ...shared,
    issuer: issuerOf(isFixed ? fixed : '{tenantid}'),
    ...(!isFixed && {
      // the metadata of a shared tenant stands under the name of the tenant, and names the template
      discoveryUrl: issuerOf(tenant),
      expectedIssuer: (claims: ReadonlyMap<string, unknown>) => findIssuer(claims, tenant, allowed),
    }),
    responseMode: 'query',
    authenticate: authenticateBySecret('client_secret_post', clientSecret),
    isEmailVerified: () => false,
    readsUserInfo: false,
  })
}

function findIssuer(
  claims: ReadonlyMap<string, unknown>,
  tenant: string,
  allowed: readonly string[] | undefined,
): string | undefined {
  const id = claims.get('tid')
  if (typeof id !== 'string' || !GUID.test(id)) return undefined
  if (tenant === 'organizations' && id === CONSUMERS) return undefined
  return allowed === undefined || allowed.includes(id) ? issuerOf(id) : undefined
}

function issuerOf(tenant: string): string {
  return `https://login.microsoftonline.com/${tenant}/v2.0`
}

function isTenant(value: unknown): value is string {
  return typeof value === 'string' && (GUID.test(value) || SHARED.includes(value))
}

function isGuidList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= 1000 && value.every(id => GUID.test(String(id)))
}
