import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { redisStores } from '../src/index.js'
import { createKeySpace, type KeySpace } from '../src/records/key-space.js'
import { apiKeyRecord, putCommand, rotation, START, sessionRecord } from './support/fixtures.js'
import { createPrefix, findPlace, type TestPlace } from './support/servers.js'

const DAMAGED = { code: 'store_record_invalid' }
const NOW = START + 1000
const ONCE = { namespace: 'n', key: 'k', holder: 'h', expiresAt: NOW + 1000, now: NOW }
const ROTATE_KEY = {
  id: 'live_1',
  successor: { id: 'live_2', hash: 'h', secretId: 's' },
  overlapExpiresAt: NOW + 1000,
  now: NOW,
}

describe('damaged records', () => {
  let place: TestPlace
  let client: Redis
  let keys: KeySpace
  let stores: ReturnType<typeof redisStores>

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
  beforeEach(async () => {
    const prefix = `${place.prefix}:${createPrefix()}`
    keys = createKeySpace(prefix)
    stores = redisStores(client, { prefix })
    await stores.sessions.insert({ session: sessionRecord(), now: START })
    await stores.apiKeys.insert({ apiKey: apiKeyRecord({ remainingUses: 5 }), now: START })
  })

  const fixed = (fields: object) =>
    JSON.stringify({
      id: 'session-1',
      scope: [],
      roles: [],
      claims: {},
      amr: [],
      createdAt: 1,
      authenticatedAt: 1,
      ...fields,
    })

  it.each<[string, string]>([
    ['fixed', 'no json'],
    ['fixed', 'null'],
    ['fixed', '[]'],
    ['fixed', fixed({ id: 'session-2' })],
    ['fixed', fixed({ scope: 'admin' })],
    ['fixed', fixed({ roles: [1] })],
    ['fixed', fixed({ claims: [] })],
    ['fixed', fixed({ createdAt: '1' })],
    ['fixed', fixed({ confirmation: { jkt: 1 } })],
    ['fixed', fixed({ confirmation: 'x' })],
    ['fixed', fixed({ label: null })],
    ['subject', 'a{b'],
    ['subject', '%0061'],
    ['subject', ''],
    ['generation', '-1'],
    ['generation', '0.5'],
    ['generation', '0x1'],
    ['idleExpiresAt', ''],
    ['idleExpiresAt', 'Infinity'],
    ['absoluteExpiresAt', '1e999'],
    ['lastUsedAt', ' 1'],
    ['revokedAt', 'true'],
    ['revocationReason', '__proto__'],
    ['currentHash', '%'.repeat(2)],
  ])('a session with the %s %j is an error', async (field, value) => {
    await client.hset(keys.session('session-1'), field, value)
    await expect(stores.sessions.find({ id: 'session-1', now: NOW })).rejects.toMatchObject(DAMAGED)
  })

  it.each(['fixed', 'subject', 'idleExpiresAt', 'absoluteExpiresAt', 'generation', 'currentHash'])(
    'a session without %s is an error everywhere',
    async field => {
      await client.hdel(keys.session('session-1'), field)
      const calls = [
        stores.sessions.find({ id: 'session-1', now: NOW }),
        stores.sessions.rotate(rotation(0)),
        stores.sessions.list({ subject: 'user-1', now: NOW, limit: 9 }),
      ]
      for (const result of await Promise.allSettled(calls)) {
        // one without a subject is nobody's, and is listed for nobody
        const isListed = field === 'subject' && result.status === 'fulfilled'
        if (isListed) expect(result.value).toEqual([])
        else expect(result).toMatchObject({ status: 'rejected', reason: DAMAGED })
      }
    },
  )

  it.each<[string, string]>([
    ['id', 'live_2'],
    ['owner', '{'],
    ['scope', '"read"'],
    ['scope', '[1]'],
    ['metadata', '[]'],
    ['metadata', '{'],
    ['createdAt', 'now'],
    ['expiresAt', 'never'],
    ['remainingUses', '-1'],
    ['remainingUses', 'many'],
    ['rateLimit', '{'],
    ['rateLimit', '{"limit":0,"windowSeconds":1}'],
    ['disabledAt', ''],
  ])('an API key with the %s %j is an error', async (field, value) => {
    await client.hset(keys.apiKey('live_1'), field, value)
    await expect(stores.apiKeys.find({ id: 'live_1', now: NOW })).rejects.toMatchObject(DAMAGED)
    await expect(stores.apiKeys.rotate(ROTATE_KEY)).rejects.toMatchObject(DAMAGED)
  })

  it.each([
    'id',
    'owner',
    'name',
    'environment',
    'hash',
    'secretId',
    'scope',
    'metadata',
    'lineageId',
    'createdAt',
  ])('an API key without %s is an error', async field => {
    await client.hdel(keys.apiKey('live_1'), field)
    await expect(stores.apiKeys.find({ id: 'live_1', now: NOW })).rejects.toMatchObject(DAMAGED)
  })

  const DOCUMENT = { namespace: 'factor', id: 'document-1' }
  const TAGGED = { namespace: 'factor', tag: 'subject:u1', now: NOW }

  it.each<[string, string]>([
    ['id', 'document-2'],
    ['namespace', '{'],
    ['version', '-1'],
    ['version', 'one'],
    ['tags', 'subject%003au1 '],
    ['tags', '{'],
    ['value', '[]'],
    ['value', '{'],
    ['createdAt', 'now'],
    ['updatedAt', ''],
    ['expiresAt', 'never'],
    ['writeId', ''],
    ['name', 'a b'],
  ])('a document with the %s %j is an error', async (field, value) => {
    await stores.documents.put(putCommand())
    await client.hset(keys.document('factor', 'document-1'), field, value)
    await expect(stores.documents.find({ ...DOCUMENT, now: NOW })).rejects.toMatchObject(DAMAGED)
  })

  it.each(['version', 'tags', 'writeId', 'name'])(
    'a document without %s is an error everywhere, and nothing is taken away',
    async field => {
      await stores.documents.put(putCommand())
      const key = keys.document('factor', 'document-1')
      await client.hdel(key, field)
      const before = await client.hgetall(key)
      const calls = [
        stores.documents.find({ ...DOCUMENT, now: NOW }),
        stores.documents.list({ ...TAGGED, limit: 9 }),
        ...(field === 'writeId'
          ? []
          : [stores.documents.remove({ ...DOCUMENT, expectedVersion: 1, now: NOW })]),
        stores.documents.put(putCommand(field === 'writeId' ? {} : { expectedVersion: 1, writeId: 'x' })),
      ]
      for (const result of await Promise.allSettled(calls)) {
        expect(result).toMatchObject({ status: 'rejected', reason: DAMAGED })
      }
      expect(await client.hgetall(key)).toEqual(before)
    },
  )

  it('a member of the index of a tag that nothing wrote is an error', async () => {
    const { created, expiry } = keys.tagged('factor', 'subject:u1')
    for (const member of ['one', 'a b c', '']) {
      await client.zadd(created, 0, member)
      await client.zadd(expiry, NOW + 1000, member)
      await expect(stores.documents.list({ ...TAGGED, limit: 9 })).rejects.toMatchObject(DAMAGED)
      await expect(stores.documents.removeAll(TAGGED)).rejects.toMatchObject(DAMAGED)
      await client.del(created, expiry)
    }
  })

  it('a mark, a value, a meter and a ring that are damaged are errors', async () => {
    const mark = { kind: 'token', id: 't' } as const
    const calls = [
      () => stores.revocations.find({ marks: [mark], now: NOW }),
      () =>
        stores.revocations.revoke({ entries: [{ ...mark, revokedAt: NOW, expiresAt: NOW + 1 }], now: NOW }),
      () => stores.oneTime.reserve(ONCE),
      () => stores.oneTime.put({ ...ONCE, value: {} }),
      () => stores.oneTime.take(ONCE),
      () => stores.rateLimits.take({ key: 'k', limit: 5, windowSeconds: 1, cost: 1, now: NOW }),
      () => stores.signingKeys.read({ now: NOW }),
    ]
    for (const value of ['', 'x', '1', '1 x', '1 2 3 4', '-']) {
      await client.set(keys.revocation('token', 't'), value)
      await client.set(keys.rateLimit('k'), value)
      await client.hset(keys.oneTime('n', 'k'), 'expiresAt', value || 'x', 'value', '{}')
      await client.hset(keys.signingKeys, 'version', value || 'x', 'keys', '[]')
      for (const [index, call] of calls.entries()) {
        // an empty mark is what a missing one looks like
        if (value === '' && index === 0) continue
        // the one-time value and the ring do understand a number
        if (value === '1' && index > 1 && index !== 5) continue
        await expect(call(), `${index} ${value}`).rejects.toMatchObject(DAMAGED)
      }
    }
  })

  it('a value that is no object and a ring that is no list of keys are errors', async () => {
    for (const value of ['[]', '1', 'null', '{']) {
      await client.hset(keys.oneTime('n', 'k'), 'expiresAt', String(NOW + 9), 'value', value)
      await expect(stores.oneTime.take({ ...ONCE, holder: value })).rejects.toMatchObject(DAMAGED)
      await client.del(keys.oneTime('n', 'k'))
    }
    for (const ring of ['{}', '[1]', '[{}]', 'x', '']) {
      await client.hset(keys.signingKeys, 'version', '1', 'keys', ring)
      await expect(stores.signingKeys.read({ now: NOW })).rejects.toMatchObject(DAMAGED)
    }
    await client.hset(keys.signingKeys, 'version', '0', 'keys', '[]')
    await expect(stores.signingKeys.read({ now: NOW })).rejects.toMatchObject(DAMAGED)
    await client.hdel(keys.signingKeys, 'version')
    await expect(stores.signingKeys.read({ now: NOW })).rejects.toMatchObject(DAMAGED)
  })

  it('another kind of value under a key is an error', async () => {
    await client.del(keys.session('session-1'))
    await client.set(keys.session('session-1'), 'x')
    await expect(stores.sessions.rotate(rotation(0))).rejects.toMatchObject(DAMAGED)
    await expect(
      stores.revocations.find({ marks: [{ kind: 'session', id: 'session-1' }], now: NOW }),
    ).rejects.toMatchObject(DAMAGED)
  })

  it('a member of an index that nothing wrote is an error', async () => {
    await client.zadd(keys.subject('user-1').created, -9e15, '%zz')
    await client.hset(
      `${keys.session('x').slice(0, -2)}%zz}`,
      await client.hgetall(keys.session('session-1')),
    )
    await expect(stores.sessions.list({ subject: 'user-1', now: NOW, limit: 9 })).rejects.toMatchObject(
      DAMAGED,
    )
  })

  it('never quotes what it found', async () => {
    await client.hset(keys.session('session-1'), 'fixed', '{"secret":"do-not-show"')
    const error = await stores.sessions.find({ id: 'session-1', now: NOW }).catch((thrown: unknown) => thrown)
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('do-not-show')
    expect(String((error as Error).cause)).not.toContain('do-not-show')
  })
})
