import { createHmac, hkdfSync } from 'node:crypto'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { backend } from '../../src/crypto/node.js'
import { openText } from '../../src/crypto/sealed-text.js'
import { memoryStores } from '../../src/memory/index.js'
import type { RevocationEntry, SessionRecord } from '../../src/ports/index.js'
import { deploy, override, SECRET, START } from '../fixtures.js'

const client = { clientId: 'web' }

/** A deployment that writes down, in order, what is written to its stores; new sessions for themselves. */
function observe() {
  const stores = memoryStores()
  const writes: unknown[] = []
  const inserted: SessionRecord[] = []
  const sessions = override(stores.sessions, {
    insert(command) {
      inserted.push(command.session)
      return stores.sessions.insert(command)
    },
    revoke(command) {
      writes.push({ revoke: command })
      return stores.sessions.revoke(command)
    },
    revokeAll(command) {
      writes.push({ revokeAll: command })
      return stores.sessions.revokeAll(command)
    },
  })
  const revocations = override(stores.revocations, {
    revoke(command) {
      writes.push({ mark: command.entries.map(({ kind, id }: RevocationEntry) => `${kind} ${id}`) })
      return stores.revocations.revoke(command)
    },
  })
  return { ...deploy({ stores: { ...stores, sessions, revocations } }), memory: stores, writes, inserted }
}

describe('starting', () => {
  it('stores what was granted and nothing that was left out', async () => {
    const { auth, inserted } = observe()
    const { session } = await auth.sessions.start({ subject: 'user-1' })
    const granted = {
      id: session.id,
      subject: 'user-1',
      scope: [],
      roles: [],
      claims: {},
      amr: [],
      createdAt: START,
      authenticatedAt: START,
      lastUsedAt: START,
      idleExpiresAt: expect.any(Number),
      absoluteExpiresAt: expect.any(Number),
    }
    expect(session).toStrictEqual(granted)
    const { currentHash, generation, ...record } = Object(inserted[0])
    expect(record).toStrictEqual(granted)
    expect(generation).toBe(0)
    expect(currentHash).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })

  it('stores all that was granted', async () => {
    const { auth, stores, clock } = deploy()
    const granted = {
      subject: 'user-1',
      clientId: 'web',
      scope: ['read'],
      roles: ['admin'],
      claims: { plan: 'pro' },
      amr: ['pwd'],
      acr: 'aal1',
      confirmation: { jkt: 'a'.repeat(43) },
      label: 'Firefox on Linux',
      authenticatedAt: START - 5000,
    }
    const { session } = await auth.sessions.start(granted)
    expect(await stores.sessions.find({ id: session.id, now: clock() })).toMatchObject(granted)
    const { confirmation: _, ...shown } = granted
    expect(session).toMatchObject(shown)
  })

  it('issues tokens without claims for what was not granted', async () => {
    const { auth } = deploy()
    const tokens = await auth.sessions.start({ subject: 'user-1' })
    const plain = ['iss', 'sub', 'aud', 'client_id', 'jti', 'iat', 'iat_ms', 'exp', 'sid', 'auth_time']
    for (const { accessToken } of [tokens, await auth.sessions.refresh(tokens.refreshToken)]) {
      expect(Object.keys(decodeJwt(accessToken)).sort()).toEqual(plain.sort())
    }
  })

  it('is told in an event, with the client where there is one', async () => {
    const { auth, events } = deploy()
    const first = await auth.sessions.start({ subject: 'user-1' })
    const second = await auth.sessions.start({ subject: 'user-1', clientId: 'web' })
    expect(events.filter(({ type }) => type === 'session.started')).toStrictEqual([
      { type: 'session.started', at: START, subject: 'user-1', sessionId: first.session.id },
      {
        type: 'session.started',
        at: START,
        subject: 'user-1',
        sessionId: second.session.id,
        clientId: 'web',
      },
    ])
  })

  it('refuses a login in the future, and takes one of this millisecond', async () => {
    const { auth } = deploy()
    const start = (authenticatedAt: number) => auth.sessions.start({ subject: 'user-1', authenticatedAt })
    await expect(start(START + 1)).rejects.toMatchObject({
      code: 'argument_invalid',
      message: expect.stringContaining('authenticatedAt'),
    })
    await expect(start(START)).resolves.toMatchObject({ session: { authenticatedAt: START } })
  })

  it('names what is wrong with a label', async () => {
    const { auth } = deploy()
    for (const label of ['', 'a\nb', 'x'.repeat(201)]) {
      await expect(auth.sessions.start({ subject: 'user-1', label })).rejects.toMatchObject({
        code: 'argument_invalid',
        message: expect.stringMatching(/^label /),
      })
    }
    await expect(auth.sessions.start({ subject: 'user-1', label: 'x'.repeat(200) })).resolves.toBeDefined()
  })
})

describe('refreshing', () => {
  it('is not possible for a session that the store does not know', async () => {
    const { auth, clock } = deploy()
    const { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
    const elsewhere = deploy({ clock })
    await expect(elsewhere.auth.sessions.refresh(refreshToken)).rejects.toMatchObject({
      name: 'InvalidGrantError',
      code: 'session_not_found',
    })
  })

  it('tells of a theft who was robbed, and marks the session', async () => {
    const { auth, clock, eventsOf, writes } = observe()
    const { refreshToken, session } = await auth.sessions.start({ subject: 'user-1' })
    await auth.sessions.refresh(refreshToken)
    clock.advance(10)
    await expect(auth.sessions.refresh(refreshToken)).rejects.toMatchObject({ code: 'refresh_token_reused' })
    expect(eventsOf('session.refresh_token_reused')).toMatchObject([
      { subject: 'user-1', sessionId: session.id, presentedGeneration: 0 },
    ])
    expect(writes).toEqual([{ mark: [`session ${session.id}`] }])
  })

  it('ends a session whose subject was revoked, with the reason', async () => {
    const { auth, clock, writes, memory } = observe()
    const { refreshToken, session } = await auth.sessions.start({ subject: 'user-1' })
    const entry = { kind: 'subject', id: 'user-1', revokedAt: START, expiresAt: START + 1e6 } as const
    await memory.revocations.revoke({ entries: [entry], now: clock() })
    await expect(auth.sessions.refresh(refreshToken)).rejects.toMatchObject({ code: 'session_revoked' })
    expect(writes).toEqual([{ revoke: { id: session.id, reason: 'revoked', now: START } }])
  })

  it('asks about the marks of what the session has', async () => {
    const stores = memoryStores()
    const asked: unknown[] = []
    const revocations = override(stores.revocations, {
      find(query) {
        asked.push(query.marks)
        return stores.revocations.find(query)
      },
    })
    const { auth } = deploy({ stores: { ...stores, revocations } })
    const plain = await auth.sessions.start({ subject: 'user-1' })
    const web = await auth.sessions.start({ subject: 'user-1', ...client })
    await auth.sessions.refresh(plain.refreshToken)
    await auth.sessions.refresh(web.refreshToken, client)
    const subject = { kind: 'subject', id: 'user-1' }
    expect(asked).toEqual([
      [{ kind: 'session', id: plain.session.id }, subject],
      [{ kind: 'session', id: web.session.id }, subject, { kind: 'client', id: 'web' }],
    ])
  })

  it('demands both keys of a session that is bound to two', async () => {
    const { auth } = deploy()
    const confirmation = { 'x5t#S256': 'A'.repeat(43), jkt: 'B'.repeat(43) }
    const { refreshToken } = await auth.sessions.start({ subject: 'user-1', confirmation })
    const wrong = { ...confirmation, 'x5t#S256': 'C'.repeat(43) }
    for (const proved of [undefined, {}, { jkt: confirmation.jkt }, wrong]) {
      const options = proved === undefined ? {} : { confirmation: proved }
      await expect(auth.sessions.refresh(refreshToken, options)).rejects.toMatchObject({
        code: 'refresh_token_client_mismatch',
      })
    }
    await expect(auth.sessions.refresh(refreshToken, { confirmation })).resolves.toBeDefined()
  })

  it('does not mind a key that was proved and is not asked for', async () => {
    const { auth } = deploy()
    const jkt = 'B'.repeat(43)
    const { refreshToken } = await auth.sessions.start({ subject: 'user-1', confirmation: { jkt } })
    const confirmation = { jkt, 'x5t#S256': 'A'.repeat(43) }
    await expect(auth.sessions.refresh(refreshToken, { confirmation })).resolves.toBeDefined()
  })

  it('seals the successor under a key of its own, which only the predecessor yields', async () => {
    const { auth, stores, clock } = deploy()
    const { refreshToken, session } = await auth.sessions.start({ subject: 'user-1' })
    const successor = await auth.sessions.refresh(refreshToken)
    const { sealedSuccessor = '' } = Object(await stores.sessions.find({ id: session.id, now: clock() }))
    const derived = Buffer.from(hkdfSync('sha256', SECRET, '', 'authcore/v1/refresh_successor', 32))
    const key = createHmac('sha256', derived).update(refreshToken).digest()
    const sealingKey = { key: new Uint8Array(key), associatedContent: session.id }
    expect(await openText(sealedSuccessor, sealingKey, backend)).toBe(successor.refreshToken)
  })

  it('cannot use a sealed successor that another token could not open', async () => {
    const stores = memoryStores()
    const sessions = override(stores.sessions, {
      async rotate(command) {
        const outcome = await stores.sessions.rotate(command)
        return outcome.outcome === 'rotated'
          ? { outcome: 'replayed', session: outcome.session, sealedSuccessor: 'AAAA' }
          : outcome
      },
    })
    const { auth } = deploy({ stores: { ...stores, sessions } })
    const { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
    await expect(auth.sessions.refresh(refreshToken)).rejects.toMatchObject({ code: 'refresh_token_invalid' })
  })
})

describe('ending', () => {
  it('by id marks first, by owner asks the store first, and tells of it once', async () => {
    const { auth, eventsOf, writes } = observe()
    const [first, second] = [
      await auth.sessions.start({ subject: 'user-1' }),
      await auth.sessions.start({ subject: 'user-1' }),
    ]
    const [a, b] = [first.session.id, second.session.id]
    const command = { reason: 'revoked', now: START }
    await auth.sessions.revoke(a)
    expect(await auth.sessions.revoke(b, { subject: 'user-2' })).toEqual({ found: false })
    expect(await auth.sessions.revoke(b, { subject: 'user-1' })).toEqual({ found: true })
    expect(writes).toEqual([
      { mark: [`session ${a}`] },
      { revoke: { id: a, ...command } },
      { revoke: { id: b, subject: 'user-2', ...command } },
      { revoke: { id: b, subject: 'user-1', ...command } },
      { mark: [`session ${b}`] },
    ])
    expect(eventsOf('session.revoked')).toEqual([
      { type: 'session.revoked', at: START, sessionId: a, reason: 'revoked' },
      { type: 'session.revoked', at: START, sessionId: b, subject: 'user-1', reason: 'revoked' },
    ])
  })

  it('of a session that nobody knows is no event', async () => {
    const { auth, eventsOf } = deploy()
    expect(await auth.sessions.revoke('AAAAAAAAAAAAAAAAAAAAAA')).toEqual({ found: false })
    expect(eventsOf('session.revoked')).toEqual([])
  })

  it('of all marks first, and marks afterwards what was started in between', async () => {
    const { auth, eventsOf, writes, memory } = observe()
    const { session } = await auth.sessions.start({ subject: 'user-1' })
    const late = { ...(await memory.sessions.find({ id: session.id, now: START })), id: 'B'.repeat(22) }
    const list = memory.sessions.list.bind(memory.sessions)
    memory.sessions.list = async query => {
      const listed = await list(query)
      await memory.sessions.insert({ session: { ...late, ...listed[0], id: late.id } as never, now: START })
      return listed
    }
    const { ids } = await auth.sessions.revokeAll('user-1')
    expect(ids).toEqual([session.id])
    expect(writes).toStrictEqual([
      { mark: [`session ${session.id}`] },
      { revokeAll: { subject: 'user-1', reason: 'revoked', now: START } },
      { mark: [`session ${late.id}`] },
    ])
    expect(eventsOf('session.revoked')).toEqual([
      { type: 'session.revoked', at: START, sessionId: session.id, subject: 'user-1', reason: 'revoked' },
    ])
  })

  it('of all but one says so to the store, and writes no empty marks', async () => {
    const { auth, writes } = observe()
    const { session } = await auth.sessions.start({ subject: 'user-1' })
    expect(await auth.sessions.revokeAll('user-1', { except: session.id })).toEqual({ ids: [] })
    expect(writes).toEqual([
      { revokeAll: { subject: 'user-1', exceptId: session.id, reason: 'revoked', now: START } },
    ])
    expect(Object.keys(Object(writes[0]).revokeAll)).toEqual(['subject', 'exceptId', 'reason', 'now'])
  })

  it('names the argument that is wrong', async () => {
    const { auth } = deploy()
    for (const value of ['', 'a\nb', { $ne: null }] as string[]) {
      const refusals: [string, Promise<unknown>][] = [
        ['subject', auth.sessions.list(value)],
        ['sessionId', auth.sessions.revoke(value)],
        ['subject', auth.sessions.revoke('a', { subject: value })],
        ['subject', auth.sessions.revokeAll(value)],
        ['except', auth.sessions.revokeAll('user-1', { except: value })],
      ]
      for (const [name, refusal] of refusals) {
        await expect(refusal).rejects.toMatchObject({
          code: 'argument_invalid',
          message: expect.stringMatching(new RegExp(`^${name} `)),
        })
      }
    }
  })
})
