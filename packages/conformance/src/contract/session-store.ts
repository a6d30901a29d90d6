import type { SessionStore } from '@authcore/core/ports'
import { expect } from '../expect.js'
import { HOUR, MINUTE, PAST, SECOND, START, sessionRecord } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { insertSession, REVOKE, rotation } from './session-fixtures.js'

const LIST = { subject: 'user-1', now: START, limit: 10 } as const

/** What a session store does for one caller after the other. */
export function describeSessionStore(kit: PortKit<SessionStore>): void {
  kit.describe('insert and find', () => describeInsert(kit))
  kit.describe('rotate', () => describeRotate(kit))
  kit.describe('revoke', () => describeRevoke(kit))
  kit.describe('revokeAll', () => describeRevokeAll(kit))
  kit.describe('list', () => describeList(kit))
  kit.describe('sweep', () => describeSweep(kit))
}

function describeInsert({ it }: PortKit<SessionStore>): void {
  it('returns what was stored, with every field, and none that was absent', async store => {
    const full = await insertSession(store, {
      id: 'full',
      clientId: 'app',
      acr: 'high',
      confirmation: { jkt: 'thumbprint' },
      label: 'Firefox on Linux',
    })
    const plain = await insertSession(store, { id: 'plain', scope: [], roles: [], claims: {}, amr: [] })
    expect(await store.find({ id: 'full', now: START })).toEqual(full)
    expect(await store.find({ id: 'plain', now: START })).toEqual(plain)
  })

  it('knows nothing of other ids', async store => {
    await insertSession(store)
    expect(await store.find({ id: 'session-2', now: START })).toBeAbsent()
  })

  it('leaves an id that exists untouched', async store => {
    const first = await insertSession(store)
    await insertSession(store, { subject: 'user-2', currentHash: 'other' })
    expect(await store.find({ id: 'session-1', now: START })).toEqual(first)
    expect(await store.list({ ...LIST, subject: 'user-2' })).toEqual([])
  })

  it('does not undo a rotation when it is repeated', async store => {
    const session = await insertSession(store)
    await store.rotate(rotation(0))
    await store.insert({ session, now: START + 2 * SECOND })
    expect(await store.find({ id: 'session-1', now: START + 2 * SECOND })).toMatch({
      generation: 1,
      currentHash: 'hash-1',
    })
  })

  it('does not bring an ended session back', async store => {
    const session = await insertSession(store)
    await store.revoke(REVOKE)
    await store.insert({ session, now: START + 10 })
    expect(await store.find({ id: 'session-1', now: START + 10 })).toMatch({ revokedAt: START + 5 })
    expect(await store.list(LIST)).toEqual([])
  })

  for (const [expiry, fields] of [
    ['idle', { idleExpiresAt: START + MINUTE }],
    ['absolute', { idleExpiresAt: START + HOUR, absoluteExpiresAt: START + MINUTE }],
  ] as const) {
    it(`forgets a session at the millisecond of its ${expiry} expiry`, async store => {
      const session = await insertSession(store, fields)
      const at = async (now: number) => [
        await store.find({ id: 'session-1', now }),
        await store.list({ ...LIST, now }),
      ]
      expect(await at(START + MINUTE - 1)).toEqual([session, [session]])
      expect(await at(START + MINUTE)).toEqual([undefined, []])
    })
  }

  it('keeps nothing that has expired before it came', async store => {
    await insertSession(store, { idleExpiresAt: START })
    await insertSession(store, { id: 'session-2', absoluteExpiresAt: START })
    expect(await store.list(LIST)).toEqual([])
    expect(await store.find({ id: 'session-1', now: START })).toBeAbsent()
    expect(await store.find({ id: 'session-2', now: START })).toBeAbsent()
  })

  it('takes an id again whose session has expired', async store => {
    await insertSession(store)
    const second = await insertSession(store, { subject: 'user-2', createdAt: START + HOUR })
    expect(await store.find({ id: 'session-1', now: START + HOUR })).toEqual(second)
    expect(await store.list({ ...LIST, now: START + HOUR })).toEqual([])
    expect(await store.list({ ...LIST, subject: 'user-2', now: START + HOUR })).toEqual([second])
  })

  it('is not ended early by the clock of the database', async store => {
    const session = await insertSession(store, { createdAt: PAST })
    expect(await store.find({ id: 'session-1', now: PAST + 1 })).toEqual(session)
    expect(await store.rotate(rotation(0, { now: PAST + 2 }))).toMatch({ outcome: 'rotated' })
    expect(await store.revoke({ ...REVOKE, now: PAST + 3 })).toEqual({ found: true })
    expect(await store.rotate(rotation(1, { now: PAST + 4 }))).toMatch({ outcome: 'revoked' })
  })

  it('stays apart from what a caller holds', async store => {
    const claims = { tenant: 'a', roles: ['x'] }
    const session = { ...sessionRecord({ claims }), scope: ['read'] }
    await store.insert({ session, now: START })
    session.scope.push('admin')
    claims.tenant = 'b'
    claims.roles.push('root')
    expect(await store.find({ id: session.id, now: START })).toMatch({
      scope: ['read'],
      claims: { tenant: 'a', roles: ['x'] },
    })
  })
}

function describeRotate({ it }: PortKit<SessionStore>): void {
  it('makes the successor current and touches no other field', async store => {
    const before = await insertSession(store, {
      clientId: 'app',
      acr: 'high',
      confirmation: { 'x5t#S256': 'thumbprint' },
      label: 'Firefox',
    })
    const session = {
      ...before,
      generation: 1,
      currentHash: 'hash-1',
      sealedSuccessor: 'sealed-1',
      rotatedAt: START + SECOND,
      lastUsedAt: START + SECOND,
      idleExpiresAt: START + SECOND + MINUTE,
    }
    expect(await store.rotate(rotation(0))).toEqual({ outcome: 'rotated', session })
    expect(await store.find({ id: 'session-1', now: START + SECOND })).toEqual(session)
    expect(await store.list({ ...LIST, now: START + SECOND })).toEqual([session])
  })

  it('rotates on and on, within one millisecond too', async store => {
    await insertSession(store)
    for (let generation = 0; generation < 5; generation += 1) {
      expect(await store.rotate(rotation(generation))).toMatch({
        outcome: 'rotated',
        session: { generation: generation + 1, currentHash: `hash-${generation + 1}` },
      })
    }
  })

  it('slides in place where the successor is the token itself, whatever generation the token names', async store => {
    const before = await insertSession(store)
    for (const generation of [1, 2, 3]) {
      const now = START + generation * SECOND
      const slide = rotation(0, { now, successorHash: 'hash-0', sealedSuccessor: '', graceSeconds: 0 })
      const session = {
        ...before,
        generation,
        sealedSuccessor: '',
        rotatedAt: now,
        lastUsedAt: now,
        idleExpiresAt: now + MINUTE,
      }
      expect(await store.rotate(slide)).toEqual({ outcome: 'rotated', session })
      expect(await store.find({ id: 'session-1', now })).toEqual(session)
    }
  })

  it('answers the direct predecessor with the same successor until the grace time is over', async store => {
    await insertSession(store)
    await store.rotate(rotation(0))
    const session = await store.find({ id: 'session-1', now: START + SECOND })
    for (const sinceFirstUse of [0, 1, 5000, 9999]) {
      const now = START + SECOND + sinceFirstUse
      const again = rotation(0, { now, successorHash: 'other', sealedSuccessor: 'other' })
      expect(await store.rotate(again)).toEqual({ outcome: 'replayed', session, sealedSuccessor: 'sealed-1' })
    }
    expect(await store.find({ id: 'session-1', now: START + SECOND })).toEqual(session)
    expect(await store.rotate(rotation(0, { now: START + 11_000 }))).toMatch({ outcome: 'reused' })
  })

  it('answers a late predecessor whose clock is behind with the same successor', async store => {
    await insertSession(store)
    await store.rotate(rotation(0))
    expect(await store.rotate(rotation(0, { now: START + 500 }))).toMatch({
      outcome: 'replayed',
      sealedSuccessor: 'sealed-1',
    })
  })

  it('answers the predecessor by its generation: its hash is not kept', async store => {
    await insertSession(store)
    await store.rotate(rotation(0))
    expect(await store.rotate(rotation(0, { presentedHash: 'another text of generation 0' }))).toMatch({
      outcome: 'replayed',
    })
  })

  it('lets the successor rotate after a replay, and ends the grace time of the predecessor with that', async store => {
    await insertSession(store)
    await store.rotate(rotation(0))
    await store.rotate(rotation(0))
    expect(await store.rotate(rotation(1))).toMatch({ outcome: 'rotated', session: { generation: 2 } })
    expect(await store.rotate(rotation(1))).toMatch({ outcome: 'replayed', sealedSuccessor: 'sealed-2' })
    expect(await store.rotate(rotation(0))).toMatch({ outcome: 'reused' })
  })

  it('grants no replay without grace time', async store => {
    await insertSession(store)
    await store.rotate(rotation(0))
    expect(await store.rotate(rotation(0, { graceSeconds: 0 }))).toMatch({ outcome: 'reused' })
  })

  it('takes a grace time in fractions of a second', async store => {
    await insertSession(store)
    await store.rotate(rotation(0))
    const at = (now: number) => store.rotate(rotation(0, { now, graceSeconds: 0.25 }))
    expect(await at(START + SECOND + 249)).toMatch({ outcome: 'replayed' })
    expect(await at(START + SECOND + 250)).toMatch({ outcome: 'reused' })
  })

  for (const [token, command] of [
    ['an older generation', rotation(0)],
    ['another token of the current generation', rotation(2, { presentedHash: 'forged' })],
    ['a later generation', rotation(9)],
    ['a later generation with the hash of an older one', rotation(9, { presentedHash: 'hash-1' })],
  ] as const) {
    it(`ends the session at the sight of ${token}`, async store => {
      await insertSession(store)
      await store.rotate(rotation(0))
      await store.rotate(rotation(1))
      const before = await store.find({ id: 'session-1', now: START + SECOND })
      const session = { ...before, revokedAt: START + SECOND, revocationReason: 'refresh_token_reused' }
      expect(await store.rotate(command)).toEqual({ outcome: 'reused', session })
      expect(await store.rotate(command)).toEqual({ outcome: 'revoked', session })
      expect(await store.rotate(rotation(2))).toEqual({ outcome: 'revoked', session })
      expect(await store.rotate(rotation(1))).toEqual({ outcome: 'revoked', session })
      expect(await store.find({ id: 'session-1', now: START + SECOND })).toEqual(session)
      expect(await store.list({ ...LIST, now: START + SECOND })).toEqual([])
    })
  }

  it('ends a session that was never rotated at the sight of a foreign token of generation 0', async store => {
    await insertSession(store)
    expect(await store.rotate(rotation(0, { presentedHash: 'forged' }))).toMatch({ outcome: 'reused' })
  })

  it('changes nothing on an ended session and answers so until its absolute expiry', async store => {
    await insertSession(store)
    await store.revoke(REVOKE)
    const session = await store.find({ id: 'session-1', now: START + 5 })
    for (const now of [START + 5, START + MINUTE, START + HOUR - 1]) {
      expect(await store.rotate(rotation(0, { now }))).toEqual({ outcome: 'revoked', session })
    }
    const { outcome } = await store.rotate(rotation(0, { now: START + HOUR }))
    expect(outcome).toBeOneOf(['expired', 'not_found'])
  })

  it('keeps an ended session through a sweep that its idle expiry has passed', async store => {
    await insertSession(store)
    await store.revoke(REVOKE)
    expect(await store.sweep({ now: START + MINUTE, limit: 10 })).toEqual({ removed: 0 })
    expect(await store.rotate(rotation(0, { now: START + MINUTE }))).toMatch({ outcome: 'revoked' })
  })

  for (const [expiry, fields] of [
    ['idle', { idleExpiresAt: START + MINUTE }],
    ['absolute', { idleExpiresAt: START + HOUR, absoluteExpiresAt: START + MINUTE }],
  ] as const) {
    it(`refuses at the millisecond of the ${expiry} expiry, and changes nothing`, async store => {
      const session = await insertSession(store, fields)
      for (const command of [rotation(0), rotation(0, { presentedHash: 'forged' }), rotation(7)]) {
        const { outcome } = await store.rotate({ ...command, now: START + MINUTE })
        expect(outcome).toBeOneOf(['expired', 'not_found'])
      }
      expect(await store.find({ id: 'session-1', now: START + MINUTE - 1 })).toEqual(session)
      expect(await store.rotate(rotation(0, { now: START + MINUTE - 1 }))).toMatch({ outcome: 'rotated' })
    })
  }

  it('never moves the idle expiry past the absolute one', async store => {
    const absoluteExpiresAt = START + 30 * SECOND
    await insertSession(store, { absoluteExpiresAt })
    expect(await store.rotate(rotation(0))).toMatch({
      session: { idleExpiresAt: absoluteExpiresAt, absoluteExpiresAt },
    })
    expect(await store.find({ id: 'session-1', now: absoluteExpiresAt - 1 })).toMatch({
      idleExpiresAt: absoluteExpiresAt,
      absoluteExpiresAt,
    })
    expect(await store.find({ id: 'session-1', now: absoluteExpiresAt })).toBeAbsent()
  })

  it('slides the idle expiry, so that a session in use outlives its first one', async store => {
    await insertSession(store)
    await store.rotate(rotation(0, { now: START + MINUTE - 1 }))
    const now = START + 2 * MINUTE - 2
    expect(await store.find({ id: 'session-1', now })).toMatch({ generation: 1 })
    expect(await store.list({ ...LIST, now })).toMatch([{ id: 'session-1' }])
    expect(await store.find({ id: 'session-1', now: now + 1 })).toBeAbsent()
  })

  it('does not know an unknown session', async store => {
    expect(await store.rotate(rotation(0))).toEqual({ outcome: 'not_found' })
    expect(await store.find({ id: 'session-1', now: START + SECOND })).toBeAbsent()
  })
}

function describeRevoke({ it }: PortKit<SessionStore>): void {
  it('ends a session once; the first reason and instant stay', async store => {
    const session = await insertSession(store)
    expect(await store.revoke(REVOKE)).toEqual({ found: true })
    const again = { ...REVOKE, reason: 'subject_revoked', now: START + 9 } as const
    expect(await store.revoke(again)).toEqual({ found: true })
    expect(await store.find({ id: 'session-1', now: START + 9 })).toEqual({
      ...session,
      revokedAt: START + 5,
      revocationReason: 'revoked',
    })
    expect(await store.list({ ...LIST, now: START + 9 })).toEqual([])
  })

  it('finds an ended session again until its absolute expiry', async store => {
    await insertSession(store)
    await store.revoke(REVOKE)
    expect(await store.revoke({ ...REVOKE, now: START + HOUR - 1 })).toEqual({ found: true })
    expect(await store.revoke({ ...REVOKE, now: START + HOUR })).toEqual({ found: false })
  })

  it('does not find unknown sessions, expired ones and those of another subject', async store => {
    const session = await insertSession(store)
    expect(await store.revoke({ ...REVOKE, id: 'session-2' })).toEqual({ found: false })
    expect(await store.revoke({ ...REVOKE, subject: 'user-2' })).toEqual({ found: false })
    expect(await store.revoke({ ...REVOKE, now: START + MINUTE })).toEqual({ found: false })
    expect(await store.find({ id: 'session-1', now: START + 5 })).toEqual(session)
    expect(await store.revoke({ ...REVOKE, subject: 'user-1' })).toEqual({ found: true })
    expect(await store.revoke({ ...REVOKE, subject: 'user-2' })).toEqual({ found: false })
  })
}

function describeRevokeAll({ it }: PortKit<SessionStore>): void {
  const command = { subject: 'user-1', reason: 'subject_revoked', now: START + 5 } as const
  const insertFour = async (store: SessionStore): Promise<void> => {
    for (const id of ['a', 'b', 'c']) await insertSession(store, { id })
    await insertSession(store, { id: 'other', subject: 'user-2' })
  }

  it('ends every session of the subject and of nobody else', async store => {
    await insertFour(store)
    const { ids } = await store.revokeAll(command)
    expect([...ids].sort()).toEqual(['a', 'b', 'c'])
    expect(await store.list({ ...LIST, now: START + 5 })).toEqual([])
    expect(await store.list({ ...LIST, subject: 'user-2', now: START + 5 })).toMatch([{ id: 'other' }])
    expect(await store.find({ id: 'b', now: START + 5 })).toEqual({
      ...sessionRecord({ id: 'b' }),
      revokedAt: START + 5,
      revocationReason: 'subject_revoked',
    })
  })

  it('spares one, and names those ended before', async store => {
    await insertFour(store)
    await store.revoke({ id: 'a', reason: 'revoked', now: START + 1 })
    for (const now of [START + 5, START + 6]) {
      const { ids } = await store.revokeAll({ ...command, now, exceptId: 'c' })
      expect([...ids].sort()).toEqual(['a', 'b'])
    }
    expect(await store.find({ id: 'a', now: START + 6 })).toMatch({
      revokedAt: START + 1,
      revocationReason: 'revoked',
    })
    expect(await store.find({ id: 'b', now: START + 6 })).toMatch({ revokedAt: START + 5 })
    expect(await store.list({ ...LIST, now: START + 6 })).toMatch([{ id: 'c' }])
  })

  it('spares nothing for the id of somebody else', async store => {
    await insertFour(store)
    const { ids } = await store.revokeAll({ ...command, exceptId: 'other' })
    expect([...ids].sort()).toEqual(['a', 'b', 'c'])
  })

  it('names ended sessions until their absolute expiry', async store => {
    await insertFour(store)
    await store.revoke({ id: 'a', reason: 'revoked', now: START + 1 })
    const idsAt = async (now: number) => (await store.revokeAll({ ...command, now })).ids
    expect(await idsAt(START + HOUR - 1)).toEqual(['a'])
    expect(await idsAt(START + HOUR)).toEqual([])
  })

  it('leaves expired sessions out', async store => {
    await insertSession(store, { idleExpiresAt: START + 5 })
    expect(await store.revokeAll(command)).toEqual({ ids: [] })
    expect((await store.find({ id: 'session-1', now: START + 4 }))?.revokedAt).toBeAbsent()
  })

  it('answers an unknown subject with nothing', async store => {
    await insertFour(store)
    expect(await store.revokeAll({ ...command, subject: 'nobody' })).toEqual({ ids: [] })
    expect(await store.list(LIST)).toMatch([{ id: 'a' }, { id: 'b' }, { id: 'c' }])
  })
}

function describeList({ it }: PortKit<SessionStore>): void {
  it('is newest first, then by id, and limited', async store => {
    const created = [
      ['b', 2],
      ['d', 1],
      ['a', 2],
      ['e', 3],
      ['c', 2],
      ['B', 2],
    ] as const
    for (const [id, age] of created) await insertSession(store, { id, createdAt: START + age })
    const list = async (limit: number) =>
      (await store.list({ ...LIST, now: START + 10, limit })).map(({ id }) => id)
    expect(await list(10)).toEqual(['e', 'B', 'a', 'b', 'c', 'd'])
    expect(await list(2)).toEqual(['e', 'B'])
    expect(await list(0)).toEqual([])
  })

  it('counts live sessions only towards the limit', async store => {
    await insertSession(store, { id: 'live' })
    await insertSession(store, { id: 'short', createdAt: START + 1, idleExpiresAt: START + 5 })
    await insertSession(store, { id: 'ended', createdAt: START + 2 })
    await store.revoke({ ...REVOKE, id: 'ended' })
    expect(await store.list({ ...LIST, now: START + 5, limit: 1 })).toMatch([{ id: 'live' }])
  })
}

function describeSweep({ it, isSweeping }: PortKit<SessionStore>): void {
  const insertOld = async (store: SessionStore): Promise<void> => {
    for (let count = 0; count < 5; count += 1) {
      await insertSession(store, { id: `old-${count}`, idleExpiresAt: START + 10 * SECOND + count })
    }
    await insertSession(store, { absoluteExpiresAt: START + MINUTE })
  }
  const now = START + 20 * SECOND

  if (isSweeping) {
    it('deletes expired sessions in batches and nothing else', async store => {
      await insertOld(store)
      expect(await store.sweep({ now: START + 10 * SECOND - 1, limit: 10 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now, limit: 0 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now, limit: 2 })).toEqual({ removed: 2 })
      expect(await store.sweep({ now, limit: 10 })).toEqual({ removed: 3 })
      expect(await store.sweep({ now, limit: 10 })).toEqual({ removed: 0 })
      expect(await store.find({ id: 'session-1', now })).toBePresent()
      expect(await store.list({ ...LIST, now })).toMatch([{ id: 'session-1' }])
    })

    it('deletes an ended session after its absolute expiry', async store => {
      await insertSession(store)
      await store.revoke(REVOKE)
      expect(await store.sweep({ now: START + HOUR - 1, limit: 10 })).toEqual({ removed: 0 })
      expect(await store.sweep({ now: START + HOUR, limit: 10 })).toEqual({ removed: 1 })
      expect(await store.rotate(rotation(0, { now: START + HOUR - 1 }))).toEqual({ outcome: 'not_found' })
    })
  } else {
    it('leaves deleting to the database, and live sessions alone', async store => {
      await insertOld(store)
      const { removed } = await store.sweep({ now, limit: 2 })
      expect(removed).toBeAtMost(2)
      expect(await store.find({ id: 'session-1', now })).toBePresent()
      expect(await store.list({ ...LIST, now })).toMatch([{ id: 'session-1' }])
    })
  }

  it('has nothing to delete in an empty store', async store => {
    expect(await store.sweep({ now, limit: 10 })).toEqual({ removed: 0 })
  })
}
