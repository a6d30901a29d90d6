import { describe, expect, it } from 'vitest'
import { deploy } from './fixtures.js'

describe('events', () => {
  // covers ASVS-16.3.1
  it('tell every login, every refresh and every refused credential', async () => {
    const { auth, clock, events, eventsOf } = deploy()
    const { accessToken, refreshToken, session } = await auth.sessions.start({
      subject: 'user-1',
      amr: ['pwd'],
    })
    await auth.sessions.refresh(refreshToken)
    expect(eventsOf('session.started')).toMatchObject([{ subject: 'user-1', sessionId: session.id }])
    expect(eventsOf('session.refreshed')).toMatchObject([{ subject: 'user-1', generation: 1 }])
    clock.advance(901)
    await expect(auth.accessTokens.verify(accessToken)).rejects.toThrow()
    await expect(auth.apiKeys.verify('sk_live_x')).rejects.toThrow()
    await expect(auth.sessions.refresh('rt_x')).rejects.toThrow()
    expect(eventsOf('credential.refused')).toEqual([
      { type: 'credential.refused', at: clock(), method: 'access_token', code: 'token_expired' },
      { type: 'credential.refused', at: clock(), method: 'api_key', code: 'api_key_malformed' },
      { type: 'credential.refused', at: clock(), method: 'refresh_token', code: 'refresh_token_malformed' },
    ])
    expect(events.every(Object.isFrozen)).toBe(true)
  })

  // covers ASVS-16.3.2
  it('tell every scope and every login age that was not enough', async () => {
    const { auth, eventsOf } = deploy()
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', scope: ['read'] })
    await expect(auth.accessTokens.verify(accessToken, { scope: ['write'] })).rejects.toThrow()
    await expect(auth.accessTokens.verify(accessToken, { maxAgeSeconds: 60 })).rejects.toThrow()
    expect(eventsOf('credential.refused').map(({ code }) => code)).toEqual([
      'insufficient_scope',
      'authentication_too_old',
    ])
  })
})
