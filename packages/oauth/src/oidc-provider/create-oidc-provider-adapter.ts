import { ConfigError, InvalidRequestError, type JsonObject, type SecretBox, StoreError } from '@authcore/core'
import type { DocumentRecord, DocumentStore } from '@authcore/core/ports'
import { randomText, requireDocuments, type TokenHost } from '../token-host.js'
import type { OidcAdapter, OidcAdapterFactory, OidcProviderAdapterOptions } from './oidc-adapter.js'

type Host = Pick<TokenHost, 'stores' | 'clock' | 'random' | 'secretBox'>

interface AdapterContext {
  readonly host: Host
  readonly documents: DocumentStore
  readonly box: SecretBox
  readonly InvalidGrant: OidcProviderAdapterOptions['InvalidGrant']
}

type Members = ReadonlyMap<string, unknown>

const PURPOSE = 'oauth.oidc_provider'
/** A document holds 64 KiB of JSON, and what is sealed is longer by a third. */
const MAX_PAYLOAD_CHARACTERS = 40_000
/** Each round that fails means that somebody else got through. */
const MAX_ROUNDS = 50
/** Longer than any request that began before the grant was revoked. */
const REVOKED_SECONDS = 300

/**
 * Keeps what `oidc-provider` keeps in the documents of a deployment: ids, which are bearer tokens there, as hashes,
 * and everything else sealed. Consuming is a compare-and-set, so that a code or a refresh token that is used by many at
 * once gives tokens to one at most, and its grant ends.
 * @param auth a deployment whose stores keep documents
 * @throws ConfigError `config_invalid`
 * @example
 * import Provider, { type AdapterPayload, errors } from 'oidc-provider'
 * const adapter = createOidcProviderAdapter<AdapterPayload>(auth, errors)
 * const provider = new Provider('https://login.example.com', { adapter, jwks: await keys.load(), clients })
 */
export function createOidcProviderAdapter<Payload extends object>(
  auth: Host,
  { InvalidGrant }: OidcProviderAdapterOptions,
): OidcAdapterFactory<Payload> {
  if (typeof InvalidGrant !== 'function') {
    throw new ConfigError('config_invalid', [
      { path: 'InvalidGrant', message: 'must be errors.InvalidGrant of oidc-provider' },
    ])
  }
  const box = auth.secretBox(PURPOSE)
  const context = { host: auth, documents: requireDocuments(auth), box, InvalidGrant }
  // what is found was written by `upsert` of the same model
  return name => createAdapter(name, context) as OidcAdapter<Payload>
}

function createAdapter(name: string, context: AdapterContext): OidcAdapter {
  const { host, documents, box } = context
  const idOf = (id: string): string => box.hash(`${name}\n${id}`)
  const find = (id: string) => findDocument(idOf(id), context)
  const findByTag = async (tag: string) => {
    const query = { namespace: PURPOSE, tag, now: host.clock(), limit: 1 }
    const [found] = await documents.list(query)
    return found && openPayload(found, context)
  }
  return Object.freeze({
    upsert: (id, payload, expiresIn) => upsert(name, idOf(id), payload, expiresIn, context),
    find: async id => {
      const found = await find(id)
      return found && openPayload(found, context)
    },
    findByUid: uid => findByTag(tagOf('uid', `${name}\n${uid}`, context)),
    findByUserCode: userCode => findByTag(tagOf('user_code', `${name}\n${userCode}`, context)),
    consume: id => consume(idOf(id), context),
    destroy: async id => {
      if (name === 'Grant') return endGrant(id, context)
      await documents.remove({ namespace: PURPOSE, id: idOf(id), now: host.clock() })
    },
    revokeByGrantId: grantId => removeGrantMembers(grantId, context),
  } satisfies OidcAdapter)
}

async function upsert(
  name: string,
  id: string,
  payload: object,
  expiresIn: number | undefined,
  context: AdapterContext,
): Promise<void> {
  const { host, documents } = context
  const members = new Map<string, unknown>(Object.entries(payload))
  const value = await sealPayload(id, payload, context)
  const tags = toTags(name, members, context)
  // most is new and is stored at once
  let expectedVersion = 0
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { outcome } = await documents.put({
      namespace: PURPOSE,
      id,
      tags,
      value,
      expectedVersion,
      ...(expiresIn !== undefined && { expiresAt: host.clock() + expiresIn * 1000 }),
      writeId: randomText(host.random, 16),
      now: host.clock(),
    })
    if (outcome === 'stored') return refuseRevokedGrant(id, members, context)
    expectedVersion = (await findDocument(id, context))?.version ?? 0
  }
  throw new StoreError('store_unavailable')
}

/** The grant may have been revoked while its tokens were on their way: whichever comes second sees the other. */
async function refuseRevokedGrant(id: string, members: Members, context: AdapterContext): Promise<void> {
  const grantId = members.get('grantId')
  if (typeof grantId !== 'string') return
  const revoked = await findDocument(revokedId(grantId, context), context)
  if (revoked === undefined) return
  await context.documents.remove({ namespace: PURPOSE, id, now: context.host.clock() })
  throw refuse(context)
}

async function consume(id: string, context: AdapterContext): Promise<void> {
  const { host, documents } = context
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const found = await findDocument(id, context)
    // revoked since it was looked at
    if (found === undefined) throw refuse(context)
    if (found.value['consumed'] !== undefined) return refuseReuse(found, context)
    const { outcome } = await documents.put({
      namespace: PURPOSE,
      id,
      tags: found.tags,
      value: { ...found.value, consumed: Math.floor(host.clock() / 1000) },
      expectedVersion: found.version,
      ...(found.expiresAt !== undefined && { expiresAt: found.expiresAt }),
      writeId: randomText(host.random, 16),
      now: host.clock(),
    })
    if (outcome === 'stored') return
  }
  throw new StoreError('store_unavailable')
}

/** RFC 6749 section 4.1.2: a code that is used twice revokes what it led to, also what is just being issued. */
async function refuseReuse(found: DocumentRecord, context: AdapterContext): Promise<never> {
  const payload = await openPayload(found, context)
  const grantId: unknown = Object.hasOwn(payload ?? {}, 'grantId')
    ? Reflect.get(Object(payload), 'grantId')
    : undefined
  if (typeof grantId === 'string') {
    await endGrant(grantId, context)
  }
  throw refuse(context)
}

/** What is just being issued finds the mark after it was stored; what was stored before is removed after the mark. */
async function endGrant(grantId: string, context: AdapterContext): Promise<void> {
  const { host, documents, box } = context
  const now = host.clock()
  // where the mark is there already, that is as good
  await documents.put({
    namespace: PURPOSE,
    id: revokedId(grantId, context),
    tags: [],
    value: {},
    expectedVersion: 0,
    expiresAt: now + REVOKED_SECONDS * 1000,
    writeId: randomText(host.random, 16),
    now,
  })
  await documents.remove({ namespace: PURPOSE, id: box.hash(`Grant\n${grantId}`), now })
  await removeGrantMembers(grantId, context)
}

async function removeGrantMembers(grantId: string, context: AdapterContext): Promise<void> {
  const { host, documents } = context
  const tag = tagOf('grant', grantId, context)
  await documents.removeAll({ namespace: PURPOSE, tag, now: host.clock() })
}

async function findDocument(
  id: string,
  { host, documents }: AdapterContext,
): Promise<DocumentRecord | undefined> {
  return documents.find({ namespace: PURPOSE, id, now: host.clock() })
}

async function sealPayload(id: string, payload: object, { box }: AdapterContext): Promise<JsonObject> {
  const text = JSON.stringify(payload)
  if (text.length > MAX_PAYLOAD_CHARACTERS) {
    throw new InvalidRequestError('argument_invalid', {
      detail: `What is to be kept must be at most ${MAX_PAYLOAD_CHARACTERS} characters of JSON.`,
    })
  }
  return { sealed: await box.seal(text, id) }
}

/** `undefined` as well for what was sealed under a root secret that is off the list. */
async function openPayload(
  { id, value }: DocumentRecord,
  { box }: AdapterContext,
): Promise<object | undefined> {
  const text = await box.openText(String(value['sealed']), id)
  if (text === undefined) return undefined
  const { consumed } = value
  return { ...JSON.parse(text), ...(consumed !== undefined && { consumed }) }
}

function toTags(name: string, members: Members, context: AdapterContext): readonly string[] {
  const [grantId, uid, userCode] = [members.get('grantId'), members.get('uid'), members.get('userCode')]
  return [
    ...(typeof grantId === 'string' ? [tagOf('grant', grantId, context)] : []),
    ...(typeof uid === 'string' ? [tagOf('uid', `${name}\n${uid}`, context)] : []),
    ...(typeof userCode === 'string' ? [tagOf('user_code', `${name}\n${userCode}`, context)] : []),
  ]
}

function tagOf(kind: string, value: string, { box }: AdapterContext): string {
  return `${kind}:${box.hash(`${kind}\n${value}`)}`
}

function revokedId(grantId: string, { box }: AdapterContext): string {
  return box.hash(`revoked grant\n${grantId}`)
}

function refuse({ InvalidGrant }: AdapterContext): Error {
  return new InvalidGrant('the grant was revoked or used before')
}
