import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryStores } from '../../src/memory/index.js'
import { deploy, override, race } from '../fixtures.js'

const login = { subject: 'user-1', scope: ['read', 'write'], roles: ['admin'], clientId: 'web' }
const client = { clientId: 'web' }

describe('rotation', () => {
  it('replaces the refresh token and keeps what the login established', async () => {
    const { auth, clock, eventsOf } = deploy()
    const first = await auth.sessions.start({ ...login, amr: ['pwd'], acr: 'aal1', claims: { plan: 'pro' } })
    clock.advance(60)
    const second = await auth.sessions.refresh(first.refreshToken, client)

    expect(second.refreshToken).not.toBe(first.refreshToken)
    expect(second.session.id).toBe(first.session.id)
    const before = await auth.accessTokens.verify(first.accessToken)
    const after = await auth.accessTokens.verify(second.accessToken)
    expect(after.tokenId).not.toBe(before.tokenId)
    expect(after).toMatchObject({
      subject: 'user-1',
      clientId: 'web',
      sessionId: first.session.id,
      scope: ['read', 'write'],
      roles: ['admin'],
      claims: { plan: 'pro' },
      amr: ['pwd'],
      acr: 'aal1',
      authenticatedAt: before.authenticatedAt,
    })
    expect(eventsOf('session.refreshed')).toMatchObject([{ sessionId: first.session.id, generation: 1 }])
  })

  // covers ASVS-10.4.5, RFC9700-2.2.2, RFC9700-4.14
  it.each([2, 20, 200])('gives %i concurrent callers one successor', async count => {
    const { auth, clock, eventsOf } = deploy()
    const { refreshToken } = await auth.sessions.start(login)
    clock.advance(60)
    const { values, codes } = await race(count, () => auth.sessions.refresh(refreshToken, client))

    expect(codes).toEqual([])
    expect(new Set(values.map(tokens => tokens.refreshToken)).size).toBe(1)
    expect(eventsOf('session.refreshed')).toHaveLength(1)
    expect(eventsOf('session.refresh_replayed')).toHaveLength(count - 1)
  })

  // covers ASVS-16.3.3
  it('treats 200 concurrent callers after the grace time as one theft', async () => {
    const { auth, clock, eventsOf } = deploy()
    const { refreshToken, accessToken } = await auth.sessions.start(login)
    await auth.sessions.refresh(refreshToken, client)
    clock.advance(10)
    const { values, codes } = await race(200, () => auth.sessions.refresh(refreshToken, client))

    expect(values).toEqual([])
    expect(codes.filter(code => code === 'refresh_token_reused')).toHaveLength(1)
    expect(codes.filter(code => code === 'session_revoked')).toHaveLength(199)
    expect(eventsOf('session.refresh_token_reused')).toHaveLength(1)
    await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
  })

  it('answers the predecessor with the same successor until the last millisecond of the grace time', async () => {
    const { auth, clock } = deploy()
    const { refreshToken } = await auth.sessions.start(login)
    clock.advance(60)
    const successor = (await auth.sessions.refresh(refreshToken, client)).refreshToken
    clock.advanceMs(9_999)
    expect((await auth.sessions.refresh(refreshToken, client)).refreshToken).toBe(successor)
    clock.advanceMs(1)
    await expect(auth.sessions.refresh(refreshToken, client)).rejects.toMatchObject({
      code: 'refresh_token_reused',
    })
  })

  it('does not let a replay slide the grace time', async () => {
    const { auth, clock } = deploy()
    const { refreshToken } = await auth.sessions.start(login)
    await auth.sessions.refresh(refreshToken, client)
    for (let repeat = 0; repeat < 3; repeat++) {
      clock.advance(3)
      await auth.sessions.refresh(refreshToken, client)
    }
    clock.advance(1)
    await expect(auth.sessions.refresh(refreshToken, client)).rejects.toMatchObject({
      code: 'refresh_token_reused',
    })
  })

  it('ends the grace time when the successor is used', async () => {
    const { auth } = deploy()
    const { refreshToken } = await auth.sessions.start(login)
    const successor = await auth.sessions.refresh(refreshToken, client)
    await auth.sessions.refresh(successor.refreshToken, client)
    await expect(auth.sessions.refresh(refreshToken, client)).rejects.toMatchObject({
      code: 'refresh_token_reused',
    })
  })

  // covers ASVS-10.4.5, RFC9700-4.14
  it('recognises every older token after five rotations within one millisecond', async () => {
    for (const index of [0, 1, 2, 3]) {
      const { auth } = deploy()
      const tokens = [(await auth.sessions.start(login)).refreshToken]
      for (let rotation = 0; rotation < 5; rotation++) {
        tokens.push((await auth.sessions.refresh(tokens.at(-1) ?? '', client)).refreshToken)
      }
      expect(new Set(tokens).size).toBe(6)
      expect((await auth.sessions.refresh(tokens[4] ?? '', client)).refreshToken).toBe(tokens[5])
      await expect(auth.sessions.refresh(tokens[index] ?? '', client)).rejects.toMatchObject({
        code: 'refresh_token_reused',
      })
      await expect(auth.sessions.refresh(tokens[5] ?? '', client)).rejects.toMatchObject({
        code: 'session_revoked',
      })
    }
  })

  it('never leaves two live successors, whatever order tokens are presented in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ pick: fc.nat(), waitMs: fc.integer({ min: 0, max: 12_000 }) }), {
          maxLength: 30,
        }),
        async steps => {
          const { auth, clock } = deploy()
          const seen = [(await auth.sessions.start(login)).refreshToken]
          let isEnded = false
          for (const { pick, waitMs } of steps) {
            clock.advanceMs(waitMs)
            const index = pick % seen.length
            const isNewest = index === seen.length - 1
            const { values, codes } = await race(1, () => auth.sessions.refresh(seen[index] ?? '', client))
            if (isEnded) expect(codes).toEqual(['session_revoked'])
            else if (isNewest) seen.push(values[0]?.refreshToken ?? 'refused')
            else if (values[0] !== undefined) expect(values[0].refreshToken).toBe(seen.at(-1))
            else {
              expect(codes).toEqual(['refresh_token_reused'])
              isEnded = true
            }
          }
          expect(seen).not.toContain('refused')
        },
      ),
      { numRuns: 60 },
    )
  })

  it('keeps one record of constant size through 1,000 refreshes', async () => {
    const { auth, clock, stores } = deploy({ session: { absoluteSeconds: 3600 * 24 * 365 } })
    let { refreshToken, session } = await auth.sessions.start(login)
    await auth.sessions.refresh(refreshToken, client).then(tokens => {
      refreshToken = tokens.refreshToken
    })
    const sizeOf = async () =>
      JSON.stringify(await stores.sessions.find({ id: session.id, now: clock() })).length
    const before = await sizeOf()
    for (let rotation = 0; rotation < 1000; rotation++) {
      clock.advance(60)
      refreshToken = (await auth.sessions.refresh(refreshToken, client)).refreshToken
    }
    expect(Math.abs((await sizeOf()) - before)).toBeLessThan(8)
    expect(await auth.sessions.list('user-1')).toHaveLength(1)
  })
})

describe('a database that lost the write of a rotation', () => {
  it('does not know the successor: the session ends rather than fork', async () => {
    const before = deploy()
    const { refreshToken, session, accessToken } = await before.auth.sessions.start(login)
    const kept = await before.stores.sessions.find({ id: session.id, now: before.clock() })
    const successor = await before.auth.sessions.refresh(refreshToken, client)

    const stores = { ...memoryStores(), signingKeys: before.stores.signingKeys }
    if (kept !== undefined) await stores.sessions.insert({ session: kept, now: before.clock() })
    const after = deploy({ stores, clock: before.clock })
    await expect(after.auth.sessions.refresh(successor.refreshToken, client)).rejects.toMatchObject({
      code: 'refresh_token_reused',
    })
    await expect(after.auth.sessions.refresh(refreshToken, client)).rejects.toMatchObject({
      code: 'session_revoked',
    })
    await expect(after.auth.accessTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
  })
})

describe('conditions of a refresh', () => {
  it('refuses another client, or none, and the session lives on', async () => {
    const { auth } = deploy()
    const { refreshToken } = await auth.sessions.start(login)
    for (const clientId of ['mobile', undefined]) {
      const options = clientId === undefined ? {} : { clientId }
      await expect(auth.sessions.refresh(refreshToken, options)).rejects.toMatchObject({
        code: 'refresh_token_client_mismatch',
      })
    }
    await expect(auth.sessions.refresh(refreshToken, client)).resolves.toBeDefined()
  })

  it('refuses a client for a session without one', async () => {
    const { auth } = deploy()
    const { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
    await expect(auth.sessions.refresh(refreshToken, client)).rejects.toMatchObject({
      code: 'refresh_token_client_mismatch',
    })
  })

  // covers RFC9700-2.2.2
  it('demands the key that the session is bound to', async () => {
    const { auth } = deploy()
    const confirmation = { jkt: 'a'.repeat(43) }
    const { refreshToken, accessToken } = await auth.sessions.start({ ...login, confirmation })
    await expect(auth.sessions.refresh(refreshToken, client)).rejects.toMatchObject({
      code: 'refresh_token_client_mismatch',
    })
    const other = { ...client, confirmation: { jkt: 'b'.repeat(43) } }
    await expect(auth.sessions.refresh(refreshToken, other)).rejects.toMatchObject({
      code: 'refresh_token_client_mismatch',
    })
    await expect(auth.sessions.refresh(refreshToken, { ...client, confirmation })).resolves.toBeDefined()
    await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject({
      code: 'token_binding_mismatch',
    })
    await expect(auth.accessTokens.verify(accessToken, { confirmation })).resolves.toMatchObject({
      confirmation,
    })
  })

  // covers RFC9700-2.3
  it('narrows the scope of one answer and never widens it', async () => {
    const { auth } = deploy()
    const { refreshToken } = await auth.sessions.start(login)
    const narrow = await auth.sessions.refresh(refreshToken, { ...client, scope: ['read'] })
    expect(narrow.scope).toEqual(['read'])
    expect((await auth.accessTokens.verify(narrow.accessToken)).scope).toEqual(['read'])

    await expect(
      auth.sessions.refresh(narrow.refreshToken, { ...client, scope: ['read', 'delete'] }),
    ).rejects.toMatchObject({ code: 'scope_exceeds_grant' })

    const full = await auth.sessions.refresh(narrow.refreshToken, client)
    expect(full.scope).toEqual(['read', 'write'])
  })

  // covers ASVS-16.5.2
  it('spends nothing when the signing key or the revocations cannot be read', async () => {
    const deployment = deploy()
    const { refreshToken } = await deployment.auth.sessions.start(login)
    const { stores, clock } = deployment
    const find = () => Promise.reject(new Error('connection reset'))
    const { auth } = deploy({
      clock,
      stores: { ...stores, revocations: override(stores.revocations, { find }) },
    })
    await expect(auth.sessions.refresh(refreshToken, client)).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    clock.advance(3600)
    await expect(deployment.auth.sessions.refresh(refreshToken, client)).resolves.toMatchObject({
      session: { id: expect.any(String) },
    })
    expect(deployment.eventsOf('session.refreshed')).toMatchObject([{ generation: 1 }])
  })
})

describe('lifetimes', () => {
  // covers ASVS-7.3.1
  it('ends an idle session to the millisecond', async () => {
    const settings = { session: { idleSeconds: 600, absoluteSeconds: 3600 } }
    const late = deploy(settings)
    const lost = await late.auth.sessions.start(login)
    late.clock.advance(600)
    await expect(late.auth.sessions.refresh(lost.refreshToken, client)).rejects.toMatchObject({
      code: 'session_expired',
    })
    const inTime = deploy(settings)
    const kept = await inTime.auth.sessions.start(login)
    inTime.clock.advanceMs(599_999)
    await expect(inTime.auth.sessions.refresh(kept.refreshToken, client)).resolves.toBeDefined()
  })

  // covers ASVS-7.3.2, ASVS-10.4.8
  it('never extends the absolute lifetime, and access tokens do not outlive it', async () => {
    const { auth, clock } = deploy({ session: { idleSeconds: 600, absoluteSeconds: 1000 } })
    let tokens = await auth.sessions.start(login)
    clock.advance(500)
    tokens = await auth.sessions.refresh(tokens.refreshToken, client)
    clock.advance(400)
    tokens = await auth.sessions.refresh(tokens.refreshToken, client)
    expect(tokens.expiresInSeconds).toBe(100)
    expect(tokens.refreshTokenExpiresAt).toBe(tokens.session.absoluteExpiresAt)
    clock.advance(100)
    await expect(auth.accessTokens.verify(tokens.accessToken)).rejects.toMatchObject({
      code: 'token_expired',
    })
    await expect(auth.sessions.refresh(tokens.refreshToken, client)).rejects.toMatchObject({
      code: expect.stringMatching(/^session_(expired|not_found)$/),
    })
  })
})
