import type { JsonObject, OneTimeKey, OneTimeStore } from '@authcore/core/ports'
import { assertCounts, assertInstants, assertObjects, assertStrings } from '@authcore/core/ports'
import { toJsonText } from '../arguments/to-json-text.js'
import type { RedisConnection } from '../client/redis-connection.js'
import { encodeKeyText } from '../records/key-text.js'
import { isJsonObject } from '../records/shapes.js'
import { damaged, parseJson, toTexts } from '../records/stored-fields.js'
import { PUT_ONCE, RESERVE_ONCE, TAKE_ONCE } from '../scripts/one-time-scripts.js'

/** Keeps values that count once in Redis: one hash each. */
export class RedisOneTimeStore implements OneTimeStore {
  readonly #redis: RedisConnection

  /** @param redis what {@link connectRedis} returns */
  constructor(redis: RedisConnection) {
    this.#redis = redis
  }

  async reserve({
    namespace,
    key,
    holder,
    expiresAt,
    now,
  }: OneTimeKey & {
    readonly holder: string
    readonly expiresAt: number
    readonly now: number
  }): Promise<{ readonly outcome: 'reserved' | 'taken' }> {
    assertStrings({ namespace, key, holder })
    assertInstants({ expiresAt, now })
    const args = [...this.#time(now), encodeKeyText(holder), String(expiresAt)]
    const outcome = await this.#redis.run(RESERVE_ONCE, [this.#redis.keys.oneTime(namespace, key)], args)
    if (outcome === 'reserved' || outcome === 'taken') return { outcome }
    throw damaged('an outcome that is not known')
  }

  async put({
    namespace,
    key,
    value,
    expiresAt,
    now,
  }: OneTimeKey & {
    readonly value: JsonObject
    readonly expiresAt: number
    readonly now: number
  }): Promise<{ readonly outcome: 'stored' | 'exists' }> {
    assertStrings({ namespace, key })
    assertInstants({ expiresAt, now })
    assertObjects({ value })
    const args = [...this.#time(now), toJsonText(value), String(expiresAt)]
    const outcome = await this.#redis.run(PUT_ONCE, [this.#redis.keys.oneTime(namespace, key)], args)
    if (outcome === 'stored' || outcome === 'exists') return { outcome }
    throw damaged('an outcome that is not known')
  }

  async take({
    namespace,
    key,
    holder,
    now,
  }: OneTimeKey & { readonly holder: string; readonly now: number }): Promise<
    { readonly outcome: 'taken'; readonly value: JsonObject } | { readonly outcome: 'not_found' }
  > {
    assertStrings({ namespace, key, holder })
    assertInstants({ now })
    const args = [...this.#time(now), encodeKeyText(holder)]
    const [outcome, value] = toTexts(
      await this.#redis.run(TAKE_ONCE, [this.#redis.keys.oneTime(namespace, key)], args),
    )
    if (outcome === 'not_found') return { outcome }
    if (outcome !== 'taken' || value === undefined) throw damaged('an outcome that is not known')
    return { outcome, value: parseJson(value, 'value', isJsonObject) }
  }

  /** Redis deletes by itself what has expired. */
  async sweep({ now, limit }: { readonly now: number; readonly limit: number }): Promise<{
    readonly removed: number
  }> {
    assertInstants({ now })
    assertCounts({ limit })
    return { removed: 0 }
  }

  #time(now: number): readonly [string, string] {
    return [String(now), this.#redis.expiryMargin]
  }
}
