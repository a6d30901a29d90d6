import { describe, expect, it } from 'vitest'
import { deploy, OTHER_SECRET } from './fixtures.js'

describe('kinds of credentials', () => {
  // covers ASVS-9.2.2, RFC8725-3.12
  it('are refused by every verifier but their own, without a store call', async () => {
    const { auth, clock } = deploy()
    const { accessToken, refreshToken } = await auth.sessions.start({ subject: 'user-1' })
    const { apiKey } = await auth.apiKeys.issue({ ownerId: 'user-1', name: 'key' })
    clock.advance(1)
    const verifiers = {
      accessToken: (text: string) => auth.accessTokens.verify(text),
      refreshToken: (text: string) => auth.sessions.refresh(text),
      apiKey: (text: string) => auth.apiKeys.verify(text),
    }
    const credentials = { accessToken, refreshToken, apiKey }
    for (const [kind, text] of Object.entries(credentials)) {
      for (const [name, verify] of Object.entries(verifiers)) {
        if (name === kind) await expect(verify(text)).resolves.toBeDefined()
        else await expect(verify(text)).rejects.toMatchObject({ code: expect.stringMatching(/_malformed$/) })
      }
    }
  })

  it('are refused under another prefix', async () => {
    const { auth } = deploy()
    const { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
    for (const prefix of ['st_', 'at_', 'RT_', 'rt-', ' rt_']) {
      await expect(auth.sessions.refresh(prefix + refreshToken.slice(3))).rejects.toMatchObject({
        code: 'refresh_token_malformed',
      })
    }
  })
})

describe('refresh tokens that we did not issue', () => {
  // covers ASVS-16.3.3
  it('neither reach the store nor end the session', async () => {
    const { auth, stores, eventsOf } = deploy()
    const { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
    const calls: PropertyKey[] = []
    const watched = deploy({
      stores: {
        ...stores,
        sessions: new Proxy(stores.sessions, {
          get: (target, name) => (command: never) => {
            calls.push(name)
            return Reflect.get(target, name).call(target, command)
          },
        }),
      },
    })
    const bytes = Buffer.from(refreshToken.slice(3), 'base64url')
    for (let index = 0; index < bytes.length; index++) {
      const forged = Buffer.from(bytes)
      forged[index] = (forged[index] ?? 0) ^ 1
      await expect(watched.auth.sessions.refresh(`rt_${forged.toString('base64url')}`)).rejects.toMatchObject(
        {
          code: expect.stringMatching(/^refresh_token_(malformed|invalid)$/),
        },
      )
    }
    const foreign = await deploy({ secrets: [OTHER_SECRET] }).auth.sessions.start({ subject: 'user-1' })
    const hostile = [
      foreign.refreshToken,
      '',
      'rt_',
      'rt_AAAA',
      `rt_${'A'.repeat(1e6)}`,
      null,
      7,
      {},
      [refreshToken],
    ]
    for (const text of hostile) {
      await expect(watched.auth.sessions.refresh(text as string)).rejects.toMatchObject({
        name: 'InvalidGrantError',
      })
    }
    expect(calls).toEqual([])
    expect(watched.eventsOf('credential.refused')).toHaveLength(bytes.length + hostile.length)
    expect(eventsOf('session.refresh_token_reused')).toEqual([])
    await expect(auth.sessions.refresh(refreshToken)).resolves.toBeDefined()
  })

  it('keep verifying under a former root secret, and are replaced under the current one', async () => {
    const before = deploy()
    const { refreshToken } = await before.auth.sessions.start({ subject: 'user-1' })
    const secrets = [OTHER_SECRET, 'x7Jr2mQe9ZtV4bNc8LwKp1Ys6HdFg3AuTqRk5MvXn0E']
    const during = deploy({ secrets, stores: before.stores })
    const next = await during.auth.sessions.refresh(refreshToken)
    // a replay is answered by a process of either list order
    expect((await during.auth.sessions.refresh(refreshToken)).refreshToken).toBe(next.refreshToken)
    const after = deploy({ secrets: [OTHER_SECRET], stores: before.stores })
    await expect(after.auth.sessions.refresh(refreshToken)).rejects.toMatchObject({
      code: 'refresh_token_invalid',
    })
    await expect(after.auth.sessions.refresh(next.refreshToken)).resolves.toBeDefined()
  })
})
