import { createHash, createHmac, hkdfSync } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AuthErrorCode } from '../../src/index.js'
import { memoryStores } from '../../src/memory/index.js'
import type { Stores } from '../../src/ports/index.js'
import { deploy, OTHER_SECRET, override, SECRET, START } from '../fixtures.js'

const LOGIN = { subject: 'user-1', scope: ['read', 'write'], roles: ['admin'], clientId: 'web', amr: ['pwd'] }

const codeOf = async (work: Promise<unknown>): Promise<AuthErrorCode | 'accepted'> =>
  work.then(
    () => 'accepted',
    error => error.code,
  )

/** Stores that note the name of every call. */
function watch(stores: Stores = memoryStores()): { readonly stores: Stores; take(): readonly string[] } {
  const calls: string[] = []
  const watched = <Store extends object>(name: string, store: Store): Store =>
    new Proxy(store, {
      get: (target, method) => (command: never) => {
        calls.push(`${name}.${String(method)}`)
        return Reflect.apply(Reflect.get(target, method) as () => unknown, target, [command])
      },
    })
  return {
    stores: {
      ...stores,
      sessions: watched('sessions', stores.sessions),
      revocations: watched('revocations', stores.revocations),
    },
    take: () => calls.splice(0).toSorted(),
  }
}

describe('a session by cookie', () => {
  // covers ASVS-7.2.3
  it('starts under a new id; its token is at rest as a hash', async () => {
    const { auth, stores, clock, eventsOf } = deploy()
    const first = await auth.sessions.startCookie({ ...LOGIN, label: 'Firefox' })
    const second = await auth.sessions.startCookie(LOGIN)
    expect(first.sessionToken).toMatch(/^st_[A-Za-z0-9_-]+$/)
    expect(second.session.id).not.toBe(first.session.id)
    expect(first.expiresAt).toBe(START + 90 * 86_400_000)
    expect(first.session).toMatchObject({ subject: 'user-1', label: 'Firefox', createdAt: START })
    expect(Object.isFrozen(first)).toBe(true)
    const record = await stores.sessions.find({ id: first.session.id, now: clock() })
    expect(record?.currentHash).toBe(createHash('sha256').update(first.sessionToken).digest('base64url'))
    expect(inspect(record)).not.toContain(first.sessionToken.slice(4, 40))
    expect(eventsOf('session.started')).toMatchObject([
      { sessionId: first.session.id, subject: 'user-1', clientId: 'web' },
      { sessionId: second.session.id },
    ])
  })

  it('gives a frozen principal without its token', async () => {
    const { auth } = deploy()
    const { session, sessionToken } = await auth.sessions.startCookie({
      ...LOGIN,
      acr: 'aal1',
      claims: { plan: { name: 'pro' } },
    })
    const principal = await auth.sessions.verify(sessionToken, { scope: ['read'], maxAgeSeconds: 0 })
    expect(principal).toEqual({
      method: 'session',
      sessionId: session.id,
      subject: 'user-1',
      clientId: 'web',
      scope: ['read', 'write'],
      roles: ['admin'],
      issuedAt: START,
      expiresAt: START + 14 * 86_400_000,
      authenticatedAt: START,
      amr: ['pwd'],
      acr: 'aal1',
      claims: { plan: { name: 'pro' } },
    })
    const { scope, roles, amr, claims } = principal
    const parts = [principal, scope, roles, amr, claims, Reflect.get(claims, 'plan')]
    expect(parts.every(part => Object.isFrozen(part))).toBe(true)
    expect(inspect(principal, { depth: null, showHidden: true })).not.toContain('st_')
  })

  it('is verified by one read beside one look-up of revocations, and without a write', async () => {
    const { stores, take } = watch()
    const { auth, clock } = deploy({ stores })
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    take()
    clock.advance(59)
    await auth.sessions.verify(sessionToken)
    expect(take()).toEqual(['revocations.find', 'sessions.find'])
  })

  it('demands scope and a recent login', async () => {
    const { auth, clock } = deploy({ accessToken: { clockToleranceSeconds: 5 } })
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    expect(await codeOf(auth.sessions.verify(sessionToken, { scope: ['read', 'delete'] }))).toBe(
      'insufficient_scope',
    )
    clock.advance(65)
    expect(await codeOf(auth.sessions.verify(sessionToken, { maxAgeSeconds: 60 }))).toBe('accepted')
    clock.advanceMs(1)
    expect(await codeOf(auth.sessions.verify(sessionToken, { maxAgeSeconds: 60 }))).toBe(
      'authentication_too_old',
    )
  })

  it('is bound to no key, and says so', async () => {
    const { auth } = deploy()
    const options: object = { ...LOGIN, confirmation: { jkt: 'A'.repeat(43) } }
    expect(await codeOf(auth.sessions.startCookie(options as typeof LOGIN))).toBe('argument_invalid')
  })

  it.each([
    { subject: '' },
    { subject: 'a\0' },
    { subject: 'u', scope: ['a b'] },
    { subject: 'u', label: 'x'.repeat(201) },
    { subject: 'u', authenticatedAt: START + 1 },
  ])('does not start with %j', async options => {
    const { auth } = deploy()
    expect(await codeOf(auth.sessions.startCookie(options))).toBe('argument_invalid')
    expect(await auth.sessions.list('u')).toEqual([])
  })

  it('is refused when its claims no longer fit the schema of the service', async () => {
    const stores = memoryStores()
    const before = deploy({ stores })
    const { sessionToken } = await before.auth.sessions.startCookie({ ...LOGIN, claims: { plan: 'gold' } })
    const schema = (plan: string) => z.object({ plan: z.literal(plan) })
    const same = deploy({ stores, accessToken: { claims: schema('gold') as never } })
    expect(await codeOf(same.auth.sessions.verify(sessionToken))).toBe('accepted')
    const after = deploy({ stores, accessToken: { claims: schema('pro') as never } })
    expect(await codeOf(after.auth.sessions.verify(sessionToken))).toBe('session_token_invalid')
  })

  it('takes nothing that an option leaves out from Object.prototype', async () => {
    const { auth } = deploy()
    const polluted = {
      scope: ['admin'],
      roles: ['admin'],
      maxAgeSeconds: -1,
      clientId: 'evil',
      confirmation: {},
      acr: 'x',
    }
    for (const [name, value] of Object.entries(polluted)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true })
    }
    let principals: unknown[] = []
    try {
      const { sessionToken } = await auth.sessions.startCookie({ subject: 'user-1' })
      const renewed = await auth.sessions.renew(sessionToken, {})
      principals = [await auth.sessions.verify(renewed.sessionToken, {})]
    } finally {
      for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name)
    }
    expect(principals).toMatchObject([{ scope: [], roles: [] }])
    expect(Object.keys(Object(principals[0]))).not.toContain('clientId')
    expect(Object.keys(Object(principals[0]))).not.toContain('acr')
  })
})

describe('the text of a session token', () => {
  const bytesOf = (token: string) => Buffer.from(token.slice(3), 'base64url')
  const textOf = (bytes: Uint8Array, prefix = 'st_') => prefix + Buffer.from(bytes).toString('base64url')
  /** Bytes with a right tag under a key that is derived here and not by the library. */
  const signed = (bytes: Uint8Array, label: string) => {
    const key = Buffer.from(hkdfSync('sha256', SECRET, '', `authcore/v1/${label}`, 32))
    return Buffer.concat([bytes, createHmac('sha256', key).update(bytes).digest().subarray(0, 16)])
  }

  it('has the layout of refresh tokens under a key of its own', async () => {
    const { auth } = deploy()
    const { session, sessionToken } = await auth.sessions.startCookie(LOGIN)
    const bytes = bytesOf(sessionToken)
    expect(bytes.subarray(7, 23).toString('base64url')).toBe(session.id)
    expect(JSON.parse(bytes.subarray(43, -16).toString())).toEqual({
      subject: 'user-1',
      clientId: 'web',
      startedAt: START,
    })
    expect(textOf(signed(bytes.subarray(0, -16), 'session_token'))).toBe(sessionToken)
  })

  it('never passes as a refresh token, nor the other way round, whatever its prefix', async () => {
    const { stores, take } = watch()
    const { auth } = deploy({ stores })
    const { sessionToken } = await auth.sessions.startCookie({ subject: 'user-1' })
    const { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
    take()
    expect(await codeOf(auth.sessions.verify(refreshToken))).toBe('session_token_malformed')
    expect(await codeOf(auth.sessions.verify(refreshToken.replace('rt_', 'st_')))).toBe(
      'session_token_invalid',
    )
    expect(await codeOf(auth.sessions.renew(refreshToken))).toBe('session_token_malformed')
    expect(await codeOf(auth.sessions.revokeBySessionToken(refreshToken))).toBe('session_token_malformed')
    expect(await codeOf(auth.sessions.refresh(sessionToken))).toBe('refresh_token_malformed')
    expect(await codeOf(auth.sessions.refresh(sessionToken.replace('st_', 'rt_')))).toBe(
      'refresh_token_invalid',
    )
    expect(await codeOf(auth.sessions.revokeByRefreshToken(sessionToken))).toBe('refresh_token_malformed')
    expect(take()).toEqual([])
  })

  it('of a session by refresh token opens nothing, even with a right tag', async () => {
    const { auth } = deploy()
    const { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
    const forged = textOf(signed(bytesOf(refreshToken).subarray(0, -16), 'session_token'))
    expect(await codeOf(auth.sessions.verify(forged))).toBe('session_token_invalid')
    expect(await auth.sessions.list('user-1')).toHaveLength(1)
  })

  it('is refused without a store call when any of its bytes is changed', async () => {
    const { stores, take } = watch()
    const { auth, eventsOf } = deploy({ stores })
    const genuine = bytesOf((await auth.sessions.startCookie(LOGIN)).sessionToken)
    take()
    const codes = new Set<string>()
    for (let index = 0; index < genuine.length; index += 1) {
      const changed = Uint8Array.from(genuine, (byte, at) => (at === index ? byte ^ 1 : byte))
      codes.add(await codeOf(auth.sessions.verify(textOf(changed))))
    }
    expect([...codes].toSorted()).toEqual(['session_token_invalid', 'session_token_malformed'])
    expect(take()).toEqual([])
    expect(eventsOf('credential.refused')).toHaveLength(genuine.length)
    expect(eventsOf('credential.refused')[0]).toMatchObject({ method: 'session' })
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['empty text', ''],
    ['the prefix alone', 'st_'],
    ['an upper-case prefix', 'ST_AAAA'],
    ['a megabyte', `st_${'A'.repeat(1_000_000)}`],
    ['another alphabet', 'st_+/+/'],
    ['a percent sign', 'st_%41%41'],
    ['quotes', '"st_AAAA"'],
    ['a list', ['st_AAAA']],
    ['an object that becomes text', { toString: () => 'st_AAAA', length: 7, startsWith: () => true }],
    ['half of a surrogate pair', 'st_\ud800'],
  ])('%s is malformed and reaches no store', async (_, text) => {
    const { stores, take } = watch()
    const { auth } = deploy({ stores })
    const token = text as string
    expect(await codeOf(auth.sessions.verify(token))).toBe('session_token_malformed')
    expect(await codeOf(auth.sessions.renew(token))).toBe('session_token_malformed')
    expect(await codeOf(auth.sessions.revokeBySessionToken(token))).toBe('session_token_malformed')
    expect(take()).toEqual([])
  })

  it('is told by its looks', async () => {
    const { auth } = deploy()
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    expect(auth.sessions.isSessionToken(sessionToken)).toBe(true)
    for (const text of ['', 'rt_AAAA', `st_${'A'.repeat(5000)}`, undefined, {}, []]) {
      expect(auth.sessions.isSessionToken(text as string)).toBe(false)
    }
  })

  it('lives on under a secret that is still on the list, and dies with it', async () => {
    const stores = memoryStores()
    const { sessionToken } = await deploy({ stores }).auth.sessions.startCookie(LOGIN)
    const rotated = deploy({ stores, secrets: [OTHER_SECRET, SECRET] })
    expect(await codeOf(rotated.auth.sessions.verify(sessionToken))).toBe('accepted')
    const replaced = deploy({ stores, secrets: [OTHER_SECRET] })
    expect(await codeOf(replaced.auth.sessions.verify(sessionToken))).toBe('session_token_invalid')
  })
})

describe('limits in time', () => {
  const session = { idleSeconds: 600, absoluteSeconds: 1800 }

  // covers ASVS-7.3.1
  it('ends a session that idles', async () => {
    const { auth, clock } = deploy({ session })
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    clock.advanceMs(599_999)
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('accepted')
    clock.advanceMs(599_999)
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('accepted')
    clock.advanceMs(600_000)
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('session_token_expired')
  })

  // covers ASVS-7.3.2
  it('ends a session that is used all the time at its absolute expiry', async () => {
    const { auth, clock } = deploy({ session })
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    for (let second = 0; second < 1800; second += 100) {
      const { expiresAt } = await auth.sessions.verify(sessionToken)
      expect(expiresAt).toBe(Math.min(clock() + 600_000, START + 1_800_000))
      clock.advance(100)
    }
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('session_token_expired')
  })

  it('writes that a session is in use at most once in the interval, for any number of requests', async () => {
    const { stores, take } = watch()
    const { auth, clock } = deploy({ session, stores })
    const { session: started, sessionToken } = await auth.sessions.startCookie(LOGIN)
    take()
    for (const second of [60, 119, 120, 180]) {
      clock.advanceMs(START + second * 1000 - clock())
      await Promise.all(Array.from({ length: 50 }, () => auth.sessions.verify(sessionToken)))
    }
    expect(take().filter(call => call === 'sessions.rotate')).toHaveLength(3)
    const record = await stores.sessions.find({ id: started.id, now: clock() })
    expect(record).toMatchObject({ generation: 3, lastUsedAt: clock(), idleExpiresAt: clock() + 600_000 })
  })

  it('sees what another process wrote', async () => {
    const { stores, take } = watch()
    const one = deploy({ session, stores })
    const other = deploy({ session, stores, clock: one.clock })
    const { sessionToken } = await one.auth.sessions.startCookie(LOGIN)
    one.clock.advance(60)
    await one.auth.sessions.verify(sessionToken)
    take()
    await other.auth.sessions.verify(sessionToken)
    expect(take()).toEqual(['revocations.find', 'sessions.find'])
  })

  it('accepts a session whose use could not be written, and tries again after the interval', async () => {
    const stores = memoryStores()
    let writes = 0
    const sessions = override(stores.sessions, {
      rotate: async () => {
        writes += 1
        throw new Error('READONLY You cannot write against a read only replica')
      },
    })
    const { auth, clock, eventsOf } = deploy({ session, stores: { ...stores, sessions } })
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    for (const seconds of [60, 30, 29, 1]) {
      clock.advance(seconds)
      expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('accepted')
    }
    expect(writes).toBe(2)
    expect(eventsOf('store.failed')).toMatchObject([
      { operation: 'sessions.rotate' },
      { operation: 'sessions.rotate' },
    ])
    expect(eventsOf('credential.refused')).toEqual([])
  })

  it('refuses a session that ended between the read and that write', async () => {
    const stores = memoryStores()
    const sessions = override(stores.sessions, {
      rotate: async command => {
        await stores.sessions.revoke({ id: command.id, reason: 'revoked', now: command.now })
        return stores.sessions.rotate(command)
      },
    })
    const { auth, clock } = deploy({ session, stores: { ...stores, sessions } })
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    clock.advance(60)
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('session_token_revoked')
  })

  it.each([
    [{ idleSeconds: 100, touchIntervalSeconds: 50 }, []],
    [{ idleSeconds: 1 }, []],
    [{ idleSeconds: 100, touchIntervalSeconds: 51 }, ['session.touchIntervalSeconds']],
    [{ touchIntervalSeconds: 0 }, ['session.touchIntervalSeconds']],
    [{ touchIntervalSeconds: 1.5 }, ['session.touchIntervalSeconds']],
    [{ touchIntervalSeconds: '60' as never }, ['session.touchIntervalSeconds']],
  ])('checks the options %j', (options, paths) => {
    const problems = () => {
      try {
        deploy({ session: options })
        return []
      } catch (error) {
        return Object(error).problems.map(({ path }: { path: string }) => path)
      }
    }
    expect(problems()).toEqual(paths)
  })

  it('keeps a short session alive that is used all the time', async () => {
    const { auth, clock } = deploy({ session: { idleSeconds: 3, absoluteSeconds: 100 } })
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    for (let second = 0; second < 99; second += 1) {
      clock.advance(1)
      expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('accepted')
    }
  })
})

describe('the end of a session by cookie', () => {
  it.each<[string, (auth: ReturnType<typeof deploy>['auth'], id: string, token: string) => Promise<unknown>]>(
    [
      ['its id', (auth, id) => auth.sessions.revoke(id)],
      ['its token', (auth, _, token) => auth.sessions.revokeBySessionToken(token)],
      ['its token as any token', (auth, _, token) => auth.revocation.revokeToken(token)],
      ['all of the subject', auth => auth.sessions.revokeAll('user-1')],
      ['everything of the subject', auth => auth.revocation.revokeSubject('user-1')],
      ['everything of the client', auth => auth.revocation.revokeClient('web')],
    ],
  )('comes by %s, at once', async (_, end) => {
    const { auth } = deploy()
    const { session, sessionToken } = await auth.sessions.startCookie(LOGIN)
    await end(auth, session.id, sessionToken)
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('session_token_revoked')
    expect(await codeOf(auth.sessions.renew(sessionToken))).toBe('session_token_revoked')
    const again = await auth.sessions.startCookie(LOGIN)
    expect(await codeOf(auth.sessions.verify(again.sessionToken))).toBe('accepted')
  })

  it('may be repeated, and answers whether there was anything to end', async () => {
    const { auth, clock } = deploy()
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    expect(await auth.sessions.revokeBySessionToken(sessionToken)).toEqual({ found: true })
    expect(await auth.sessions.revokeBySessionToken(sessionToken)).toEqual({ found: true })
    clock.advance(91 * 86_400)
    expect(await auth.sessions.revokeBySessionToken(sessionToken)).toEqual({ found: false })
    expect(await auth.revocation.revokeToken('st_AAAA')).toEqual({ found: false })
  })

  it('does not come from another client', async () => {
    const { auth } = deploy()
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    const revoke = (clientId: string) => auth.revocation.revokeToken(sessionToken, { clientId })
    expect(await revoke('other')).toEqual({ found: false })
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('accepted')
    expect(await revoke('web')).toEqual({ found: true })
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('session_token_revoked')
  })

  it.each(['session', 'subject', 'client'] as const)('is seen by a mark on the %s alone', async kind => {
    const { auth, stores, clock } = deploy()
    const { session, sessionToken } = await auth.sessions.startCookie(LOGIN)
    const id = { session: session.id, subject: 'user-1', client: 'web' }[kind]
    const entry = { kind, id, revokedAt: clock(), expiresAt: clock() + 1_000_000 }
    await stores.revocations.revoke({ entries: [entry], now: clock() })
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('session_token_revoked')
  })

  it('is as stale as the deployment allows, where only a mark tells', async () => {
    const { auth, stores, clock } = deploy({ revocation: { maxStalenessSeconds: 30 } })
    const { sessionToken } = await auth.sessions.startCookie(LOGIN)
    await auth.sessions.verify(sessionToken)
    const entry = {
      kind: 'subject',
      id: 'user-1',
      revokedAt: clock(),
      expiresAt: clock() + 1_000_000,
    } as const
    await stores.revocations.revoke({ entries: [entry], now: clock() })
    clock.advance(29)
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('accepted')
    // a renewal issues something new, and never on an old answer
    expect(await codeOf(auth.sessions.renew(sessionToken))).toBe('session_token_revoked')
    clock.advance(1)
    expect(await codeOf(auth.sessions.verify(sessionToken))).toBe('session_token_revoked')
  })

  it('cannot be told while a store is away, unless the deployment chose to accept', async () => {
    const stores = memoryStores()
    const down = { find: async () => Promise.reject(new Error('ECONNREFUSED')) }
    const revocations = override(stores.revocations, down)
    const refusing = deploy({ stores: { ...stores, revocations } })
    const { session, sessionToken } = await refusing.auth.sessions.startCookie(LOGIN)
    expect(await codeOf(refusing.auth.sessions.verify(sessionToken))).toBe('store_unavailable')

    const accepting = deploy({
      stores: { ...stores, revocations },
      revocation: { whenUnavailable: 'accept' },
    })
    expect(await codeOf(accepting.auth.sessions.verify(sessionToken))).toBe('accepted')
    expect(accepting.eventsOf('revocation.check_skipped')).toMatchObject([
      { sessionId: session.id, subject: 'user-1' },
    ])
    expect(await codeOf(accepting.auth.sessions.renew(sessionToken))).toBe('store_unavailable')

    const blind = deploy({
      stores: { ...stores, sessions: override(stores.sessions, down) },
      revocation: { whenUnavailable: 'accept' },
    })
    expect(await codeOf(blind.auth.sessions.verify(sessionToken))).toBe('store_unavailable')
  })
})
