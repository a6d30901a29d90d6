import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisStores } from '../src/index.js'
import { createKeySpace } from '../src/records/key-space.js'
import { decodeKeyText, encodeKeyText } from '../src/records/key-text.js'
import { apiKeyRecord, putCommand, START, sessionRecord } from './support/fixtures.js'
import { OPERATIONS, prepare } from './support/operations.js'
import { findPlace, type TestPlace } from './support/servers.js'

const text = fc.string({ unit: 'binary' })

describe('the text of a key', () => {
  it('is readable for ordinary ids', () => {
    expect(encodeKeyText('dGVzdC1pZA_-')).toBe('dGVzdC1pZA_-')
    expect(encodeKeyText('ada@example.com')).toBe('ada@example.com')
    expect(encodeKeyText('')).toBe('%')
    expect(encodeKeyText('{a}:*')).toBe('%007ba%007d%003a%002a')
  })

  it('holds nothing that means something in a slot, a key or a pattern, and can be read back', () => {
    fc.assert(
      fc.property(text, id => {
        const encoded = encodeKeyText(id)
        expect(encoded).toMatch(/^[\w.@~%-]+$/)
        expect(decodeKeyText(encoded)).toBe(id)
      }),
    )
  })

  it('is never the same for two texts', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(encodeKeyText(one) === encodeKeyText(other)).toBe(one === other)
      }),
    )
  })

  it('is refused when nothing wrote it', () => {
    for (const encoded of ['', 'a b', '%12', '%0061', '%%', 'a%', '%00FF', 'é']) {
      expect(decodeKeyText(encoded)).toBeUndefined()
    }
  })

  it('puts a session, its mark and nothing else of the id outside of the braces', () => {
    const keys = createKeySpace('p')
    expect(keys.session('{x}')).toBe('p:session:{%007bx%007d}')
    expect(keys.revocation('session', '{x}')).toBe('p:revoked:session:{%007bx%007d}')
    expect(keys.oneTime('a:b', 'c')).toBe('p:one-time:{a%003ab:c}')
    expect(keys.oneTime('a', 'b:c')).toBe('p:one-time:{a:b%003ac}')
  })
})

describe('what stands in Redis', () => {
  let place: TestPlace
  let client: Redis
  let count = 0
  const nextPrefix = () => {
    count += 1
    return `${place.prefix}:${count}`
  }

  beforeAll(async () => {
    const found = await findPlace()
    if ('missing' in found) throw new Error(found.missing)
    place = found
    client = new Redis(place.ports[0] ?? 0)
  })
  afterAll(async () => {
    client.disconnect()
    await place.leave()
  })

  async function lifetimes(prefix: string): Promise<Record<string, number>> {
    const keys = await client.keys(`${prefix}:*`)
    const pairs = keys.map(async key => [key.slice(prefix.length + 1), await client.pttl(key)] as const)
    return Object.fromEntries(await Promise.all(pairs))
  }

  it('expires by itself, all but what lasts', async () => {
    const prefix = nextPrefix()
    const stores = redisStores(client, { prefix })
    await prepare(stores)
    for (const call of Object.values(OPERATIONS)) await call(stores)
    await stores.oneTime.reserve({
      namespace: 'n',
      key: 'k',
      holder: 'h',
      expiresAt: START + 9000,
      now: START,
    })
    await stores.rateLimits.take({ key: 'k', limit: 5, windowSeconds: 60, cost: 1, now: START })
    const lasting = Object.entries(await lifetimes(prefix))
      .filter(([, lifetime]) => lifetime < 0)
      .map(([key]) => key)
    // API keys and documents without an expiry, the indexes that name them, and the ring
    expect(lasting.sort()).toEqual([
      'api-key:{live_2}',
      'api-key:{live_3}',
      'api-key:{live_9}',
      'api-key:{new}',
      'document:{factor:document-2}',
      'owner:{owner-1}:created',
      'owner:{owner-1}:expiry',
      'signing-keys',
      'tagged:{factor:other}:created',
      'tagged:{factor:other}:expiry',
    ])
  })

  it('outlives its expiry by the margin, counted from the time of the caller', async () => {
    const prefix = nextPrefix()
    const { sessions, oneTime } = redisStores(client, { prefix, expiryMarginSeconds: 100 })
    await sessions.insert({ session: sessionRecord({ idleExpiresAt: START + 60_000 }), now: START })
    await oneTime.reserve({ namespace: 'n', key: 'k', holder: 'h', expiresAt: START + 5000, now: START })
    const before = await lifetimes(prefix)
    expect(before['session:{session-1}']).toBeGreaterThan(155_000)
    expect(before['session:{session-1}']).toBeLessThanOrEqual(160_000)
    expect(before['one-time:{n:k}']).toBeLessThanOrEqual(105_000)
    expect(before['subject:{user-1}:created']).toBeGreaterThan(3_695_000)
    // an ended session is known until its absolute expiry
    await sessions.revoke({ id: 'session-1', reason: 'revoked', now: START + 1000 })
    expect((await lifetimes(prefix))['session:{session-1}']).toBeGreaterThan(3_690_000)
  })

  it('of a document expires with it, and so do the indexes of its tags', async () => {
    const prefix = nextPrefix()
    const { documents } = redisStores(client, { prefix, expiryMarginSeconds: 100 })
    await documents.put(putCommand({ tags: ['a', 'b'], expiresAt: START + 5000 }))
    await documents.put(putCommand({ id: 'document-2', tags: ['b'], expiresAt: START + 60_000 }))
    const before = await lifetimes(prefix)
    expect(before['document:{factor:document-1}']).toBeLessThanOrEqual(105_000)
    expect(before['tagged:{factor:a}:created']).toBeLessThanOrEqual(105_000)
    expect(before['tagged:{factor:b}:expiry']).toBeGreaterThan(155_000)
    const replacement = { expectedVersion: 1, writeId: 'write-2', now: START + 1000 }
    await documents.put(putCommand({ ...replacement, tags: ['b'] }))
    expect(await lifetimes(prefix)).toMatchObject({
      'document:{factor:document-1}': -1,
      'tagged:{factor:b}:created': -1,
    })
    expect(Object.keys(await lifetimes(prefix))).not.toContain('tagged:{factor:a}:created')
    await documents.removeAll({ namespace: 'factor', tag: 'b', now: START + 1000 })
    expect(await lifetimes(prefix)).toEqual({})
  })

  it('lists documents of one instant in the order of their ids, also where a list ends', async () => {
    const { documents } = redisStores(client, { prefix: nextPrefix() })
    const ids = ['é', 'z', 'a b', 'ab', 'a']
    for (const id of ids) await documents.put(putCommand({ id }))
    const listed = await documents.list({ namespace: 'factor', tag: 'subject:u1', now: START, limit: 4 })
    expect(listed.map(({ id }) => id)).toEqual(['a', 'a b', 'ab', 'z'])
  })

  it('goes away although the index is never read', async () => {
    const prefix = nextPrefix()
    const { sessions, apiKeys } = redisStores(client, { prefix, expiryMarginSeconds: 0 })
    for (let number = 0; number < 200; number += 1) {
      const createdAt = START + number * 1000
      const fields = { id: `id-${number}`, createdAt }
      const session = sessionRecord({
        ...fields,
        idleExpiresAt: createdAt + 5000,
        absoluteExpiresAt: createdAt + 5000,
      })
      await sessions.insert({ session, now: createdAt })
      await apiKeys.insert({
        apiKey: apiKeyRecord({ ...fields, expiresAt: createdAt + 5000 }),
        now: createdAt,
      })
    }
    for (const index of ['subject:{user-1}', 'owner:{owner-1}']) {
      expect(await client.zcard(`${prefix}:${index}:created`)).toBe(5)
      expect(await client.zcard(`${prefix}:${index}:expiry`)).toBe(5)
    }
  })

  it('is no longer listed once it ended, so that a list stays short', async () => {
    const prefix = nextPrefix()
    const { sessions } = redisStores(client, { prefix })
    for (let number = 0; number < 250; number += 1) {
      await sessions.insert({ session: sessionRecord({ id: `id-${number}` }), now: START })
      await sessions.revoke({ id: `id-${number}`, reason: 'revoked', now: START })
    }
    await sessions.insert({ session: sessionRecord({ id: 'live', createdAt: START - 1 }), now: START })
    expect(await sessions.list({ subject: 'user-1', now: START, limit: 5 })).toMatchObject([{ id: 'live' }])
    expect(await client.zcard(`${prefix}:subject:{user-1}:created`)).toBe(1)
    const { ids } = await sessions.revokeAll({ subject: 'user-1', reason: 'revoked', now: START })
    expect(ids).toHaveLength(251)
  })

  it('is the same behind the prefix of a client', async () => {
    const prefixed = new Redis(place.ports[0] ?? 0, { keyPrefix: `${place.prefix}:own:` })
    const prefix = nextPrefix()
    const stores = redisStores(prefixed, { prefix })
    await prepare(stores)
    expect(await stores.sessions.list({ subject: 'user-1', now: START, limit: 9 })).toHaveLength(3)
    for (const call of Object.values(OPERATIONS)) await call(stores)
    expect(await stores.sessions.list({ subject: 'user-1', now: START + 1000, limit: 9 })).toEqual([])
    expect(Object.keys(await lifetimes(prefix))).toEqual([])
    prefixed.disconnect()
  })
})
