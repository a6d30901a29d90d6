import {
  AuthError,
  InvalidRequestError,
  InvalidTokenError,
  type JsonObject,
  type OpaqueTokenPrincipal,
  StoreError,
} from '@authcore/core'
import { createOptionReader } from '@authcore/core/extension'
import type { DocumentStore } from '@authcore/core/ports'
import { validateText } from '../arguments.js'
import { ownMembers } from '../own-members.js'
import { randomText, requireDocuments, type TokenHost } from '../token-host.js'
import { createOpaqueTokenCache, type OpaqueTokenCache } from './opaque-token-cache.js'
import {
  type OpaqueTokenRecord,
  OWNER_TAGS,
  parseStoredToken,
  toOpaqueToken,
  toStoredToken,
  toTags,
} from './opaque-token-record.js'
import { createOpaqueTokenTexts, type OpaqueTokenText, type OpaqueTokenTexts } from './opaque-token-text.js'
import type {
  IssuedOpaqueToken,
  IssueOpaqueTokenOptions,
  OpaqueTokenOwner,
  OpaqueTokens,
  VerifyOpaqueTokenOptions,
} from './opaque-tokens.js'
import { createOwnerMarks, hasMoved, type OwnerMarks } from './owner-marks.js'

/** How opaque tokens are issued and accepted. */
export interface CreateOpaqueTokensOptions {
  /** How long a token lives: 1 to `accessToken.ttlSeconds` of the deployment, which is what holds unless told. */
  readonly ttlSeconds?: number
  /** Remembers records of tokens; off unless told. */
  readonly cache?: {
    /** How old an answer may be: 0 to 300. A token that another process revoked is accepted for so long. */
    readonly maxAgeSeconds: number
    /** 1 to 1,000,000; 10,000 unless told. */
    readonly maxEntries?: number
  }
}

interface OpaqueTokenContext {
  readonly host: TokenHost
  readonly documents: DocumentStore
  readonly texts: OpaqueTokenTexts
  readonly cache: OpaqueTokenCache
  readonly marks: OwnerMarks
  readonly ttlSeconds: number
  hash(token: string): string
}

const PURPOSE = 'oauth.opaque_token'
const NAMESPACE = PURPOSE
const TOKEN_ID_BYTES = 16
const MAX_LISTED = 1000

/**
 * Prepares opaque access tokens of a deployment.
 * @param auth a deployment whose stores keep documents
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * const opaqueTokens = createOpaqueTokens(auth)
 * const { accessToken } = await opaqueTokens.issue({ subject: 'user-1', clientId: 'web', scope: ['read'] })
 * const principal = await opaqueTokens.verify(accessToken)
 */
export function createOpaqueTokens<Scope extends string, Role extends string, Claims>(
  auth: TokenHost<Scope, Role, Claims>,
  options: CreateOpaqueTokensOptions = {},
): OpaqueTokens<Scope, Role, Claims> {
  // scopes, roles and claims are checked against the options of the deployment at run time, by `auth.grants`
  const host = auth as unknown as TokenHost
  return wireOpaqueTokens(host, options) as unknown as OpaqueTokens<Scope, Role, Claims>
}

function wireOpaqueTokens(host: TokenHost, options: CreateOpaqueTokensOptions): OpaqueTokens {
  const { ttlSeconds, maxAgeSeconds, maxEntries } = readOptions(options, host)
  const box = host.secretBox(PURPOSE)
  const hash = (text: string): string => box.hash(text)
  const context: OpaqueTokenContext = {
    host,
    documents: requireDocuments(host),
    texts: createOpaqueTokenTexts(box),
    cache: createOpaqueTokenCache({ maxAgeSeconds, maxEntries, clock: host.clock }),
    marks: createOwnerMarks({ host, store: host.stores.revocations, hash }),
    ttlSeconds,
    hash,
  }
  return Object.freeze({
    stalenessBoundSeconds: Math.min(
      ttlSeconds,
      Math.max(maxAgeSeconds, host.revocation.stalenessBoundSeconds),
    ),
    ttlSeconds,
    issue: issueOptions => issueOpaqueToken(ownMembers(issueOptions), context),
    isOpaqueToken: text => context.texts.hasForm(text),
    verify: (token, demands = {}) =>
      reportRefusal(host, () => verifyOpaqueToken(token, ownMembers(demands), context)),
    introspect: token => introspectOpaqueToken(token, context),
    revoke: (token, revokeOptions = {}) =>
      revokeOpaqueToken(token, ownMembers(revokeOptions).clientId, context),
    revokeById: async (tokenId, revokeOptions = {}) => {
      const { subject } = ownMembers(revokeOptions)
      const tag =
        subject === undefined ? undefined : OWNER_TAGS.subject(validateText(subject, 'subject', 255))
      return removeToken(validateText(tokenId, 'tokenId', 255), tag, context)
    },
    revokeAll: owner => revokeAll(owner, context),
    list: async subject => {
      const tag = OWNER_TAGS.subject(validateText(subject, 'subject', 255))
      const query = { namespace: NAMESPACE, tag, now: host.clock(), limit: MAX_LISTED }
      return (await context.documents.list(query)).map(found => toOpaqueToken(parseStoredToken(found)))
    },
  } satisfies OpaqueTokens)
}

function readOptions(options: CreateOpaqueTokensOptions, { grants }: TokenHost) {
  const reader = createOptionReader(options)
  const ttlSeconds = reader.integer('ttlSeconds', 1, grants.maxLifetimeSeconds, grants.maxLifetimeSeconds)
  const cache = reader.group('cache')
  const maxAgeSeconds = cache.integer('maxAgeSeconds', 0, 300, 0)
  const maxEntries = cache.integer('maxEntries', 1, 1_000_000, 10_000)
  reader.finish()
  return { ttlSeconds, maxAgeSeconds, maxEntries }
}

async function issueOpaqueToken(
  options: IssueOpaqueTokenOptions,
  context: OpaqueTokenContext,
): Promise<IssuedOpaqueToken> {
  const { host, texts, marks, ttlSeconds } = context
  const { sessionId, audience, expiresInSeconds = ttlSeconds, clientId, ...granted } = options
  const frame = {
    clientId: validateText(clientId, 'clientId', 255),
    ...(sessionId !== undefined && { sessionId: validateText(sessionId, 'sessionId', 255) }),
  }
  const subject = validateText(granted.subject, 'subject', 255)
  const forWhom = host.grants.validateAudience(audience)
  const seconds = validateLifetime(expiresInSeconds, ttlSeconds)
  // both are read before anything is waited for: a revocation that races with this refuses the token
  const issuedAt = host.grants.issuedAt()
  const owners = ownMembers({ subject, ...frame })
  const tags = toTags(owners)
  const [endedBefore, grant] = await Promise.all([
    marks.read(tags),
    host.grants.validate({ ...granted, clientId }),
  ])
  const text: OpaqueTokenText = ownMembers({
    ...owners,
    tokenId: randomText(host.random, TOKEN_ID_BYTES),
    issuedAt,
    expiresAt: issuedAt + seconds * 1000,
  })
  const accessToken = await texts.seal(text)
  const stored = ownMembers({ ...text, audience: forWhom, hash: context.hash(accessToken) })
  await storeToken(text, tags, toStoredToken(grant, stored), context)
  const isEnded = hasMoved(endedBefore, await marks.read(tags))
  host.emit('opaque_token.issued', { subject, tokenId: text.tokenId, ...frame })
  if (isEnded) await removeToken(text.tokenId, undefined, context)
  return Object.freeze({
    accessToken,
    tokenType: Object.hasOwn(grant.confirmation ?? {}, 'jkt') ? 'DPoP' : 'Bearer',
    tokenId: text.tokenId,
    issuedAt,
    expiresAt: text.expiresAt,
    expiresInSeconds: seconds,
  })
}

async function storeToken(
  { tokenId, expiresAt }: OpaqueTokenText,
  tags: readonly string[],
  value: JsonObject,
  { host, documents }: OpaqueTokenContext,
): Promise<void> {
  const { outcome } = await documents.put({
    namespace: NAMESPACE,
    id: tokenId,
    tags,
    value,
    expectedVersion: 0,
    expiresAt,
    writeId: randomText(host.random, 16),
    now: host.clock(),
  })
  // 128 random bits are never the same twice
  if (outcome !== 'stored') throw new StoreError('store_record_invalid')
}

async function verifyOpaqueToken(
  token: unknown,
  demands: VerifyOpaqueTokenOptions,
  context: OpaqueTokenContext,
): Promise<OpaqueTokenPrincipal> {
  const { host, cache } = context
  const text = await context.texts.open(token)
  if (host.clock() >= text.expiresAt) throw new InvalidTokenError('token_expired')
  const known = cache.find(text.tokenId)
  const [record, isRevoked] = await Promise.all([
    known ?? cache.load(text.tokenId, () => findRecord(text, context)),
    host.grants.isRevoked(text),
  ])
  return host.grants.accept(acceptRecord(String(token), record, isRevoked, context), demands)
}

async function introspectOpaqueToken(
  token: unknown,
  context: OpaqueTokenContext,
): Promise<OpaqueTokenPrincipal | undefined> {
  const { host } = context
  try {
    const text = await context.texts.open(token)
    if (host.clock() >= text.expiresAt) return undefined
    const [record, isRevoked] = await Promise.all([findRecord(text, context), host.grants.isRevoked(text)])
    return await host.grants.report(acceptRecord(String(token), record, isRevoked, context))
  } catch (error) {
    if (error instanceof InvalidTokenError) return undefined
    throw error
  }
}

async function findRecord(
  { tokenId }: OpaqueTokenText,
  { host, documents }: OpaqueTokenContext,
): Promise<OpaqueTokenRecord | undefined> {
  const found = await documents.find({ namespace: NAMESPACE, id: tokenId, now: host.clock() })
  return found && parseStoredToken(found)
}

/** The tag says that there was such a token and its time has not come: where its record is gone, it was revoked. */
function acceptRecord(
  token: string,
  record: OpaqueTokenRecord | undefined,
  isRevoked: boolean,
  { hash }: OpaqueTokenContext,
): OpaqueTokenRecord['principal'] {
  if (record === undefined || isRevoked) throw new InvalidTokenError('token_revoked')
  // both are hashes of texts whose tag was verified: how long comparing takes tells nothing about a token
  if (record.hash !== hash(token)) throw new InvalidTokenError('token_signature_invalid')
  return record.principal
}

async function revokeOpaqueToken(
  token: unknown,
  clientId: string | undefined,
  context: OpaqueTokenContext,
): Promise<{ readonly found: boolean }> {
  try {
    const text = await context.texts.open(token)
    if (clientId !== undefined && clientId !== text.clientId) return { found: false }
    return await removeToken(text.tokenId, undefined, context)
  } catch (error) {
    // RFC 7009 section 2.2: an invalid token needs no revocation
    if (error instanceof InvalidTokenError) return { found: false }
    throw error
  }
}

async function removeToken(
  id: string,
  tag: string | undefined,
  { host, documents, cache }: OpaqueTokenContext,
): Promise<{ readonly found: boolean }> {
  const command = { namespace: NAMESPACE, id, now: host.clock(), ...(tag !== undefined && { tag }) }
  const { outcome } = await documents.remove(command)
  cache.clear()
  const found = outcome === 'removed'
  if (found) host.emit('opaque_token.revoked', { tokenId: id })
  return { found }
}

async function revokeAll(
  owner: OpaqueTokenOwner,
  { host, documents, cache, marks }: OpaqueTokenContext,
): Promise<{ readonly count: number }> {
  const [[name, id], second] = readOwner(owner)
  if (second !== undefined) throw ownerProblem()
  const tag = OWNER_TAGS[name](validateText(id, name, 255))
  await marks.move(tag)
  const { removed } = await documents.removeAll({ namespace: NAMESPACE, tag, now: host.clock() })
  cache.clear()
  host.emit('opaque_token.all_revoked', { [name]: id, count: removed })
  return { count: removed }
}

type Owner = readonly [keyof typeof OWNER_TAGS, string]

function readOwner(owner: object): readonly [Owner, Owner?] {
  const names = ['subject', 'clientId', 'sessionId'] as const
  const own = new Map<string, unknown>(Object.entries(owner))
  const [first, second] = names.flatMap((name): readonly Owner[] => {
    const id = own.get(name)
    return id === undefined ? [] : [[name, String(id)]]
  })
  if (first === undefined) throw ownerProblem()
  return second === undefined ? [first] : [first, second]
}

function ownerProblem(): InvalidRequestError {
  return new InvalidRequestError('argument_invalid', {
    detail: 'Whose tokens are to be ended: exactly one of subject, clientId and sessionId.',
  })
}

function validateLifetime(seconds: unknown, maximum: number): number {
  if (typeof seconds === 'number' && Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= maximum) {
    return seconds
  }
  throw new InvalidRequestError('argument_invalid', {
    detail: `expiresInSeconds must be a whole number from 1 to ${maximum}.`,
  })
}

async function reportRefusal<Result>({ emit }: TokenHost, verify: () => Promise<Result>): Promise<Result> {
  try {
    return await verify()
  } catch (error) {
    if (error instanceof AuthError) emit('credential.refused', { method: 'opaque_token', code: error.code })
    throw error
  }
}
