import { describe, expect, it } from 'vitest'
import type { RotateSessionCommand, SessionStore } from '../../../src/ports/session-store.js'
import {
  expectRefusals,
  HOSTILE_IDS,
  NOT_STRINGS,
  START,
  type StoreFactory,
  sessionRecord,
  untyped,
} from './fixtures.js'

const GRACE_SECONDS = 10

function rotation(generation: number, fields: Partial<RotateSessionCommand> = {}): RotateSessionCommand {
  const now = fields.now ?? START + 1000
  return {
    id: 'session-1',
    presentedHash: `hash-${generation}`,
    presentedGeneration: generation,
    successorHash: `hash-${generation + 1}`,
    sealedSuccessor: `sealed-${generation + 1}`,
    now,
    idleExpiresAt: now + 60_000,
    graceSeconds: GRACE_SECONDS,
    ...fields,
  }
}

const REVOKE = { id: 'session-1', reason: 'revoked', now: START + 5 } as const

/** The contract of a session store. */
export function describeSessionStore(name: string, createStore: StoreFactory<SessionStore>): void {
  async function storeWithSession(fields: Parameters<typeof sessionRecord>[0] = {}): Promise<SessionStore> {
    const store = await createStore()
    await store.insert({ session: sessionRecord(fields), now: START })
    return store
  }

  describe(`${name}: insert and find`, () => {
    it('returns what was stored, with every field', async () => {
      const session = sessionRecord({
        clientId: 'app',
        acr: 'high',
        confirmation: { jkt: 'thumbprint' },
        label: 'Firefox on Linux',
      })
      const store = await createStore()
      await store.insert({ session, now: START })
      expect(await store.find({ id: session.id, now: START })).toEqual(session)
    })

    it('knows nothing of other ids', async () => {
      const store = await storeWithSession()
      expect(await store.find({ id: 'session-2', now: START })).toBeUndefined()
    })

    it('leaves an id that exists untouched', async () => {
      const store = await storeWithSession()
      await store.insert({ session: sessionRecord({ subject: 'user-2' }), now: START })
      expect(await store.find({ id: 'session-1', now: START })).toMatchObject({ subject: 'user-1' })
      expect(await store.list({ subject: 'user-2', now: START, limit: 10 })).toEqual([])
    })

    it('does not bring an ended session back', async () => {
      const store = await storeWithSession()
      await store.revoke(REVOKE)
      await store.insert({ session: sessionRecord(), now: START + 10 })
      expect(await store.find({ id: 'session-1', now: START + 10 })).toMatchObject({ revokedAt: START + 5 })
    })

    it.each([
      ['idle', { idleExpiresAt: START + 100 }],
      ['absolute', { absoluteExpiresAt: START + 100 }],
    ])('forgets a session at the millisecond of its %s expiry', async (_, fields) => {
      const store = await storeWithSession(fields)
      expect(await store.find({ id: 'session-1', now: START + 99 })).toBeDefined()
      expect(await store.find({ id: 'session-1', now: START + 100 })).toBeUndefined()
    })

    it('keeps nothing that has expired before it came', async () => {
      const store = await createStore()
      await store.insert({ session: sessionRecord({ idleExpiresAt: START }), now: START })
      expect(await store.find({ id: 'session-1', now: START })).toBeUndefined()
    })
  })

  describe(`${name}: rotate`, () => {
    it('makes the successor current', async () => {
      const store = await storeWithSession()
      const outcome = await store.rotate(rotation(0))
      const session = {
        ...sessionRecord(),
        generation: 1,
        currentHash: 'hash-1',
        sealedSuccessor: 'sealed-1',
        rotatedAt: START + 1000,
        lastUsedAt: START + 1000,
        idleExpiresAt: START + 61_000,
      }
      expect(outcome).toEqual({ outcome: 'rotated', session })
      expect(await store.find({ id: 'session-1', now: START + 1000 })).toEqual(session)
    })

    it('lets exactly one of many concurrent callers rotate; the others get its successor', async () => {
      const store = await storeWithSession()
      const outcomes = await Promise.all(
        Array.from({ length: 25 }, (_, caller) =>
          store.rotate(
            rotation(0, { successorHash: `hash-of-${caller}`, sealedSuccessor: `sealed-${caller}` }),
          ),
        ),
      )
      const rotated = outcomes.filter(({ outcome }) => outcome === 'rotated')
      const replayed = outcomes.filter(({ outcome }) => outcome === 'replayed')
      expect([rotated.length, replayed.length]).toEqual([1, 24])
      const current = await store.find({ id: 'session-1', now: START + 1000 })
      for (const outcome of replayed) {
        expect(outcome).toMatchObject({ sealedSuccessor: current?.sealedSuccessor, session: current })
      }
    })

    it('answers the direct predecessor with the same successor until the grace time is over', async () => {
      const store = await storeWithSession()
      await store.rotate(rotation(0))
      for (const now of [START + 1000, START + 6000, START + 10_999]) {
        const again = rotation(0, { now, successorHash: 'other', sealedSuccessor: 'other' })
        expect(await store.rotate(again)).toMatchObject({
          outcome: 'replayed',
          sealedSuccessor: 'sealed-1',
          session: { generation: 1, currentHash: 'hash-1', lastUsedAt: START + 1000 },
        })
      }
      expect(await store.rotate(rotation(0, { now: START + 11_000 }))).toMatchObject({ outcome: 'reused' })
    })

    it('lets the successor rotate after a replay', async () => {
      const store = await storeWithSession()
      await store.rotate(rotation(0))
      await store.rotate(rotation(0))
      expect(await store.rotate(rotation(1))).toMatchObject({
        outcome: 'rotated',
        session: { generation: 2 },
      })
    })

    it('grants no replay without grace time', async () => {
      const store = await storeWithSession()
      await store.rotate(rotation(0))
      expect(await store.rotate(rotation(0, { graceSeconds: 0 }))).toMatchObject({ outcome: 'reused' })
    })

    it.each([
      ['an older generation', rotation(0)],
      ['another token of the current generation', rotation(2, { presentedHash: 'forged' })],
      ['a later generation', rotation(9)],
    ])('ends the session at the sight of %s', async (_, command) => {
      const store = await storeWithSession()
      await store.rotate(rotation(0))
      await store.rotate(rotation(1))
      const ended = { revokedAt: START + 1000, revocationReason: 'refresh_token_reused', generation: 2 }
      expect(await store.rotate(command)).toMatchObject({ outcome: 'reused', session: ended })
      expect(await store.rotate(rotation(2))).toMatchObject({ outcome: 'revoked', session: ended })
      expect(await store.find({ id: 'session-1', now: START + 1000 })).toMatchObject(ended)
      expect(await store.list({ subject: 'user-1', now: START + 1000, limit: 10 })).toEqual([])
    })

    it('changes nothing on an ended session and answers so until its absolute expiry', async () => {
      const store = await storeWithSession()
      await store.revoke(REVOKE)
      const before = await store.find({ id: 'session-1', now: START + 5 })
      for (const now of [START + 5, START + 60_000, START + 3_599_999]) {
        expect(await store.rotate(rotation(0, { now }))).toEqual({ outcome: 'revoked', session: before })
      }
      const { outcome } = await store.rotate(rotation(0, { now: START + 3_600_000 }))
      expect(['expired', 'not_found']).toContain(outcome)
    })

    it('keeps an ended session through a sweep that its idle expiry has passed', async () => {
      const store = await storeWithSession()
      await store.revoke(REVOKE)
      expect(await store.sweep({ now: START + 60_000, limit: 10 })).toEqual({ removed: 0 })
      expect(await store.rotate(rotation(0, { now: START + 60_000 }))).toMatchObject({ outcome: 'revoked' })
    })

    it.each([
      ['idle', { idleExpiresAt: START + 100 }],
      ['absolute', { absoluteExpiresAt: START + 100 }],
    ])('refuses at the millisecond of the %s expiry', async (_, fields) => {
      const store = await storeWithSession(fields)
      const { outcome } = await store.rotate(rotation(0, { now: START + 100 }))
      expect(['expired', 'not_found']).toContain(outcome)
      expect(await store.rotate(rotation(0, { now: START + 99 }))).toMatchObject({ outcome: 'rotated' })
    })

    it('never moves the idle expiry past the absolute one', async () => {
      const store = await storeWithSession({ absoluteExpiresAt: START + 30_000 })
      await store.rotate(rotation(0))
      expect(await store.find({ id: 'session-1', now: START + 29_999 })).toMatchObject({
        idleExpiresAt: START + 30_000,
        absoluteExpiresAt: START + 30_000,
      })
      expect(await store.find({ id: 'session-1', now: START + 30_000 })).toBeUndefined()
    })

    it('does not know an unknown session', async () => {
      const store = await createStore()
      expect(await store.rotate(rotation(0))).toEqual({ outcome: 'not_found' })
    })
  })

  describe(`${name}: revoke`, () => {
    it('ends a session once; the first reason and instant stay', async () => {
      const store = await storeWithSession()
      expect(await store.revoke(REVOKE)).toEqual({ found: true })
      expect(await store.revoke({ ...REVOKE, reason: 'subject_revoked', now: START + 9 })).toEqual({
        found: true,
      })
      expect(await store.find({ id: 'session-1', now: START + 9 })).toMatchObject({
        revokedAt: START + 5,
        revocationReason: 'revoked',
      })
    })

    it('does not find unknown sessions, expired ones and those of another subject', async () => {
      const store = await storeWithSession()
      expect(await store.revoke({ ...REVOKE, id: 'session-2' })).toEqual({ found: false })
      expect(await store.revoke({ ...REVOKE, subject: 'user-2' })).toEqual({ found: false })
      expect(await store.revoke({ ...REVOKE, now: START + 60_000 })).toEqual({ found: false })
      expect((await store.find({ id: 'session-1', now: START + 5 }))?.revokedAt).toBeUndefined()
      expect(await store.revoke({ ...REVOKE, subject: 'user-1' })).toEqual({ found: true })
    })

    it('wins against rotations that arrive with it', async () => {
      const store = await storeWithSession()
      await Promise.all([
        store.rotate(rotation(0)),
        store.revoke(REVOKE),
        store.rotate(rotation(1)),
        store.insert({ session: sessionRecord(), now: START + 5 }),
      ])
      expect(await store.find({ id: 'session-1', now: START + 1000 })).toHaveProperty('revokedAt')
      expect(await store.list({ subject: 'user-1', now: START + 1000, limit: 10 })).toEqual([])
    })
  })

  describe(`${name}: revokeAll`, () => {
    async function storeWithThree(): Promise<SessionStore> {
      const store = await createStore()
      for (const id of ['a', 'b', 'c']) await store.insert({ session: sessionRecord({ id }), now: START })
      await store.insert({ session: sessionRecord({ id: 'other', subject: 'user-2' }), now: START })
      return store
    }
    const command = { subject: 'user-1', reason: 'subject_revoked', now: START + 5 } as const

    it('ends every session of the subject and of nobody else', async () => {
      const store = await storeWithThree()
      const { ids } = await store.revokeAll(command)
      expect([...ids].sort()).toEqual(['a', 'b', 'c'])
      expect(await store.list({ subject: 'user-1', now: START + 5, limit: 10 })).toEqual([])
      expect(await store.list({ subject: 'user-2', now: START + 5, limit: 10 })).toHaveLength(1)
      expect(await store.find({ id: 'b', now: START + 5 })).toMatchObject({
        revokedAt: START + 5,
        revocationReason: 'subject_revoked',
      })
    })

    it('spares one, and names those ended before', async () => {
      const store = await storeWithThree()
      await store.revoke({ id: 'a', reason: 'revoked', now: START + 1 })
      for (const now of [START + 5, START + 6]) {
        const { ids } = await store.revokeAll({ ...command, now, exceptId: 'c' })
        expect([...ids].sort()).toEqual(['a', 'b'])
      }
      expect(await store.find({ id: 'a', now: START + 6 })).toMatchObject({
        revokedAt: START + 1,
        revocationReason: 'revoked',
      })
      expect(await store.find({ id: 'b', now: START + 6 })).toMatchObject({ revokedAt: START + 5 })
      expect(await store.list({ subject: 'user-1', now: START + 6, limit: 10 })).toMatchObject([{ id: 'c' }])
    })

    it('leaves expired sessions out', async () => {
      const store = await createStore()
      await store.insert({ session: sessionRecord({ idleExpiresAt: START + 5 }), now: START })
      expect(await store.revokeAll(command)).toEqual({ ids: [] })
    })

    it('answers an unknown subject with nothing', async () => {
      const store = await storeWithThree()
      expect(await store.revokeAll({ ...command, subject: 'nobody' })).toEqual({ ids: [] })
    })
  })

  describe(`${name}: list`, () => {
    it('is newest first, then by id, and limited', async () => {
      const store = await createStore()
      const created = [
        ['b', 2],
        ['d', 1],
        ['a', 2],
        ['e', 3],
        ['c', 2],
      ] as const
      for (const [id, age] of created) {
        await store.insert({ session: sessionRecord({ id, createdAt: START + age }), now: START })
      }
      const list = async (limit: number) =>
        (await store.list({ subject: 'user-1', now: START, limit })).map(({ id }) => id)
      expect(await list(10)).toEqual(['e', 'a', 'b', 'c', 'd'])
      expect(await list(2)).toEqual(['e', 'a'])
      expect(await list(0)).toEqual([])
    })

    it('counts live sessions only towards the limit', async () => {
      const store = await createStore()
      await store.insert({ session: sessionRecord({ id: 'live' }), now: START })
      await store.insert({
        session: sessionRecord({ id: 'short', createdAt: START + 1, idleExpiresAt: START + 5 }),
        now: START,
      })
      await store.insert({ session: sessionRecord({ id: 'ended', createdAt: START + 2 }), now: START })
      await store.revoke({ ...REVOKE, id: 'ended' })
      expect(await store.list({ subject: 'user-1', now: START + 5, limit: 1 })).toMatchObject([
        { id: 'live' },
      ])
    })
  })

  describe(`${name}: sweep`, () => {
    it('deletes expired sessions in batches and nothing else', async () => {
      const store = await createStore()
      for (let count = 0; count < 5; count += 1) {
        await store.insert({
          session: sessionRecord({ id: `old-${count}`, idleExpiresAt: START + 100 + count }),
          now: START,
        })
      }
      await store.insert({ session: sessionRecord(), now: START })
      expect(await store.sweep({ now: START + 99, limit: 10 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now: START + 200, limit: 2 })).toEqual({ removed: 2 })
      expect(await store.sweep({ now: START + 200, limit: 10 })).toEqual({ removed: 3 })
      expect(await store.find({ id: 'session-1', now: START + 200 })).toBeDefined()
    })
  })

  describe(`${name}: what a caller holds`, () => {
    it('stays apart from what is stored', async () => {
      const store = await createStore()
      const claims = { tenant: 'a', roles: ['x'] }
      const session = { ...sessionRecord({ claims }), scope: ['read'] }
      await store.insert({ session, now: START })
      session.scope.push('admin')
      session.subject.concat('x')
      claims.tenant = 'b'
      claims.roles.push('root')
      expect(await store.find({ id: session.id, now: START })).toMatchObject({
        scope: ['read'],
        claims: { tenant: 'a', roles: ['x'] },
      })
    })
  })

  describe(`${name}: hostile ids`, () => {
    it('are ordinary ids', async () => {
      const store = await createStore()
      for (const id of HOSTILE_IDS) {
        await store.insert({ session: sessionRecord({ id, subject: id }), now: START })
      }
      for (const id of HOSTILE_IDS) {
        expect(await store.find({ id, now: START })).toMatchObject({ id, subject: id })
        expect(await store.list({ subject: id, now: START, limit: 10 })).toMatchObject([{ id }])
        expect(await store.rotate(rotation(0, { id }))).toMatchObject({ outcome: 'rotated' })
        expect(await store.revoke({ ...REVOKE, id, subject: id })).toEqual({ found: true })
        expect(await store.revokeAll({ ...REVOKE, subject: id })).toEqual({ ids: [id] })
      }
    })

    it('are refused when they are no strings, before anything is touched', async () => {
      const store = await storeWithSession()
      for (const value of NOT_STRINGS) {
        const id = untyped<string>(value)
        const commands = [
          store.find({ id, now: START }),
          store.insert({ session: sessionRecord({ id }), now: START }),
          store.insert({ session: sessionRecord({ id: 'new', subject: id }), now: START }),
          store.rotate(rotation(0, { id })),
          store.rotate(rotation(0, { presentedHash: id })),
          store.rotate(rotation(0, { successorHash: id })),
          store.revoke({ ...REVOKE, id }),
          store.revokeAll({ ...REVOKE, subject: id }),
          store.list({ subject: id, now: START, limit: 10 }),
        ]
        if (value !== undefined) commands.push(store.revoke({ ...REVOKE, subject: id }))
        if (value !== undefined)
          commands.push(store.revokeAll({ ...REVOKE, subject: 'user-1', exceptId: id }))
        await expectRefusals(commands)
      }
      expect(await store.list({ subject: 'user-1', now: START, limit: 10 })).toEqual([sessionRecord()])
      expect(await store.find({ id: 'new', now: START })).toBeUndefined()
    })

    it.each([Number.NaN, Number.POSITIVE_INFINITY, '0', null, undefined])(
      'refuses %s as an instant',
      async value => {
        const store = await storeWithSession()
        const now = untyped<number>(value)
        await expect(store.find({ id: 'session-1', now })).rejects.toThrow(TypeError)
        await expect(store.rotate({ ...rotation(0), now })).rejects.toThrow(TypeError)
        await expect(store.rotate(rotation(0, { idleExpiresAt: now }))).rejects.toThrow(TypeError)
        await expect(store.rotate(rotation(0, { graceSeconds: now }))).rejects.toThrow(TypeError)
        await expect(store.rotate(rotation(0, { presentedGeneration: now }))).rejects.toThrow(TypeError)
        await expect(store.revoke({ ...REVOKE, now })).rejects.toThrow(TypeError)
        await expect(store.list({ subject: 'user-1', now: START, limit: now })).rejects.toThrow(TypeError)
        await expect(store.sweep({ now, limit: 1 })).rejects.toThrow(TypeError)
        expect(await store.find({ id: 'session-1', now: START })).toEqual(sessionRecord())
      },
    )
  })
}
