import type { Algorithm, JsonObject, JwkSet } from '@authcore/core'
import type { DocumentRecord } from '@authcore/core/ports'
import { ownMembers } from '../own-members.js'
import { readStoredValue } from '../stored-value.js'
import type { ClientAuthMethod, ClientGrantType, OAuthClient } from './oauth-clients.js'

/** One secret as it is kept. */
export interface StoredSecret {
  readonly secretId: string
  /** HMAC-SHA-256 under a pepper of the root secrets. */
  readonly mac: string
  readonly createdAt: number
  readonly expiresAt?: number
}

/** What is kept of a client. */
export interface ClientRecord {
  readonly clientId: string
  readonly name: string
  readonly authMethod: ClientAuthMethod
  readonly grantTypes: readonly ClientGrantType[]
  readonly scope: readonly string[]
  readonly roles: readonly string[]
  readonly claims: JsonObject
  readonly audience?: readonly string[]
  readonly introspects: 'own' | 'any'
  readonly accessTokens?: 'jwt' | 'opaque'
  readonly requiresBoundTokens: boolean
  readonly jwks?: JwkSet
  readonly jwksUri?: string
  readonly algorithms?: readonly Algorithm[]
  readonly enabled: boolean
  readonly secrets: readonly StoredSecret[]
}

/** A record as the store has it. */
export interface LoadedClient {
  readonly record: ClientRecord
  readonly version: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** Writes a record. */
export function toStoredClient(record: ClientRecord): JsonObject {
  const { clientId: _clientId, jwks, secrets, algorithms, accessTokens, jwksUri, audience, ...rest } = record
  return {
    ...rest,
    ...(accessTokens !== undefined && { accessTokens }),
    ...(audience !== undefined && { audience }),
    ...(jwksUri !== undefined && { jwksUri }),
    ...(algorithms !== undefined && { algorithms }),
    // a set is JSON: that was checked when it was registered
    ...(jwks !== undefined && { keys: jwks.keys as unknown as readonly JsonObject[] }),
    secrets: secrets.map(secret => ({ ...secret })),
  }
}

/**
 * Reads a record.
 * @throws StoreError `store_record_invalid`
 */
export function parseStoredClient({
  id,
  value,
  version,
  createdAt,
  updatedAt,
}: DocumentRecord): LoadedClient {
  const stored = readStoredValue(value)
  const accessTokens = stored.optionalText('accessTokens')
  const audience = stored.optionalTexts('audience')
  const keys = value['keys'] === undefined ? undefined : stored.objects('keys')
  const jwksUri = stored.optionalText('jwksUri')
  const algorithms = stored.optionalTexts('algorithms')
  // the words below were checked against their lists before they were stored
  const record = ownMembers<ClientRecord>({
    clientId: id,
    name: stored.text('name'),
    authMethod: stored.text('authMethod') as ClientAuthMethod,
    grantTypes: stored.texts('grantTypes') as readonly ClientGrantType[],
    scope: stored.texts('scope'),
    roles: stored.texts('roles'),
    claims: stored.object('claims'),
    ...(audience !== undefined && { audience }),
    introspects: stored.text('introspects') === 'any' ? 'any' : 'own',
    ...(accessTokens !== undefined && { accessTokens: accessTokens === 'opaque' ? 'opaque' : 'jwt' }),
    requiresBoundTokens: stored.flag('requiresBoundTokens'),
    ...(keys !== undefined && { jwks: { keys: keys as unknown as JwkSet['keys'] } }),
    ...(jwksUri !== undefined && { jwksUri }),
    ...(algorithms !== undefined && { algorithms: algorithms as readonly Algorithm[] }),
    enabled: stored.flag('enabled'),
    secrets: stored.objects('secrets').map(parseStoredSecret),
  })
  return { record, version, createdAt, updatedAt }
}

function parseStoredSecret(value: JsonObject): StoredSecret {
  const stored = readStoredValue(value)
  const expiresAt = stored.optionalInstant('expiresAt')
  return {
    secretId: stored.text('secretId'),
    mac: stored.text('mac'),
    createdAt: stored.instant('createdAt'),
    ...(expiresAt !== undefined && { expiresAt }),
  }
}

/** The secrets that are accepted at an instant. */
export function liveSecrets({ secrets }: ClientRecord, now: number): readonly StoredSecret[] {
  return secrets.filter(({ expiresAt }) => expiresAt === undefined || now < expiresAt)
}

/** A client as it is shown: frozen, without the hashes of its secrets. */
export function toOAuthClient({ record, createdAt, updatedAt }: LoadedClient, now: number): OAuthClient {
  const secrets = liveSecrets(record, now).map(({ mac: _mac, ...status }) => Object.freeze(status))
  return Object.freeze(ownMembers({ ...record, secrets: Object.freeze(secrets), createdAt, updatedAt }))
}
