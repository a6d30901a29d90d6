import type {
  ApiKeyPatch,
  ApiKeyRecord,
  ApiKeyStore,
  ConsumeApiKeyUseOutcome,
  RotateApiKeyCommand,
  RotateApiKeyOutcome,
} from '@authcore/core/ports'
import {
  assertCounts,
  assertInstants,
  assertLists,
  assertObjects,
  assertOptionalInstants,
  assertOptionalStrings,
  assertStringLists,
  assertStrings,
} from '@authcore/core/ports'
import type { RedisConnection } from '../client/redis-connection.js'
import { readApiKey, toApiKeyArguments, toPatchArguments } from '../records/api-key-fields.js'
import { decodeKeyText, encodeKeyText } from '../records/key-text.js'
import { damaged, parseNumber, toList, toStoredFields, toTexts } from '../records/stored-fields.js'
import {
  CONSUME_API_KEY_USE,
  FIND_API_KEY,
  INSERT_API_KEY,
  INSERT_NAMED_API_KEY,
  LIST_API_KEYS,
  LIST_NAMED_API_KEYS,
  NAME_API_KEY,
  REVOKE_API_KEY,
  ROTATE_API_KEY,
  TOUCH_API_KEYS,
  UPDATE_API_KEY,
} from '../scripts/api-key-scripts.js'
import { collectNewest, mapInBatches, newestFirst } from './collect.js'
import { rotateApiKeyInCluster, toRotationArguments } from './rotate-api-key-in-cluster.js'

/**
 * Keeps API keys in Redis. A key is one hash, found by its id alone; the index of its owner names ids.
 * In a cluster, where the two stand in different slots, the index is written first, so it always names at least what
 * there is.
 */
export class RedisApiKeyStore implements ApiKeyStore {
  readonly #redis: RedisConnection

  /** @param redis what {@link connectRedis} returns */
  constructor(redis: RedisConnection) {
    this.#redis = redis
  }

  async insert({ apiKey, now }: { readonly apiKey: ApiKeyRecord; readonly now: number }): Promise<void> {
    const fields = toApiKeyArguments(apiKey)
    assertInstants({ now })
    if (now >= toExpiry(apiKey)) return
    const { keys, isCluster } = this.#redis
    const key = keys.apiKey(apiKey.id)
    const time = this.#time(now)
    const expiresAt = toExpiryArgument(apiKey.expiresAt)
    if (!isCluster) {
      const { created, expiry } = keys.owner(apiKey.ownerId)
      const args = [...time, encodeKeyText(apiKey.id), String(-apiKey.createdAt), expiresAt, ...fields]
      await this.#redis.run(INSERT_API_KEY, [key, created, expiry], args)
      return
    }
    await this.#name(apiKey.ownerId, apiKey.id, apiKey.createdAt, expiresAt, now)
    await this.#redis.run(INSERT_NAMED_API_KEY, [key], [...time, expiresAt, ...fields])
  }

  async find({ id, now }: { readonly id: string; readonly now: number }): Promise<ApiKeyRecord | undefined> {
    assertStrings({ id })
    assertInstants({ now })
    const fields = toStoredFields(await this.#redis.run(FIND_API_KEY, [this.#redis.keys.apiKey(id)], []))
    if (fields.size === 0) return undefined
    const apiKey = readApiKey(fields, id)
    return now >= toExpiry(apiKey) ? undefined : apiKey
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
    const key = this.#redis.keys.apiKey(id)
    const [outcome, remainingUses] = toTexts(
      await this.#redis.run(CONSUME_API_KEY_USE, [key], [...this.#time(now)]),
    )
    if (outcome === 'refused' || outcome === 'exhausted') return { outcome }
    if (outcome !== 'consumed' || remainingUses === undefined) throw damaged('an outcome that is not known')
    return { outcome, remainingUses: parseNumber(remainingUses, 'remainingUses') }
  }

  async rotate(command: RotateApiKeyCommand): Promise<RotateApiKeyOutcome> {
    assertRotation(command)
    if (this.#redis.isCluster) {
      return rotateApiKeyInCluster(this.#redis, command, {
        find: id => this.find({ id, now: command.now }),
        name: (ownerId, expiresAt) =>
          this.#name(ownerId, command.successor.id, command.now, toExpiryArgument(expiresAt), command.now),
      })
    }
    const { id, successor } = command
    const { keys } = this.#redis
    const key = keys.apiKey(id)
    const args = [
      ...toRotationArguments(command, this.#redis.expiryMargin, encodeKeyText(id)),
      keys.suffixLength(key),
    ]
    const reply = await this.#redis.run(ROTATE_API_KEY, [key, keys.apiKey(successor.id)], args)
    const [outcome, predecessor, added] = toList(reply)
    switch (outcome) {
      case 'rotated':
        return {
          outcome,
          predecessor: readApiKey(toStoredFields(predecessor), id),
          successor: readApiKey(toStoredFields(added), successor.id),
        }
      case 'already_rotated':
      case 'scope_exceeded':
      case 'revoked':
      case 'not_found':
        return { outcome }
      case 'in_use':
        // two random ids never meet; a caller that reuses one would overwrite a key that is in use
        throw new Error('successor.id is in use.')
      default:
        throw damaged('an outcome that is not known')
    }
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
    const args = [...this.#time(now), toOwnerArgument(ownerId)]
    return { found: (await this.#redis.run(REVOKE_API_KEY, [this.#redis.keys.apiKey(id)], args)) === 1 }
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
    const changes = toPatchArguments(patch)
    const { keys, isCluster } = this.#redis
    if (isCluster && patch.expiresAt !== undefined) {
      const apiKey = await this.find({ id, now })
      if (apiKey === undefined) return undefined
      // the name first: a key that lives longer than its name would be missing from the list
      await this.#name(
        apiKey.ownerId,
        id,
        apiKey.createdAt,
        toExpiryArgument(patch.expiresAt ?? undefined),
        now,
      )
    }
    const key = keys.apiKey(id)
    const args = [
      ...this.#time(now),
      toOwnerArgument(ownerId),
      isCluster ? '' : keys.suffixLength(key),
      patch.disabled === undefined ? '' : String(Number(patch.disabled)),
      encodeKeyText(id),
      ...changes,
    ]
    const fields = toStoredFields(await this.#redis.run(UPDATE_API_KEY, [key], args))
    return fields.size === 0 ? undefined : readApiKey(fields, id)
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
    if (limit === 0) return []
    const { keys, isCluster } = this.#redis
    const { created } = keys.owner(ownerId)
    if (isCluster) return this.#listNamed(created, { ownerId, now, limit })
    const reply = await this.#redis.run(
      LIST_API_KEYS,
      [created],
      [...this.#time(now), keys.suffixLength(created), 'api-key:{', encodeKeyText(ownerId), String(limit)],
    )
    const listed = toList(reply).map(item => {
      const [member, fields] = toList(item)
      return readApiKey(toStoredFields(fields), toId(member))
    })
    return listed.sort(newestFirst)
  }

  async touch({
    uses,
    now,
  }: {
    readonly uses: readonly { readonly id: string; readonly lastUsedAt: number }[]
    readonly now: number
  }): Promise<void> {
    assertInstants({ now })
    assertLists({ uses })
    for (const { id, lastUsedAt } of uses) {
      assertStrings({ id })
      assertInstants({ lastUsedAt })
    }
    if (uses.length === 0) return
    const { keys, isCluster } = this.#redis
    const touch = (some: typeof uses) =>
      this.#redis.run(
        TOUCH_API_KEYS,
        some.map(({ id }) => keys.apiKey(id)),
        [...this.#time(now), ...some.map(({ lastUsedAt }) => String(lastUsedAt))],
      )
    if (isCluster) await mapInBatches(uses, use => touch([use]))
    else await touch(uses)
  }

  /** Redis deletes by itself what has expired, and writing to an index deletes what it names too long. */
  async sweep({ now, limit }: { readonly now: number; readonly limit: number }): Promise<{
    readonly removed: number
  }> {
    assertInstants({ now })
    assertCounts({ limit })
    return { removed: 0 }
  }

  #name(ownerId: string, id: string, createdAt: number, expiresAt: string, now: number): Promise<unknown> {
    const { created, expiry } = this.#redis.keys.owner(ownerId)
    const args = [...this.#time(now), encodeKeyText(id), String(-createdAt), expiresAt]
    return this.#redis.run(NAME_API_KEY, [created, expiry], args)
  }

  #listNamed(
    created: string,
    { ownerId, now, limit }: { readonly ownerId: string; readonly now: number; readonly limit: number },
  ): Promise<readonly ApiKeyRecord[]> {
    return collectNewest<ApiKeyRecord>(limit, {
      members: async (first, last) =>
        toTexts(await this.#redis.run(LIST_NAMED_API_KEYS, [created], [String(first), String(last)])),
      find: async member => {
        const apiKey = await this.find({ id: toId(member), now })
        return apiKey?.ownerId === ownerId ? apiKey : undefined
      },
    })
  }

  #time(now: number): readonly [string, string] {
    return [String(now), this.#redis.expiryMargin]
  }
}

function assertRotation(command: RotateApiKeyCommand): void {
  const { id, successor, overlapExpiresAt, now, ownerId, scopeWithin } = command
  if (scopeWithin !== undefined) assertStringLists({ scopeWithin })
  assertObjects({ successor })
  assertStrings({ id, 'successor.id': successor.id, hash: successor.hash, secretId: successor.secretId })
  assertOptionalStrings({ ownerId })
  assertInstants({ now, overlapExpiresAt })
  assertOptionalInstants({ expiresAt: successor.expiresAt })
}

function toExpiry({ expiresAt = Number.POSITIVE_INFINITY }: ApiKeyRecord): number {
  return expiresAt
}

function toExpiryArgument(expiresAt: number | undefined): string {
  return expiresAt === undefined ? 'inf' : String(expiresAt)
}

function toOwnerArgument(ownerId: string | undefined): string {
  return ownerId === undefined ? '' : encodeKeyText(ownerId)
}

function toId(member: unknown): string {
  const id = typeof member === 'string' ? decodeKeyText(member) : undefined
  if (id === undefined) throw damaged('a member of an index')
  return id
}
