import { InvalidRequestError, type RateLimitPolicy } from '@authcore/core'
import { createOptionReader } from '@authcore/core/extension'
import type { DocumentStore } from '@authcore/core/ports'
import { validateText } from '../arguments.js'
import { ownMembers } from '../own-members.js'
import { randomText, requireDocuments, type TokenHost } from '../token-host.js'
import { authenticateClient } from './authenticate-client.js'
import { type ClientKeySetOptions, createVerifyClientAssertion } from './client-assertion.js'
import {
  type ClientRecord,
  type LoadedClient,
  liveSecrets,
  parseStoredClient,
  type StoredSecret,
  toOAuthClient,
  toStoredClient,
} from './client-record.js'
import { type ClientSecrets, createClientSecrets } from './client-secret.js'
import { refuseUnknownSettings, validateAuthMethod, validateClientSettings } from './client-settings.js'
import type {
  OAuthClient,
  OAuthClientRegistry,
  RegisterClientOptions,
  RegisteredClient,
  RotatedClientSecret,
  UpdateClientPatch,
} from './oauth-clients.js'

/** How clients are kept and authenticated. */
export interface CreateOAuthClientsOptions {
  /** What assertions (`private_key_jwt`) may name as `aud` beside the issuer: the URL of the token endpoint. */
  readonly assertionAudience?: readonly string[]
  /** How long an assertion may live: 10 to 3600 seconds, 300 unless told. */
  readonly assertionMaxAgeSeconds?: number
  /** How far the clocks of clients may differ: 0 to 60, 15 unless told. */
  readonly clockToleranceSeconds?: number
  /** How keys are fetched from the `jwksUri` of clients; see `createRemoteJwkSet` of `@authcore/core/jwt`. */
  readonly keySet?: ClientKeySetOptions
  /** Failed attempts of one client from one address: 20 in 60 seconds unless told; `false` counts none. */
  readonly attempts?: { readonly limit: number; readonly windowSeconds: number } | false
}

interface RegistryContext {
  readonly host: TokenHost
  readonly documents: DocumentStore
  readonly secrets: ClientSecrets
  readonly allowHttpOnLoopback: boolean
}

const PURPOSE = 'oauth.client'
const NAMESPACE = PURPOSE
const ALL = 'all'
const MAX_LISTED = 1000
const MAX_SECRETS = 5
const MAX_OVERLAP_SECONDS = 30 * 86_400

/**
 * Prepares the clients of a deployment.
 * @param auth a deployment whose stores keep documents
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * const clients = createOAuthClients(auth)
 * const { client, clientSecret } = await clients.register({ name: 'Reports', authMethod: 'client_secret_basic' })
 */
export function createOAuthClients<Scope extends string, Role extends string, Claims>(
  auth: TokenHost<Scope, Role, Claims>,
  options: CreateOAuthClientsOptions = {},
): OAuthClientRegistry<Scope, Role, Claims> {
  // scopes, roles and claims are checked against the options of the deployment at run time, by `auth.grants`
  const host = auth as unknown as TokenHost
  return wireClients(host, options) as unknown as OAuthClientRegistry<Scope, Role, Claims>
}

function wireClients(host: TokenHost, options: CreateOAuthClientsOptions): OAuthClientRegistry {
  const { attempts, keySet, ...assertion } = readOptions(options, host)
  const box = host.secretBox(PURPOSE)
  const secrets = createClientSecrets(box, host.random)
  const { allowHttpOnLoopback = false } = ownMembers(keySet)
  const context: RegistryContext = { host, documents: requireDocuments(host), secrets, allowHttpOnLoopback }
  const { clock, random, stores } = host
  const authentication = {
    host,
    secrets,
    attempts,
    load: (clientId: string) => loadClient(clientId, context),
    verifyAssertion: createVerifyClientAssertion({
      ...assertion,
      keySet,
      oneTime: stores.oneTime,
      box,
      clock,
      random,
    }),
  }
  const show = (loaded: LoadedClient): OAuthClient => toOAuthClient(loaded, clock())
  return Object.freeze({
    register: registration => registerClient(ownMembers(registration), context),
    find: async clientId => {
      const loaded = await loadClient(validateText(clientId, 'clientId', 255), context)
      return loaded && show(loaded)
    },
    list: async () => {
      const query = { namespace: NAMESPACE, tag: ALL, now: clock(), limit: MAX_LISTED }
      return (await context.documents.list(query)).map(found => show(parseStoredClient(found)))
    },
    update: (clientId, patch) => updateClient(clientId, ownMembers(patch), context),
    rotateSecret: (clientId, rotation) =>
      rotateSecret(clientId, ownMembers(rotation).overlapSeconds, context),
    remove: clientId => removeClient(clientId, context),
    authenticate: async credentials => {
      const loaded = await authenticateClient(credentials, authentication)
      return loaded && show(loaded)
    },
  } satisfies OAuthClientRegistry)
}

function readOptions(options: CreateOAuthClientsOptions, { issuer }: TokenHost) {
  const reader = createOptionReader(options)
  const audience = reader.value('assertionAudience', isTexts, 'a list of URLs') ?? []
  const maxAgeSeconds = reader.integer('assertionMaxAgeSeconds', 10, 3600, 300)
  const clockToleranceSeconds = reader.integer('clockToleranceSeconds', 0, 60, 15)
  const keySet = reader.value('keySet', isKeySetOptions, 'options of createRemoteJwkSet') ?? {}
  const counts = reader.read('attempts') !== false
  const limits = counts ? reader.group('attempts') : undefined
  const limit = limits?.integer('limit', 1, 1_000_000, 20) ?? 0
  const windowSeconds = limits?.integer('windowSeconds', 1, 86_400, 60) ?? 0
  reader.finish()
  const attempts: RateLimitPolicy | undefined = counts ? { name: PURPOSE, limit, windowSeconds } : undefined
  return { audience: [issuer, ...audience], maxAgeSeconds, clockToleranceSeconds, keySet, attempts }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string' && item !== '')
}

function isKeySetOptions(value: unknown): value is ClientKeySetOptions {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function registerClient(
  { authMethod: givenMethod, ...given }: RegisterClientOptions,
  context: RegistryContext,
): Promise<RegisteredClient> {
  const { host, secrets, allowHttpOnLoopback } = context
  const authMethod = validateAuthMethod(givenMethod)
  refuseUnknownSettings(given, [])
  const named = { clientId: `oc_${randomText(host.random, 16)}`, authMethod }
  const settings = await validateClientSettings(given, named, host, allowHttpOnLoopback)
  const clientSecret = hasSecret(named) ? secrets.create() : undefined
  const first = clientSecret === undefined ? [] : [toStoredSecret(named.clientId, clientSecret, context)]
  const record: ClientRecord = { ...named, ...settings, enabled: true, secrets: first }
  const client = await store(record, 0, context)
  host.emit('oauth_client.registered', { clientId: client.clientId })
  return Object.freeze({ client, ...(clientSecret !== undefined && { clientSecret }) })
}

async function updateClient(
  clientId: string,
  patch: UpdateClientPatch,
  context: RegistryContext,
): Promise<OAuthClient> {
  const { host, allowHttpOnLoopback } = context
  refuseUnknownSettings(patch, ['enabled'])
  const { record, version } = await requireClient(clientId, context)
  const { enabled = record.enabled, ...changed } = patch
  if (typeof enabled !== 'boolean') {
    throw new InvalidRequestError('argument_invalid', { detail: 'enabled must be true or false.' })
  }
  const { jwks, jwksUri, algorithms, ...kept } = record
  // other keys are good for other algorithms
  const isRekeyed = Object.hasOwn(changed, 'jwks') || Object.hasOwn(changed, 'jwksUri')
  const keys = isRekeyed ? {} : { jwks, jwksUri, algorithms }
  const settings = await validateClientSettings(
    { ...kept, ...keys, ...changed },
    record,
    host,
    allowHttpOnLoopback,
  )
  const { authMethod, secrets } = record
  const client = await store({ clientId, authMethod, secrets, ...settings, enabled }, version, context)
  host.emit('oauth_client.updated', { clientId, fields: Object.keys(patch) })
  return client
}

async function rotateSecret(
  clientId: string,
  overlapSeconds: number,
  context: RegistryContext,
): Promise<RotatedClientSecret> {
  const { host, secrets } = context
  validateOverlap(overlapSeconds)
  const { record, version } = await requireClient(clientId, context)
  if (!hasSecret(record)) {
    throw new InvalidRequestError('argument_invalid', { detail: 'The client has no secrets.' })
  }
  const now = host.clock()
  const overlapExpiresAt = now + overlapSeconds * 1000
  const former = liveSecrets(record, now).map(secret => ({
    ...secret,
    expiresAt: Math.min(secret.expiresAt ?? overlapExpiresAt, overlapExpiresAt),
  }))
  const clientSecret = secrets.create()
  const accepted = [toStoredSecret(clientId, clientSecret, context), ...former].slice(0, MAX_SECRETS)
  const client = await store({ ...record, secrets: accepted }, version, context)
  host.emit('oauth_client.secret_rotated', { clientId, overlapExpiresAt })
  return Object.freeze({ client, clientSecret, overlapExpiresAt })
}

async function removeClient(
  clientId: string,
  context: RegistryContext,
): Promise<{ readonly found: boolean }> {
  const { host, documents } = context
  const id = validateText(clientId, 'clientId', 255)
  // the record first: nothing new is issued once its tokens are refused; a repeat after a crash refuses them again
  const { outcome } = await documents.remove({ namespace: NAMESPACE, id, now: host.clock() })
  await host.revocation.revokeClient(id)
  const found = outcome === 'removed'
  if (found) host.emit('oauth_client.removed', { clientId: id })
  return { found }
}

async function loadClient(
  id: string,
  { host, documents }: RegistryContext,
): Promise<LoadedClient | undefined> {
  const found = await documents.find({ namespace: NAMESPACE, id, now: host.clock() })
  return found && parseStoredClient(found)
}

async function requireClient(clientId: string, context: RegistryContext): Promise<LoadedClient> {
  const loaded = await loadClient(validateText(clientId, 'clientId', 255), context)
  if (loaded === undefined) throw new InvalidRequestError('oauth_client_not_found')
  return loaded
}

async function store(
  record: ClientRecord,
  expectedVersion: number,
  context: RegistryContext,
): Promise<OAuthClient> {
  const { host, documents } = context
  const now = host.clock()
  const { outcome } = await documents.put({
    namespace: NAMESPACE,
    id: record.clientId,
    tags: [ALL],
    value: toStoredClient(record),
    expectedVersion,
    writeId: randomText(host.random, 16),
    now,
  })
  if (outcome === 'conflict') throw new InvalidRequestError('oauth_client_changed')
  const loaded = await loadClient(record.clientId, context)
  if (loaded === undefined) throw new InvalidRequestError('oauth_client_changed')
  return toOAuthClient(loaded, now)
}

function toStoredSecret(clientId: string, secret: string, { host, secrets }: RegistryContext): StoredSecret {
  return {
    secretId: randomText(host.random, 6),
    mac: secrets.hash(clientId, secret),
    createdAt: host.clock(),
  }
}

function hasSecret({ authMethod }: Pick<ClientRecord, 'authMethod'>): boolean {
  return authMethod === 'client_secret_basic' || authMethod === 'client_secret_post'
}

function validateOverlap(seconds: unknown): void {
  if (typeof seconds === 'number' && Number.isSafeInteger(seconds) && seconds >= 0) {
    if (seconds <= MAX_OVERLAP_SECONDS) return
  }
  throw new InvalidRequestError('argument_invalid', {
    detail: `overlapSeconds must be a whole number from 0 to ${MAX_OVERLAP_SECONDS}.`,
  })
}
