import type { SigningKeyRecord, SigningKeyRing, SigningKeyStore } from '@authcore/core/ports'
import {
  assertCounts,
  assertInstants,
  assertLists,
  assertObjects,
  assertOptionalInstants,
  assertStrings,
} from '@authcore/core/ports'
import { toJsonText } from '../arguments/to-json-text.js'
import type { RedisConnection } from '../client/redis-connection.js'
import { hasMembers, isJsonObject, isNumber, isOptional, isString } from '../records/shapes.js'
import { damaged, parseJson, parseNumber, toTexts } from '../records/stored-fields.js'
import { READ_RING, REPLACE_RING } from '../scripts/signing-key-scripts.js'

/** Keeps the ring of signing keys in Redis: one hash, without an expiry. */
export class RedisSigningKeyStore implements SigningKeyStore {
  readonly #redis: RedisConnection

  /** @param redis what {@link connectRedis} returns */
  constructor(redis: RedisConnection) {
    this.#redis = redis
  }

  async read({ now }: { readonly now: number }): Promise<SigningKeyRing> {
    assertInstants({ now })
    const reply = await this.#redis.run(READ_RING, [this.#redis.keys.signingKeys], [])
    const [version, keys] = toTexts(reply)
    if (version === '' && keys === '') return Object.freeze({ version: 0, keys: Object.freeze([]) })
    if (version === undefined || keys === undefined) throw damaged('the ring')
    return Object.freeze({ version: parseVersion(version), keys: parseJson(keys, 'keys', isRing) })
  }

  async replace({
    expectedVersion,
    keys,
    now,
  }: {
    readonly expectedVersion: number
    readonly keys: readonly SigningKeyRecord[]
    readonly now: number
  }): Promise<{ readonly outcome: 'replaced' | 'conflict' }> {
    assertCounts({ expectedVersion })
    assertInstants({ now })
    assertLists({ keys })
    for (const key of keys) assertSigningKey(key)
    const args = [String(expectedVersion), String(expectedVersion + 1), toJsonText(keys)]
    const outcome = await this.#redis.run(REPLACE_RING, [this.#redis.keys.signingKeys], args)
    if (outcome === 'replaced' || outcome === 'conflict') return { outcome }
    throw damaged('an outcome that is not known')
  }
}

function parseVersion(text: string): number {
  const version = parseNumber(text, 'version')
  if (Number.isSafeInteger(version) && version > 0) return version
  throw damaged('version')
}

function isRing(value: unknown): value is readonly SigningKeyRecord[] {
  return Array.isArray(value) && value.every(isSigningKey)
}

function isSigningKey(value: unknown): boolean {
  return (
    isJsonObject(value) &&
    hasMembers(value, {
      kid: isString,
      algorithm: isString,
      publicJwk: isOptional(isJsonObject),
      sealedPrivateJwk: isString,
      secretId: isString,
      announcedAt: isNumber,
      activatesAt: isNumber,
      withdrawnAt: isOptional(isNumber),
    })
  )
}

function assertSigningKey(key: SigningKeyRecord): void {
  assertObjects({ key })
  const { kid, algorithm, sealedPrivateJwk, secretId, announcedAt, activatesAt, withdrawnAt, publicJwk } = key
  assertStrings({ kid, algorithm, sealedPrivateJwk, secretId })
  assertInstants({ announcedAt, activatesAt })
  assertOptionalInstants({ withdrawnAt })
  if (publicJwk !== undefined) assertObjects({ publicJwk })
}
