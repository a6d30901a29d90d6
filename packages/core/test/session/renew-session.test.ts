import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CookieSession, RenewSessionOptions } from '../../src/index.js'
import { memoryStores } from '../../src/memory/index.js'
import type { Stores } from '../../src/ports/index.js'
import { deploy, race, START } from '../fixtures.js'

const LOGIN = {
  subject: 'user-1',
  scope: ['read'],
  roles: ['member'],
  clientId: 'web',
  claims: { plan: 'pro' },
  amr: ['pwd'],
  acr: 'aal1',
  label: 'Firefox',
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    error => String(error.code),
  )

describe('a renewal', () => {
  // covers ASVS-7.2.4
  it('puts the session under a new id and leaves nothing of the former one', async () => {
    const { auth, clock, eventsOf } = deploy()
    const former = await auth.sessions.startCookie(LOGIN)
    clock.advance(1000)
    const renewed = await auth.sessions.renew(former.sessionToken)
    expect(renewed.session.id).not.toBe(former.session.id)
    expect(renewed.sessionToken).not.toBe(former.sessionToken)
    const {
      id: _id,
      createdAt: _createdAt,
      lastUsedAt: _lastUsedAt,
      idleExpiresAt: _idle,
      ...kept
    } = former.session
    expect(renewed.session).toMatchObject(kept)
    expect(renewed.session.createdAt).toBe(clock())
    expect(renewed.expiresAt).toBe(former.expiresAt)

    expect(await codeOf(auth.sessions.verify(former.sessionToken))).toBe('session_token_revoked')
    expect(await codeOf(auth.sessions.renew(former.sessionToken))).toBe('session_token_revoked')
    expect(await auth.sessions.list('user-1')).toMatchObject([{ id: renewed.session.id, label: 'Firefox' }])
    expect(await auth.sessions.verify(renewed.sessionToken)).toMatchObject({
      authenticatedAt: START,
      amr: ['pwd'],
    })
    expect(eventsOf('session.renewed')).toMatchObject([
      { subject: 'user-1', sessionId: renewed.session.id, formerSessionId: former.session.id },
    ])
  })

  it('at step-up carries the new login', async () => {
    const { auth, clock } = deploy()
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    clock.advance(3600)
    expect(await codeOf(auth.sessions.verify(sessionToken, { maxAgeSeconds: 60 }))).toBe(
      'authentication_too_old',
    )
    const renewed = await auth.sessions.renew(sessionToken, { amr: ['pwd', 'otp'], acr: 'aal2' })
    const principal = await auth.sessions.verify(renewed.sessionToken, { maxAgeSeconds: 60 })
    expect(principal).toMatchObject({
      amr: ['pwd', 'otp'],
      acr: 'aal2',
      authenticatedAt: clock(),
      roles: ['member'],
    })
  })

  it('at a change of rights keeps the login', async () => {
    const { auth, clock } = deploy()
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    clock.advance(3600)
    const renewed = await auth.sessions.renew(sessionToken, {
      roles: ['admin'],
      scope: ['read', 'write'],
      claims: { plan: 'free' },
    })
    expect(await auth.sessions.verify(renewed.sessionToken)).toMatchObject({
      roles: ['admin'],
      scope: ['read', 'write'],
      claims: { plan: 'free' },
      authenticatedAt: START,
      amr: ['pwd'],
      acr: 'aal1',
    })
  })

  it('never extends the absolute expiry', async () => {
    const { auth, clock } = deploy({ session: { idleSeconds: 600, absoluteSeconds: 1000 } })
    let { sessionToken } = await auth.sessions.startCookie(LOGIN)
    for (const seconds of [400, 400, 199]) {
      clock.advance(seconds)
      sessionToken = (await auth.sessions.renew(sessionToken)).sessionToken
    }
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('accepted')
    clock.advance(1)
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('session_token_expired')
  })

  it('works after the session has been in use, which counts its record on', async () => {
    const { auth, clock } = deploy()
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    for (let minute = 0; minute < 5; minute += 1) {
      clock.advance(60)
      await auth.sessions.verify(sessionToken)
    }
    expect(await codeOf(auth.sessions.renew(sessionToken))).toBe('accepted')
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('session_token_revoked')
  })

  it.each<RenewSessionOptions>([
    { amr: Array(17).fill('pwd') },
    { amr: 'pwd' as never },
    { acr: '' },
    { scope: ['a b'] },
    { roles: [''] },
    { claims: 7 as never },
    { authenticatedAt: START + 3_600_001 },
    { authenticatedAt: Number.NaN },
  ])('with %j is refused and changes nothing', async options => {
    const { auth, clock } = deploy()
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    clock.advance(3600)
    expect(await codeOf(auth.sessions.renew(sessionToken, options))).toMatch(/^(argument|claims)_invalid$/)
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('accepted')
    expect(await auth.sessions.list('user-1')).toHaveLength(1)
  })

  it.each([2, 20, 100])('of %i at once has one winner', async count => {
    const { auth, eventsOf } = deploy()
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    const { values, codes } = await race(count, () => auth.sessions.renew(sessionToken))
    expect(values).toHaveLength(1)
    expect(new Set(codes)).toEqual(new Set(['session_token_revoked']))
    expect(await auth.sessions.list('user-1')).toMatchObject([{ id: values[0]?.session.id }])
    expect(await codeOf(auth.sessions.verify(values[0]?.sessionToken ?? ''))).toBe('accepted')
    expect(eventsOf('session.renewed')).toHaveLength(1)
    expect(eventsOf('session.refresh_token_reused')).toEqual([])
  })

  it('does not survive "sign out everywhere", whichever store call of it comes in between', async () => {
    for (let at = 0; at < 7; at += 1) {
      const stores = memoryStores()
      const calls = { left: Number.POSITIVE_INFINITY }
      const { auth } = deploy({
        stores: beforeCall(stores, async () => {
          if (calls.left-- !== 0) return
          await auth.revocation.revokeSubject('user-1')
        }),
      })
      const { sessionToken } = await auth.sessions.startCookie(LOGIN)
      calls.left = at
      const renewed = await auth.sessions.renew(sessionToken).catch(() => undefined)
      const isOver = calls.left >= 0
      calls.left = Number.POSITIVE_INFINITY
      if (isOver) await auth.revocation.revokeSubject('user-1')
      expect(await codeOf(auth.sessions.verify(sessionToken))).not.toBe('accepted')
      if (renewed !== undefined)
        expect(await codeOf(auth.sessions.verify(renewed.sessionToken))).toBe('session_token_revoked')
    }
  })

  it.each(['before', 'after'] as const)(
    'that fails %s any of its store calls leaves the former session or none, and no other',
    async when => {
      for (let at = 0; at < 5; at += 1) {
        const stores = memoryStores()
        const calls = { left: Number.POSITIVE_INFINITY }
        const fail = async () => {
          if (calls.left-- === 0) throw new Error('connection lost')
        }
        const { auth } = deploy({
          stores: when === 'before' ? beforeCall(stores, fail) : afterCall(stores, fail),
        })
        const { session, sessionToken } = await auth.sessions.startCookie(LOGIN)
        calls.left = at
        expect(await codeOf(auth.sessions.renew(sessionToken))).toBe('store_unavailable')
        calls.left = Number.POSITIVE_INFINITY
        const listed = await auth.sessions.list('user-1')
        expect(listed.filter(({ id }) => id !== session.id)).toEqual([])
        const isAlive = (await codeOf(auth.sessions.verify(sessionToken))) === 'accepted'
        // find, find, insert come before the claim
        if (at < 3) expect(isAlive).toBe(true)
        expect(await codeOf(auth.sessions.renew(sessionToken))).toMatch(
          isAlive ? /^accepted$/ : /^session_token_/,
        )
      }
    },
  )
})

it('any sequence of logins, uses, renewals and ends leaves exactly the sessions that a simple model has', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('start' as const) }),
    fc.record({ do: fc.constantFrom('verify', 'renew', 'revoke', 'others'), at: fc.nat(9) }),
    fc.record({ do: fc.constant('advance' as const), seconds: fc.integer({ min: 1, max: 400 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
      const idleMs = 600_000
      const { auth, clock } = deploy({
        session: { idleSeconds: 600, absoluteSeconds: 1500, touchIntervalSeconds: 60 },
      })
      const all: { token: string; id: string; isLive: boolean; touchedAt: number; endsAt: number }[] = []
      const add = ({ sessionToken, session, expiresAt }: CookieSession) =>
        all.push({ token: sessionToken, id: session.id, isLive: true, touchedAt: clock(), endsAt: expiresAt })
      const isAlive = (one: (typeof all)[number]) =>
        one.isLive && clock() < Math.min(one.touchedAt + idleMs, one.endsAt)

      for (const command of steps) {
        if (command.do === 'start') add(await auth.sessions.startCookie({ subject: 'user-1' }))
        else if (command.do === 'advance') clock.advance(command.seconds)
        else {
          const one = all[command.at % Math.max(1, all.length)]
          if (one === undefined) continue
          const wasAlive = isAlive(one)
          if (command.do === 'verify') {
            expect((await codeOf(auth.sessions.verify(one.token))) === 'accepted').toBe(wasAlive)
            if (wasAlive && clock() - one.touchedAt >= 60_000) one.touchedAt = clock()
          } else if (command.do === 'renew') {
            const renewed = await auth.sessions.renew(one.token).catch(() => undefined)
            expect(renewed !== undefined).toBe(wasAlive)
            one.isLive = false
            if (renewed !== undefined) {
              expect(renewed.expiresAt).toBe(one.endsAt)
              add(renewed)
            }
          } else if (command.do === 'revoke') {
            await auth.sessions.revokeBySessionToken(one.token)
            one.isLive = false
          } else {
            await auth.sessions.revokeAll('user-1', { except: one.id })
            for (const other of all) if (other !== one) other.isLive = false
          }
        }
        const listed = (await auth.sessions.list('user-1')).map(({ id }) => id)
        expect(new Set(listed)).toEqual(new Set(all.filter(isAlive).map(({ id }) => id)))
      }
    }),
    { numRuns: 150 },
  )
})

function beforeCall(stores: Stores, hook: () => Promise<void>): Stores {
  return intercept(stores, async call => {
    await hook()
    return call()
  })
}

function afterCall(stores: Stores, hook: () => Promise<void>): Stores {
  return intercept(stores, async call => {
    const result = await call()
    await hook()
    return result
  })
}

function intercept(stores: Stores, run: (call: () => Promise<unknown>) => Promise<unknown>): Stores {
  const around = <Store extends object>(store: Store): Store =>
    new Proxy(store, {
      get: (target, method) => (command: never) =>
        run(() => Reflect.apply(Reflect.get(target, method) as () => Promise<unknown>, target, [command])),
    })
  return { ...stores, sessions: around(stores.sessions), revocations: around(stores.revocations) }
}
