import { describe, expect, it } from 'vitest'
import { memoryStores } from '../../src/memory/index.js'
import { deploy, OTHER_SECRET, override, SECRET, START } from '../fixtures.js'

const THUMBPRINT = 'A'.repeat(43)
const login = { subject: 'user-1', scope: ['read'], clientId: 'web', amr: ['pwd'] }

describe('introspecting a refresh token', () => {
  it('tells what it stands for and spends nothing', async () => {
    const { auth, clock, stores } = deploy()
    const first = await auth.sessions.start({ ...login, confirmation: { jkt: THUMBPRINT } })
    const before = await stores.sessions.find({ id: first.session.id, now: clock() })
    for (let time = 0; time < 3; time += 1) {
      const found = await auth.sessions.introspect(first.refreshToken)
      expect(found).toEqual({
        session: first.session,
        expiresAt: first.session.idleExpiresAt,
        confirmation: { jkt: THUMBPRINT },
      })
      expect(Object.isFrozen(found)).toBe(true)
    }
    expect(await stores.sessions.find({ id: first.session.id, now: clock() })).toEqual(before)
    const options = { clientId: 'web', confirmation: { jkt: THUMBPRINT } }
    await expect(auth.sessions.refresh(first.refreshToken, options)).resolves.toBeDefined()
  })

  it('agrees with refresh on a predecessor: active within the grace time, then not, and ends no session', async () => {
    const { auth, clock, eventsOf } = deploy()
    const first = await auth.sessions.start(login)
    const second = await auth.sessions.refresh(first.refreshToken, { clientId: 'web' })
    expect(await auth.sessions.introspect(first.refreshToken)).toBeDefined()
    clock.advance(10)
    expect(await auth.sessions.introspect(first.refreshToken)).toBeUndefined()
    const third = await auth.sessions.refresh(second.refreshToken, { clientId: 'web' })
    expect(await auth.sessions.introspect(first.refreshToken)).toBeUndefined()
    expect(await auth.sessions.introspect(third.refreshToken)).toBeDefined()
    expect(eventsOf('session.refresh_token_reused')).toEqual([])
  })

  it.each<[string, (fixture: ReturnType<typeof deploy>, sessionId: string) => unknown]>([
    ['the session was ended', ({ auth }, id) => auth.sessions.revoke(id)],
    ['the subject was signed out', ({ auth }) => auth.revocation.revokeSubject('user-1')],
    ['the client was revoked', ({ auth }) => auth.revocation.revokeClient('web')],
    ['it idled out', ({ clock }) => clock.advance(400 * 86_400)],
    [
      'only the mark of the session was written',
      ({ stores, clock }, id) => {
        const entry = { kind: 'session', id, revokedAt: clock(), expiresAt: clock() + 60_000 } as const
        return stores.revocations.revoke({ entries: [entry], now: clock() })
      },
    ],
  ])('says nothing when %s', async (_, change) => {
    const fixture = deploy()
    const { refreshToken, session } = await fixture.auth.sessions.start(login)
    expect(await fixture.auth.sessions.introspect(refreshToken)).toBeDefined()
    await change(fixture, session.id)
    expect(await fixture.auth.sessions.introspect(refreshToken)).toBeUndefined()
  })

  it('says nothing about other text, without asking a store', async () => {
    const { auth: other } = deploy({ secrets: [OTHER_SECRET] })
    const { refreshToken: foreign } = await other.sessions.start(login)
    const stores = memoryStores()
    const refuse = () => Promise.reject(new Error('a store was asked'))
    const { auth } = deploy({
      secrets: [SECRET],
      stores: {
        ...stores,
        sessions: override(stores.sessions, { find: refuse }),
        revocations: override(stores.revocations, { find: refuse }),
      },
    })
    const { refreshToken } = await auth.sessions.start(login)
    const texts = [
      foreign,
      `${refreshToken}A`,
      refreshToken.slice(0, -1),
      refreshToken.toUpperCase(),
      'rt_',
      '',
    ]
    const values: readonly unknown[] = [
      ...texts,
      undefined,
      null,
      1,
      {},
      [refreshToken],
      'x'.repeat(1_000_000),
    ]
    for (const value of values) expect(await auth.sessions.introspect(value as string)).toBeUndefined()
    await expect(auth.sessions.introspect(refreshToken)).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('is dated: the earlier of idle and absolute expiry', async () => {
    const { auth, clock } = deploy({ session: { idleSeconds: 300, absoluteSeconds: 400 } })
    const { refreshToken } = await auth.sessions.start(login)
    expect(await auth.sessions.introspect(refreshToken)).toMatchObject({ expiresAt: START + 300_000 })
    clock.advance(200)
    const second = await auth.sessions.refresh(refreshToken, { clientId: 'web' })
    expect(await auth.sessions.introspect(second.refreshToken)).toMatchObject({ expiresAt: START + 400_000 })
  })
})
