import type { ServerFaults } from '@authcore/conformance'
import { isServer, type StartedServer, startPostgresServer } from '@authcore/conformance/node'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { prismaStores } from '../src/index.js'
import { describeWithPostgres } from './setup/describe-with-postgres.js'
import {
  apiKeyRecord,
  keyRotation,
  rotation,
  START,
  sessionRecord,
  signingKeyRecord,
} from './setup/fixtures.js'
import { openAdmin, openClient, openPostgres, type PostgresInstance } from './setup/postgres.js'

const now = START
const REVOKE = { id: 'session-1', reason: 'revoked', now } as const
const LOCK_SESSION = `BEGIN; SELECT id FROM authcore_session FOR UPDATE`

await describeWithPostgres('faults', server => {
  let database: PostgresInstance
  let other: pg.Client
  beforeAll(async () => {
    database = await openPostgres(server)
    other = await openAdmin(database.url)
  })
  afterAll(async () => {
    await other.end()
    await database.end()
  })
  beforeEach(() => database.empty())

  const startSession = () => database.stores.sessions.insert({ session: sessionRecord(), now })

  describe('a statement that waits, and whose backend is killed', () => {
    it('leaves the session as it was; a rotation is not sent again, the client may', async () => {
      await startSession()
      await other.query(LOCK_SESSION)
      const rotating = database.stores.sessions.rotate(rotation(0))
      const refused = expect(rotating).rejects.toThrow()
      await terminate(await findWaiting())
      await refused
      await other.query('ROLLBACK')
      expect(await database.stores.sessions.find({ id: 'session-1', now })).toEqual(sessionRecord())
      expect(await database.stores.sessions.rotate(rotation(0))).toMatchObject({ outcome: 'rotated' })
    })

    it('is sent again where that is harmless', async () => {
      await startSession()
      await other.query(LOCK_SESSION)
      const revoking = database.stores.sessions.revoke(REVOKE)
      const first = await findWaiting()
      await terminate(first)
      expect(await findWaiting(first)).not.toBe(first)
      await other.query('ROLLBACK')
      expect(await revoking).toEqual({ found: true })
    })
  })

  describe('a deadlock', () => {
    it('that the database resolves against us is tried again', async () => {
      for (const id of ['a', 'b']) await database.stores.apiKeys.insert({ apiKey: apiKeyRecord({ id }), now })
      await other.query(
        `SET deadlock_timeout = '60s'; BEGIN; UPDATE authcore_api_key SET name = 'x' WHERE id = 'b'`,
      )
      const uses = ['a', 'b'].map(id => ({ id, lastUsedAt: now }))
      const before = database.countRoundTrips()
      const touching = database.stores.apiKeys.touch({ uses, now })
      await findWaiting()
      await other.query(`UPDATE authcore_api_key SET name = 'x' WHERE id = 'a'`)
      await other.query('COMMIT')
      await touching
      expect(database.countRoundTrips() - before).toBe(2)
      for (const id of ['a', 'b']) {
        const key = await database.stores.apiKeys.find({ id, now })
        expect(key).toMatchObject({ name: 'x', lastUsedAt: now })
      }
    })
  })

  describe('a lock timeout', () => {
    it('is tried five times, and then the error of the driver goes up', async () => {
      await startSession()
      const url = new URL(database.url)
      url.searchParams.set('options', '-c lock_timeout=20ms')
      const { client, count } = openClient(url.href, 1)
      const { sessions } = prismaStores(client)
      await other.query(LOCK_SESSION)
      await expect(sessions.rotate(rotation(0))).rejects.toThrow('55P03')
      expect(count()).toBe(5)
      await other.query('ROLLBACK')
      expect(await sessions.rotate(rotation(0))).toMatchObject({ outcome: 'rotated' })
      await client.$disconnect()
    })
  })

  describe('a serialization failure', () => {
    it('is tried again, and sees what the other wrote', async () => {
      const strict = await openPostgres(server, { isolation: 'repeatable read' })
      const { sessions } = strict.stores
      await sessions.insert({ session: sessionRecord(), now })
      const changing = await openAdmin(strict.url)
      await changing.query(`BEGIN; UPDATE authcore_session SET label = 'changed'`)
      const before = strict.countRoundTrips()
      const rotating = sessions.rotate(rotation(0))
      await findWaiting(undefined, strict)
      await changing.query('COMMIT')
      expect(await rotating).toMatchObject({ outcome: 'rotated', session: { label: 'changed' } })
      expect(strict.countRoundTrips() - before).toBe(2)
      await changing.end()
      await strict.end()
    })
  })

  describe('a way to the server that breaks', () => {
    let faults: ServerFaults
    beforeEach(async () => {
      if (database.faults === undefined) throw new Error('There is no proxy.')
      faults = database.faults
      // connected before the fault begins
      await database.stores.signingKeys.read({ now })
    })

    it('before a rotation changes nothing', async () => {
      await startSession()
      await faults.inject('reset')
      await expect(database.stores.sessions.rotate(rotation(0))).rejects.toThrow()
      await faults.heal()
      expect(await database.stores.sessions.rotate(rotation(0))).toMatchObject({ outcome: 'rotated' })
    })

    it('after a rotation is no theft: the client that repeats gets the successor, within the grace time', async () => {
      await startSession()
      await faults.inject('lose_answer')
      await expect(database.stores.sessions.rotate(rotation(0))).rejects.toThrow()
      await faults.heal()
      const repeat = rotation(0, { successorHash: 'other', sealedSuccessor: 'other' })
      expect(await database.stores.sessions.rotate(repeat)).toMatchObject({
        outcome: 'replayed',
        sealedSuccessor: 'sealed-1',
        session: { generation: 1, currentHash: 'hash-1' },
      })
      expect(await database.stores.sessions.rotate(rotation(1))).toMatchObject({ outcome: 'rotated' })
    })

    it('after a rotation without grace time is an error once, and no alarm that we raise ourselves', async () => {
      await startSession()
      await faults.inject('lose_answer')
      await expect(database.stores.sessions.rotate(rotation(0, { graceSeconds: 0 }))).rejects.toThrow()
      await faults.heal()
      const session = await database.stores.sessions.find({ id: 'session-1', now })
      expect(session).toMatchObject({ generation: 1, currentHash: 'hash-1' })
      expect(session?.revokedAt).toBeUndefined()
    })

    it('after what can be repeated is repaired by repeating, ours or that of the caller', async () => {
      await startSession()
      const once = { namespace: 'state', key: 'k', holder: 'a', expiresAt: now + 1000, now } as const
      const entry = { kind: 'token', id: 't', revokedAt: now, expiresAt: now + 1000 } as const
      await database.stores.apiKeys.insert({ apiKey: apiKeyRecord({ remainingUses: 3 }), now })
      const calls: readonly (() => Promise<unknown>)[] = [
        () => database.stores.sessions.revoke(REVOKE),
        () => database.stores.sessions.revokeAll({ subject: 'user-1', reason: 'revoked', now }),
        () => database.stores.revocations.revoke({ entries: [entry], now }),
        () => database.stores.oneTime.reserve(once),
        () => database.stores.oneTime.put({ ...once, key: 'p', value: { x: 1 } }),
        () => database.stores.apiKeys.rotate(keyRotation()),
        () => database.stores.apiKeys.update({ id: 'live_1', patch: { name: 'new' }, now }),
        () => database.stores.signingKeys.replace({ expectedVersion: 0, keys: [signingKeyRecord()], now }),
      ]
      for (const call of calls) {
        await faults.inject('lose_answer')
        // none gets an answer through, so the attempts run out; one of them had its effect
        await expect(call()).rejects.toThrow()
        await faults.heal()
        await call()
      }
      expect(await database.stores.sessions.find({ id: 'session-1', now })).toMatchObject({ revokedAt: now })
      expect(await database.stores.revocations.find({ marks: [entry], now })).toEqual([now])
      expect(await database.stores.oneTime.reserve({ ...once, holder: 'b' })).toEqual({ outcome: 'taken' })
      expect(await database.stores.oneTime.take({ ...once, key: 'p' })).toEqual({
        outcome: 'taken',
        value: { x: 1 },
      })
      const keys = await database.stores.apiKeys.list({ ownerId: 'owner-1', now, limit: 9 })
      expect(keys.map(({ id, remainingUses }) => [id, remainingUses])).toEqual([
        ['live_1', 0],
        ['live_2', 3],
      ])
      expect(await database.stores.signingKeys.read({ now })).toMatchObject({ version: 1 })
    })

    it('in silence ends in an error once the connection is gone, and not in an answer', async () => {
      await startSession()
      await faults.inject('hang')
      const sent = database.countRoundTrips()
      const refused = expect(database.stores.sessions.rotate(rotation(0))).rejects.toThrow()
      await vi.waitUntil(() => database.countRoundTrips() > sent)
      await faults.heal()
      await refused
      expect(await database.stores.sessions.find({ id: 'session-1', now })).toEqual(sessionRecord())
    })
  })

  /** Asked from outside of any transaction: inside of one it would show the same for ever. */
  async function findWaiting(notPid?: number, { admin }: PostgresInstance = database): Promise<number> {
    for (;;) {
      const { rows } = await admin.query(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
         AND pid IS DISTINCT FROM $1`,
        [notPid],
      )
      if (rows[0] !== undefined) return rows[0].pid
    }
  }

  async function terminate(pid: number): Promise<void> {
    await database.admin.query('SELECT pg_terminate_backend($1)', [pid])
  }
})

describe('kill -9 of the server', () => {
  let server: StartedServer | undefined
  let database: PostgresInstance | undefined
  beforeAll(async () => {
    const found = await startPostgresServer()
    if (!isServer(found) && process.env['CI'] !== undefined) throw new Error(found.missing)
    server = isServer(found) ? found : undefined
    database = server && (await openPostgres(server))
  })
  afterAll(async () => {
    await database?.client.$disconnect()
    await server?.stop()
  })

  it('during and after a rotation: what was answered is kept, what was not is whole or not there', async context => {
    if (server === undefined || database === undefined)
      return context.skip('There is no binary of PostgreSQL.')
    const { sessions } = database.stores
    await sessions.insert({ session: sessionRecord(), now })

    // in the middle: the statement waits for a lock when the server dies
    const locking = await openAdmin(database.url)
    await locking.query(LOCK_SESSION)
    const refused = expect(sessions.rotate(rotation(0))).rejects.toThrow()
    for (let waiting = 0; waiting === 0; ) {
      const { rows } = await database.admin.query(
        `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
      )
      waiting = rows.length
    }
    await server.kill()
    await refused
    await expect(sessions.find({ id: 'session-1', now })).rejects.toThrow()
    await server.restart()
    expect(await sessions.find({ id: 'session-1', now })).toEqual(sessionRecord())

    // after the answer
    expect(await sessions.rotate(rotation(0))).toMatchObject({ outcome: 'rotated' })
    await server.kill()
    await server.restart()
    expect(await sessions.rotate(rotation(0, { successorHash: 'other' }))).toMatchObject({
      outcome: 'replayed',
    })
    expect(await sessions.rotate(rotation(1))).toMatchObject({ outcome: 'rotated' })

    // theft detection survives, and so does its verdict
    expect(await sessions.rotate(rotation(0))).toMatchObject({ outcome: 'reused' })
    await server.kill()
    await server.restart()
    expect(await sessions.rotate(rotation(2))).toMatchObject({ outcome: 'revoked' })
    const marks = [{ kind: 'session', id: 'session-1' }] as const
    expect(await database.stores.revocations.find({ marks, now })).toEqual([now])
  }, 60_000)
})
