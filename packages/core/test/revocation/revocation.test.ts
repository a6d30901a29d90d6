import { decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import { memoryStores } from '../../src/memory/index.js'
import type { RevocationEntry } from '../../src/ports/index.js'
import { deploy, holdClock, override, race, START } from '../fixtures.js'

const login = { subject: 'user-1', clientId: 'web' }
const client = { clientId: 'web' }
const revoked = { code: 'token_revoked' }

describe('sign out everywhere', () => {
  // covers ASVS-7.4.2, ASVS-8.3.2
  it('refuses what was issued before the call and accepts what is issued after it, within one millisecond', async () => {
    const { auth } = deploy()
    for (let repeat = 0; repeat < 3; repeat++) {
      const before = await auth.sessions.start(login)
      const loose = await auth.accessTokens.issue({ subject: 'user-1' })
      const other = await auth.sessions.start({ subject: 'user-2' })
      await auth.revocation.revokeSubject('user-1')
      const after = await auth.sessions.start(login)

      await expect(auth.accessTokens.verify(before.accessToken)).rejects.toMatchObject(revoked)
      await expect(auth.accessTokens.verify(loose.accessToken)).rejects.toMatchObject(revoked)
      await expect(auth.sessions.refresh(before.refreshToken, client)).rejects.toMatchObject({
        code: 'session_revoked',
      })
      await expect(auth.accessTokens.verify(after.accessToken)).resolves.toBeDefined()
      await expect(auth.sessions.refresh(after.refreshToken, client)).resolves.toBeDefined()
      await expect(auth.accessTokens.verify(other.accessToken)).resolves.toBeDefined()
    }
  })

  it('holds across processes within one second', async () => {
    const clock = holdClock()
    const stores = memoryStores()
    const here = deploy({ clock, stores }).auth
    const there = deploy({ clock, stores }).auth
    const before = await there.sessions.start(login)
    clock.advanceMs(1)
    await here.revocation.revokeSubject('user-1')
    clock.advanceMs(1)
    const after = await there.sessions.start(login)
    await expect(there.accessTokens.verify(before.accessToken)).rejects.toMatchObject(revoked)
    await expect(here.accessTokens.verify(after.accessToken)).resolves.toBeDefined()
  })

  it('wins against a login that stores its session late', async () => {
    const clock = holdClock()
    const stores = memoryStores()
    const insert = stores.sessions.insert.bind(stores.sessions)
    const steps = { inserting: () => {}, release: () => {} }
    const inserting = new Promise<void>(resolve => {
      steps.inserting = resolve
    })
    const released = new Promise<void>(resolve => {
      steps.release = resolve
    })
    const slow = override(stores.sessions, {
      insert: async command => {
        steps.inserting()
        await released
        return insert(command)
      },
    })
    const { auth } = deploy({ clock, stores: { ...stores, sessions: slow } })
    const starting = auth.sessions.start(login)
    await inserting
    await auth.revocation.revokeSubject('user-1')
    steps.release()
    const late = await starting
    await expect(auth.accessTokens.verify(late.accessToken)).rejects.toMatchObject(revoked)
    await expect(auth.sessions.refresh(late.refreshToken, client)).rejects.toMatchObject({
      code: 'session_revoked',
    })
    expect(await auth.sessions.list('user-1')).toEqual([])
  })
})

describe('ending a session', () => {
  // covers ASVS-7.4.1
  it('refuses its tokens from then on, whoever races', async () => {
    for (let attempt = 0; attempt < 20; attempt++) {
      const { auth } = deploy()
      const { refreshToken, accessToken, session } = await auth.sessions.start(login)
      const issued = [accessToken]
      const refreshing = race(20, () => auth.sessions.refresh(refreshToken, client))
      for (let turn = 0; turn < attempt; turn++) await Promise.resolve()
      await auth.sessions.revoke(session.id)
      const { values, codes } = await refreshing
      issued.push(...values.map(tokens => tokens.accessToken))
      for (const token of issued) {
        await expect(auth.accessTokens.verify(token)).rejects.toMatchObject(revoked)
      }
      for (const tokens of values) {
        await expect(auth.sessions.refresh(tokens.refreshToken, client)).rejects.toMatchObject({
          code: 'session_revoked',
        })
      }
      expect(new Set(codes).size).toBeLessThanOrEqual(1)
    }
  })

  it('of somebody else is not found and changes nothing', async () => {
    const { auth } = deploy()
    const { session, accessToken } = await auth.sessions.start(login)
    expect(await auth.sessions.revoke(session.id, { subject: 'user-2' })).toEqual({ found: false })
    await expect(auth.accessTokens.verify(accessToken)).resolves.toBeDefined()
    expect(await auth.sessions.revoke(session.id, { subject: 'user-1' })).toEqual({ found: true })
    await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject(revoked)
    expect(await auth.sessions.revoke(session.id)).toEqual({ found: true })
  })

  it('by its refresh token needs the right client', async () => {
    const { auth } = deploy()
    const { refreshToken, accessToken } = await auth.sessions.start(login)
    await expect(auth.sessions.revokeByRefreshToken(refreshToken)).rejects.toMatchObject({
      code: 'refresh_token_client_mismatch',
    })
    expect(await auth.sessions.revokeByRefreshToken(refreshToken, client)).toEqual({ found: true })
    await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject(revoked)
  })

  // covers ASVS-7.4.3, ASVS-7.4.5
  it('of a subject, all but one', async () => {
    const { auth, eventsOf } = deploy()
    const sessions = await Promise.all([1, 2, 3].map(() => auth.sessions.start(login)))
    const kept = sessions[1]
    const { ids } = await auth.sessions.revokeAll('user-1', { except: kept?.session.id ?? '' })
    expect(ids).toHaveLength(2)
    expect((await auth.sessions.list('user-1')).map(({ id }) => id)).toEqual([kept?.session.id])
    for (const { accessToken, session } of sessions) {
      const verdict = auth.accessTokens.verify(accessToken)
      if (session.id === kept?.session.id) await expect(verdict).resolves.toBeDefined()
      else await expect(verdict).rejects.toMatchObject(revoked)
    }
    expect(eventsOf('session.revoked')).toHaveLength(2)
  })

  it('heals when a process died between ending the session and marking its tokens', async () => {
    const clock = holdClock()
    // two databases: the revocations know nothing of the sessions
    const stores = { ...memoryStores(), revocations: memoryStores().revocations }
    const { auth } = deploy({ clock, stores })
    const { session, refreshToken, accessToken } = await auth.sessions.start(login)
    await stores.sessions.revoke({ id: session.id, reason: 'revoked', now: clock() })
    await expect(auth.accessTokens.verify(accessToken)).resolves.toBeDefined()
    await expect(auth.sessions.refresh(refreshToken, client)).rejects.toMatchObject({
      code: 'session_revoked',
    })
    await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject(revoked)
  })
})

describe('revoking a token', () => {
  it('refuses that token and no other', async () => {
    const { auth } = deploy()
    const first = await auth.accessTokens.issue({ subject: 'user-1' })
    const second = await auth.accessTokens.issue({ subject: 'user-1' })
    expect(await auth.revocation.revokeToken(first.accessToken)).toEqual({ found: true })
    await expect(auth.accessTokens.verify(first.accessToken)).rejects.toMatchObject(revoked)
    await expect(auth.accessTokens.verify(second.accessToken)).resolves.toBeDefined()
  })

  it('ends the session of a refresh token, and passes over what is not ours', async () => {
    const { auth } = deploy()
    const { refreshToken, accessToken } = await auth.sessions.start({ subject: 'user-1' })
    expect(await auth.revocation.revokeToken(refreshToken)).toEqual({ found: true })
    await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject(revoked)
    for (const text of ['', 'rt_x', 'a.b.c', 'sk_live_x', undefined as unknown as string, {} as string]) {
      expect(await auth.revocation.revokeToken(text)).toEqual({ found: false })
    }
  })
})

describe('what is kept of a revocation', () => {
  const settings = {
    accessToken: { ttlSeconds: 300, clockToleranceSeconds: 30 },
    session: { idleSeconds: 1000, absoluteSeconds: 2000 },
  }

  it('lasts a minute longer than anything that could be presented', async () => {
    const entries: RevocationEntry[] = []
    const stores = memoryStores()
    const revocations = override(stores.revocations, {
      revoke: async command => {
        entries.push(...command.entries)
        await stores.revocations.revoke(command)
      },
    })
    const { auth, clock } = deploy({ ...settings, stores: { ...stores, revocations } })
    const { accessToken, session } = await auth.sessions.start(login)
    await auth.revocation.revokeToken(accessToken)
    await auth.sessions.revoke(session.id)
    await auth.revocation.revokeSubject('user-1')
    await auth.revocation.revokeClient('web')
    const [ring] = (await auth.signingKeys.jwks()).keys
    await auth.signingKeys.withdraw(String(ring?.kid))

    const seconds = entries.map(({ kind, expiresAt }) => [kind, (expiresAt - clock()) / 1000])
    expect(seconds).toEqual([
      ['token', 390],
      ['session', 390],
      ['subject', 2060],
      ['client', 2060],
      ['signing_key', 390],
    ])
  })

  it('outlasts the tokens of sessions that end sooner', async () => {
    const { auth, clock, stores } = deploy({ ...settings, session: { idleSeconds: 60, absoluteSeconds: 60 } })
    await auth.revocation.revokeSubject('user-1')
    const marks = [{ kind: 'subject', id: 'user-1' } as const]
    clock.advanceMs(389_999)
    expect(await stores.revocations.find({ marks, now: clock() })).toEqual([START])
    clock.advanceMs(1)
    expect(await stores.revocations.find({ marks, now: clock() })).toEqual([undefined])
  })

  it('is told in an event for each mark', async () => {
    const { auth, eventsOf } = deploy()
    await auth.revocation.revokeSubject('user-1')
    await auth.revocation.revokeClient('web')
    expect(eventsOf('revocation.recorded')).toMatchObject([
      { kind: 'subject', id: 'user-1', revokedAt: START },
      { kind: 'client', id: 'web', revokedAt: START },
    ])
  })

  it('names the reason in the sessions of a subject', async () => {
    const stores = memoryStores()
    const reasons: string[] = []
    const sessions = override(stores.sessions, {
      revokeAll: command => {
        reasons.push(command.reason)
        return stores.sessions.revokeAll(command)
      },
    })
    await deploy({ stores: { ...stores, sessions } }).auth.revocation.revokeSubject('user-1')
    expect(reasons).toEqual(['subject_revoked'])
  })
})

describe('arguments', () => {
  it.each(['', 'a\nb', 'x'.repeat(256), undefined, 1, { $ne: null }])('%j names nobody', async value => {
    const { auth } = deploy()
    await expect(auth.revocation.revokeSubject(value as string)).rejects.toMatchObject({
      code: 'argument_invalid',
      message: expect.stringMatching(/^subject /),
    })
    await expect(auth.revocation.revokeClient(value as string)).rejects.toMatchObject({
      code: 'argument_invalid',
      message: expect.stringMatching(/^clientId /),
    })
  })
})

describe('revoking a client', () => {
  it('refuses its tokens and refreshes', async () => {
    const { auth, clock } = deploy()
    const web = await auth.sessions.start(login)
    const mobile = await auth.sessions.start({ subject: 'user-1', clientId: 'mobile' })
    await auth.revocation.revokeClient('web')
    await expect(auth.accessTokens.verify(web.accessToken)).rejects.toMatchObject(revoked)
    await expect(auth.accessTokens.verify(mobile.accessToken)).resolves.toBeDefined()
    clock.advance(3600)
    await expect(auth.sessions.refresh(web.refreshToken, client)).rejects.toMatchObject({
      code: 'session_revoked',
    })
    await expect(auth.sessions.refresh(mobile.refreshToken, { clientId: 'mobile' })).resolves.toBeDefined()
  })
})

describe('a signing key that was withdrawn', () => {
  it('refuses its tokens where its public part is still known', async () => {
    const clock = holdClock()
    const stores = memoryStores()
    const here = deploy({ clock, stores }).auth
    const there = deploy({ clock, stores }).auth
    const { accessToken } = await here.accessTokens.issue({ subject: 'user-1' })
    await there.accessTokens.verify(accessToken)
    await here.signingKeys.withdraw(decodeProtectedHeader(accessToken).kid ?? '')
    await expect(there.accessTokens.verify(accessToken)).rejects.toMatchObject(revoked)
  })
})

describe('staleness', () => {
  it('is zero by default', () => {
    expect(deploy().auth.revocation.stalenessBoundSeconds).toBe(0)
  })

  it('is what the settings allow, and never more', async () => {
    const clock = holdClock()
    const stores = memoryStores()
    const settings = { clock, stores, revocation: { maxStalenessSeconds: 30 } }
    const here = deploy(settings).auth
    const there = deploy(settings).auth
    expect(here.revocation.stalenessBoundSeconds).toBe(30)
    const { accessToken, session } = await here.sessions.start(login)
    await there.accessTokens.verify(accessToken)
    await here.sessions.revoke(session.id)
    // the process that revoked knows at once
    await expect(here.accessTokens.verify(accessToken)).rejects.toMatchObject(revoked)
    clock.advanceMs(29_999)
    await expect(there.accessTokens.verify(accessToken)).resolves.toBeDefined()
    clock.advanceMs(1)
    await expect(there.accessTokens.verify(accessToken)).rejects.toMatchObject(revoked)
  })

  it('never exceeds the lifetime of a token, with the tolerance', () => {
    const boundOf = (accessToken: { ttlSeconds: number; clockToleranceSeconds?: number }) =>
      deploy({ revocation: { maxStalenessSeconds: 86_400 }, accessToken }).auth.revocation
        .stalenessBoundSeconds
    expect(boundOf({ ttlSeconds: 60 })).toBe(60)
    expect(boundOf({ ttlSeconds: 60, clockToleranceSeconds: 5 })).toBe(65)
  })

  it('lets a revocation in between win over a slow older answer', async () => {
    const clock = holdClock()
    const stores = memoryStores()
    const find = stores.revocations.find.bind(stores.revocations)
    const waiting: (() => void)[] = []
    const { auth } = deploy({
      clock,
      revocation: { maxStalenessSeconds: 30 },
      stores: {
        ...stores,
        revocations: override(stores.revocations, {
          find: async query => {
            const answer = await find(query)
            await new Promise<void>(resolve => waiting.push(resolve))
            return answer
          },
        }),
      },
    })
    const { accessToken, tokenId } = await auth.accessTokens.issue({ subject: 'user-1' })
    const slow = auth.accessTokens.verify(accessToken)
    await expect.poll(() => waiting.length).toBe(1)
    await stores.revocations.revoke({
      entries: [{ kind: 'token', id: tokenId, revokedAt: clock(), expiresAt: clock() + 1e6 }],
      now: clock(),
    })
    waiting.shift()?.()
    await slow
    clock.advance(31)
    const later = auth.accessTokens.verify(accessToken)
    await expect.poll(() => waiting.length).toBe(1)
    waiting.shift()?.()
    await expect(later).rejects.toMatchObject(revoked)
  })
})

describe('a store that cannot be asked', () => {
  const failing = () => {
    const stores = memoryStores()
    return {
      ...stores,
      revocations: override(stores.revocations, {
        find: () => Promise.reject(new Error('connection refused')),
      }),
    }
  }

  // covers ASVS-16.5.3, ASVS-16.3.4
  it('refuses with 503 by default, and says so in an event', async () => {
    const { auth, eventsOf } = deploy({ stores: failing() })
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject({
      name: 'StoreError',
      code: 'store_unavailable',
    })
    expect(eventsOf('store.failed')).toMatchObject([{ operation: 'revocations.find' }])
  })

  it('fails to revoke loudly: an outage is no answer', async () => {
    const { auth } = deploy()
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    const broken = deploy({ stores: failing() }).auth
    await expect(broken.revocation.revokeToken(accessToken)).resolves.toEqual({ found: false })
    const own = await broken.accessTokens.issue({ subject: 'user-1' })
    await expect(broken.revocation.revokeToken(own.accessToken)).rejects.toMatchObject({
      code: 'store_unavailable',
    })
  })

  it('can be told to accept, with an event and an honest bound', async () => {
    const { auth, eventsOf } = deploy({ stores: failing(), revocation: { whenUnavailable: 'accept' } })
    const { accessToken, tokenId } = await auth.accessTokens.issue({ subject: 'user-1' })
    await expect(auth.accessTokens.verify(accessToken)).resolves.toBeDefined()
    expect(eventsOf('revocation.check_skipped')).toMatchObject([{ tokenId, subject: 'user-1' }])
    expect(auth.revocation.stalenessBoundSeconds).toBe(900)
  })
})

describe('ending one token', () => {
  const THUMBPRINT = 'A'.repeat(43)

  it('needs no proof of the key that it is bound to', async () => {
    const { auth } = deploy()
    const confirmation = { 'x5t#S256': THUMBPRINT }
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', confirmation })
    expect(await auth.revocation.revokeToken(accessToken)).toEqual({ found: true })
    await expect(auth.accessTokens.verify(accessToken, { confirmation })).rejects.toMatchObject(revoked)
  })

  it('of a client that is named touches no token of another', async () => {
    const { auth } = deploy()
    const { accessToken, refreshToken } = await auth.sessions.start(login)
    for (const token of [accessToken, refreshToken]) {
      expect(await auth.revocation.revokeToken(token, { clientId: 'other' })).toEqual({ found: false })
    }
    await expect(auth.accessTokens.verify(accessToken)).resolves.toBeDefined()
    expect(await auth.revocation.revokeToken(refreshToken, client)).toEqual({ found: true })
    await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject(revoked)
    const loose = await auth.accessTokens.issue({ subject: 'user-1', clientId: 'web' })
    expect(await auth.revocation.revokeToken(loose.accessToken, client)).toEqual({ found: true })
    await expect(auth.accessTokens.verify(loose.accessToken)).rejects.toMatchObject(revoked)
  })

  it('of a session ends it, whichever client it belongs to, when no client is named', async () => {
    const { auth } = deploy()
    const { refreshToken } = await auth.sessions.start(login)
    expect(await auth.revocation.revokeToken(refreshToken)).toEqual({ found: true })
    await expect(auth.sessions.refresh(refreshToken, client)).rejects.toMatchObject({
      code: 'session_revoked',
    })
  })
})
