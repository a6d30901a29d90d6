import type {
  ApiKeyPatch,
  ApiKeyRecord,
  ApiKeyStore,
  ConsumeApiKeyUseOutcome,
  RotateApiKeyCommand,
  RotateApiKeyOutcome,
} from '../ports/api-key-store.js'
import {
  assertCounts,
  assertInstants,
  assertObjects,
  assertOptionalCounts,
  assertOptionalInstants,
  assertOptionalRateLimits,
  assertOptionalStrings,
  assertStringLists,
  assertStrings,
} from '../ports/assert-arguments.js'
import { ExpiringMap } from './expiring-map.js'
import { freezeRecord } from './freeze-record.js'
import { type MemoryStoreOptions, parseMaxEntries } from './max-entries.js'
import { NewestFirstIndex } from './newest-first-index.js'

/** Keeps API keys in the memory of one process. */
export class MemoryApiKeyStore implements ApiKeyStore {
  readonly #apiKeys: ExpiringMap<ApiKeyRecord>
  readonly #byOwner = new NewestFirstIndex()

  /** @throws {ConfigError} `config_invalid` when `maxEntries` is not a positive integer */
  constructor(options: MemoryStoreOptions = {}) {
    this.#apiKeys = new ExpiringMap({
      maxEntries: parseMaxEntries(options),
      onDelete: apiKey => this.#byOwner.delete(apiKey.ownerId, apiKey),
    })
  }

  async insert({ apiKey, now }: { readonly apiKey: ApiKeyRecord; readonly now: number }): Promise<void> {
    const record = freezeRecord<ApiKeyRecord>(apiKey)
    assertApiKey(record)
    assertInstants({ now })
    if (now >= toExpiresAt(record) || this.#apiKeys.find(record.id, now) !== undefined) return
    this.#add(record, now)
  }

  async find({ id, now }: { readonly id: string; readonly now: number }): Promise<ApiKeyRecord | undefined> {
    assertStrings({ id })
    assertInstants({ now })
    return this.#apiKeys.find(id, now)
  }

  async consumeUse({
    id,
    now,
  }: {
    readonly id: string
    readonly now: number
  }): Promise<ConsumeApiKeyUseOutcome> {
    assertStrings({ id })
    assertInstants({ now })
    const apiKey = this.#apiKeys.find(id, now)
    if (apiKey?.remainingUses === undefined || !isUsable(apiKey, now)) return { outcome: 'refused' }
    if (apiKey.remainingUses === 0) return { outcome: 'exhausted' }
    const remainingUses = apiKey.remainingUses - 1
    this.#replace({ ...apiKey, remainingUses })
    return { outcome: 'consumed', remainingUses }
  }

  async rotate(command: RotateApiKeyCommand): Promise<RotateApiKeyOutcome> {
    const { id, overlapExpiresAt, now, ownerId, scopeWithin } = command
    const successor = freezeRecord<RotateApiKeyCommand['successor']>(command.successor)
    assertStrings({ id, 'successor.id': successor.id, hash: successor.hash, secretId: successor.secretId })
    assertOptionalStrings({ ownerId })
    if (scopeWithin !== undefined) assertStringLists({ scopeWithin })
    assertInstants({ now, overlapExpiresAt })
    assertOptionalInstants({ expiresAt: successor.expiresAt })

    const apiKey = this.#findOwned(id, ownerId, now)
    if (apiKey === undefined) return { outcome: 'not_found' }
    if (apiKey.revokedAt !== undefined) return { outcome: 'revoked' }
    if (scopeWithin !== undefined && !apiKey.scope.every(value => scopeWithin.includes(value))) {
      return { outcome: 'scope_exceeded' }
    }
    if (apiKey.successorId !== undefined) return this.#repeatRotation(apiKey, successor.id, now)
    // two random ids never meet; a caller that reuses one would overwrite a key that is in use
    if (this.#apiKeys.find(successor.id, now) !== undefined) throw new Error('successor.id is in use.')

    const added = toSuccessor(apiKey, successor, now)
    this.#add(added, now)
    const replaced = this.#replace(toPredecessor(apiKey, successor.id, overlapExpiresAt))
    return { outcome: 'rotated', predecessor: replaced, successor: added }
  }

  async revoke({
    id,
    now,
    ownerId,
  }: {
    readonly id: string
    readonly now: number
    readonly ownerId?: string
  }): Promise<{ readonly found: boolean }> {
    assertStrings({ id })
    assertOptionalStrings({ ownerId })
    assertInstants({ now })
    const apiKey = this.#findOwned(id, ownerId, now)
    if (apiKey === undefined) return { found: false }
    if (apiKey.revokedAt === undefined) this.#replace({ ...apiKey, revokedAt: now })
    return { found: true }
  }

  async update({
    id,
    patch,
    now,
    ownerId,
  }: {
    readonly id: string
    readonly patch: ApiKeyPatch
    readonly now: number
    readonly ownerId?: string
  }): Promise<ApiKeyRecord | undefined> {
    assertStrings({ id })
    assertOptionalStrings({ ownerId })
    assertInstants({ now })
    const changes = freezeRecord<ApiKeyPatch>(patch)
    assertPatch(changes)
    const apiKey = this.#findOwned(id, ownerId, now)
    if (apiKey === undefined || apiKey.revokedAt !== undefined) return undefined
    return this.#replace(applyPatch(apiKey, changes, now))
  }

  async list({
    ownerId,
    now,
    limit,
  }: {
    readonly ownerId: string
    readonly now: number
    readonly limit: number
  }): Promise<readonly ApiKeyRecord[]> {
    assertStrings({ ownerId })
    assertInstants({ now })
    assertCounts({ limit })
    const apiKeys: ApiKeyRecord[] = []
    if (limit === 0) return apiKeys
    for (const id of this.#byOwner.ids(ownerId)) {
      const apiKey = this.#apiKeys.find(id, now)
      if (apiKey !== undefined && apiKeys.push(apiKey) === limit) break
    }
    return apiKeys
  }

  async touch({
    uses,
    now,
  }: {
    readonly uses: readonly { readonly id: string; readonly lastUsedAt: number }[]
    readonly now: number
  }): Promise<void> {
    assertInstants({ now })
    const checked = uses.map(({ id, lastUsedAt }) => ({ id, lastUsedAt }))
    for (const { id, lastUsedAt } of checked) {
      assertStrings({ id })
      assertInstants({ lastUsedAt })
    }
    for (const { id, lastUsedAt } of checked) {
      const apiKey = this.#apiKeys.find(id, now)
      if (apiKey === undefined || lastUsedAt <= (apiKey.lastUsedAt ?? Number.NEGATIVE_INFINITY)) continue
      this.#replace({ ...apiKey, lastUsedAt })
    }
  }

  async sweep({
    now,
    limit,
  }: {
    readonly now: number
    readonly limit: number
  }): Promise<{ readonly removed: number }> {
    assertInstants({ now })
    assertCounts({ limit })
    return { removed: this.#apiKeys.sweep(now, limit) }
  }

  #findOwned(id: string, ownerId: string | undefined, now: number): ApiKeyRecord | undefined {
    const apiKey = this.#apiKeys.find(id, now)
    return ownerId === undefined || apiKey?.ownerId === ownerId ? apiKey : undefined
  }

  #repeatRotation(predecessor: ApiKeyRecord, successorId: string, now: number): RotateApiKeyOutcome {
    const successor =
      predecessor.successorId === successorId ? this.#apiKeys.find(successorId, now) : undefined
    if (successor === undefined) return { outcome: 'already_rotated' }
    return { outcome: 'rotated', predecessor, successor }
  }

  #add(apiKey: ApiKeyRecord, now: number): void {
    this.#apiKeys.set(apiKey.id, apiKey, toExpiresAt(apiKey), now)
    this.#byOwner.add(apiKey.ownerId, apiKey)
  }

  #replace(apiKey: ApiKeyRecord): ApiKeyRecord {
    // what is nested is frozen already
    const record = Object.freeze(apiKey)
    this.#apiKeys.replace(record.id, record, toExpiresAt(record))
    return record
  }
}

function toExpiresAt({ expiresAt = Number.POSITIVE_INFINITY }: ApiKeyRecord): number {
  return expiresAt
}

function isUsable({ notBeforeAt, disabledAt, revokedAt }: ApiKeyRecord, now: number): boolean {
  return (
    disabledAt === undefined && revokedAt === undefined && (notBeforeAt === undefined || now >= notBeforeAt)
  )
}

function toSuccessor(
  predecessor: ApiKeyRecord,
  { id, hash, secretId, expiresAt }: RotateApiKeyCommand['successor'],
  now: number,
): ApiKeyRecord {
  const sameLifetime =
    predecessor.expiresAt === undefined ? undefined : now + (predecessor.expiresAt - predecessor.createdAt)
  return freezeRecord<ApiKeyRecord>({
    id,
    ownerId: predecessor.ownerId,
    name: predecessor.name,
    environment: predecessor.environment,
    hash,
    secretId,
    scope: predecessor.scope,
    metadata: predecessor.metadata,
    lineageId: predecessor.lineageId,
    successorId: undefined,
    createdAt: now,
    notBeforeAt: predecessor.notBeforeAt,
    expiresAt: expiresAt ?? sameLifetime,
    disabledAt: predecessor.disabledAt,
    revokedAt: undefined,
    lastUsedAt: undefined,
    remainingUses: predecessor.remainingUses,
    rateLimit: predecessor.rateLimit,
  })
}

function toPredecessor(apiKey: ApiKeyRecord, successorId: string, overlapExpiresAt: number): ApiKeyRecord {
  const expiresAt = Math.min(toExpiresAt(apiKey), overlapExpiresAt)
  // the uses moved to the successor; kept on both, rotating would double them
  const uses = apiKey.remainingUses === undefined ? {} : { remainingUses: 0 }
  return { ...apiKey, ...uses, successorId, expiresAt }
}

function applyPatch(apiKey: ApiKeyRecord, patch: ApiKeyPatch, now: number): ApiKeyRecord {
  return freezeRecord<ApiKeyRecord>({
    ...apiKey,
    name: patch.name ?? apiKey.name,
    scope: patch.scope ?? apiKey.scope,
    metadata: patch.metadata ?? apiKey.metadata,
    expiresAt: applyLimit(apiKey.expiresAt, patch.expiresAt),
    notBeforeAt: applyLimit(apiKey.notBeforeAt, patch.notBeforeAt),
    remainingUses: applyLimit(apiKey.remainingUses, patch.remainingUses),
    rateLimit: applyLimit(apiKey.rateLimit, patch.rateLimit),
    disabledAt: applyDisabled(apiKey.disabledAt, patch.disabled, now),
  })
}

function applyLimit<Limit>(current: Limit | undefined, change: Limit | null | undefined): Limit | undefined {
  if (change === null) return undefined
  return change ?? current
}

function applyDisabled(
  current: number | undefined,
  disabled: boolean | undefined,
  now: number,
): number | undefined {
  if (disabled === undefined) return current
  return disabled ? (current ?? now) : undefined
}

function assertApiKey(apiKey: ApiKeyRecord): void {
  const { id, ownerId, name, environment, hash, secretId, lineageId, successorId, createdAt } = apiKey
  const { notBeforeAt, expiresAt, disabledAt, revokedAt, lastUsedAt, remainingUses } = apiKey
  assertStrings({ id, ownerId, name, environment, hash, secretId, lineageId })
  assertOptionalStrings({ successorId })
  assertStringLists({ scope: apiKey.scope })
  assertObjects({ metadata: apiKey.metadata })
  assertInstants({ createdAt })
  assertOptionalInstants({ notBeforeAt, expiresAt, disabledAt, revokedAt, lastUsedAt })
  assertOptionalCounts({ remainingUses })
  assertOptionalRateLimits({ rateLimit: apiKey.rateLimit })
}

function assertPatch({ name, scope, metadata, disabled, ...limits }: ApiKeyPatch): void {
  assertOptionalStrings({ name })
  if (scope !== undefined) assertStringLists({ scope })
  if (metadata !== undefined) assertObjects({ metadata })
  if (disabled !== undefined && typeof disabled !== 'boolean')
    throw new TypeError('disabled must be a boolean.')
  const { expiresAt, notBeforeAt, remainingUses, rateLimit } = limits
  assertOptionalInstants({ expiresAt: expiresAt ?? undefined, notBeforeAt: notBeforeAt ?? undefined })
  assertOptionalCounts({ remainingUses: remainingUses ?? undefined })
  assertOptionalRateLimits({ rateLimit: rateLimit ?? undefined })
}
