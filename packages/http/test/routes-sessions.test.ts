import type { SessionTokens } from '@authcore/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { createRoutesFixture, type RoutesFixture, START_SECONDS } from './routes-fixture.js'

let fixture: RoutesFixture
let phone: SessionTokens
let laptop: SessionTokens
let stranger: SessionTokens

beforeEach(async () => {
  fixture = createRoutesFixture()
  const { sessions } = fixture.auth
  phone = await sessions.start({
    subject: 'user-1',
    scope: ['read'],
    label: 'Phone',
    amr: ['pwd', 'otp'],
    acr: 'silver',
    clientId: 'app',
  })
  fixture.advance(10)
  laptop = await sessions.start({ subject: 'user-1' })
  stranger = await sessions.start({ subject: 'user-2' })
})

describe('GET /sessions', () => {
  // covers ASVS-7.5.2, ASVS-10.4.9
  it('lists the sessions of the caller, newest first', async () => {
    const response = await fixture.send('GET', '/sessions', { token: phone.accessToken })
    expect(response).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } })
    expect(response.json).toEqual({
      sessions: [
        {
          id: laptop.session.id,
          current: false,
          scope: '',
          amr: [],
          created_at: START_SECONDS + 10,
          auth_time: START_SECONDS + 10,
          last_used_at: START_SECONDS + 10,
          expires_at: START_SECONDS + 10 + 14 * 86_400,
        },
        {
          id: phone.session.id,
          current: true,
          label: 'Phone',
          client_id: 'app',
          scope: 'read',
          amr: ['pwd', 'otp'],
          acr: 'silver',
          created_at: START_SECONDS,
          auth_time: START_SECONDS,
          last_used_at: START_SECONDS,
          expires_at: START_SECONDS + 14 * 86_400,
        },
      ],
    })
  })

  it('demands an access token', async () => {
    const { apiKey } = await fixture.auth.apiKeys.issue({ ownerId: 'user-1', name: 'ci' })
    expect((await fixture.send('GET', '/sessions')).json.code).toBe('credentials_missing')
    const withKey = await fixture.send('GET', '/sessions', { headers: { 'x-api-key': apiKey } })
    expect(withKey.json.code).toBe('credentials_missing')
    expect((await fixture.send('GET', '/sessions', { token: apiKey })).json.code).toBe('token_malformed')
  })
})

describe('DELETE /sessions/:id', () => {
  it('ends a session of the caller', async () => {
    const path = `/sessions/${phone.session.id}`
    expect((await fixture.send('DELETE', path, { token: laptop.accessToken })).status).toBe(204)
    expect((await fixture.send('GET', '/sessions', { token: phone.accessToken })).json.code).toBe(
      'token_revoked',
    )
  })

  it.each(['nothing', 'a.b', '%00', 'a'.repeat(200), '🙂', '', '__proto__'])(
    'knows no session %j',
    async id => {
      const response = await fixture.send('DELETE', `/sessions/${id}`, { token: laptop.accessToken })
      expect(response).toMatchObject({ status: 404, json: { code: 'session_not_found' } })
    },
  )

  // covers ASVS-8.2.2
  it('knows no session of somebody else', async () => {
    const path = `/sessions/${stranger.session.id}`
    const response = await fixture.send('DELETE', path, { token: laptop.accessToken })
    expect(response).toMatchObject({ status: 404, json: { code: 'session_not_found' } })
    expect((await fixture.auth.sessions.list('user-2')).length).toBe(1)
  })
})

describe('POST /sessions/revoke-all', () => {
  // covers ASVS-7.4.3
  it('ends every session but the current one', async () => {
    const response = await fixture.send('POST', '/sessions/revoke-all', {
      token: phone.accessToken,
      body: { except_current: true },
    })
    expect(response).toMatchObject({ status: 200, json: { revoked: [laptop.session.id] } })
    expect((await fixture.send('GET', '/sessions', { token: phone.accessToken })).status).toBe(200)
    expect((await fixture.auth.sessions.list('user-2')).length).toBe(1)
  })

  it('ends every session', async () => {
    const response = await fixture.send('POST', '/sessions/revoke-all', { token: phone.accessToken })
    expect(response.json.revoked.toSorted()).toEqual([phone.session.id, laptop.session.id].toSorted())
    expect((await fixture.send('GET', '/sessions', { token: phone.accessToken })).json.code).toBe(
      'token_revoked',
    )
  })

  it.each([{ except_current: 'true' }, { except_current: 1 }, { subject: 'user-2' }, []])(
    'refuses the body %j',
    async body => {
      const response = await fixture.send('POST', '/sessions/revoke-all', { token: phone.accessToken, body })
      expect(response).toMatchObject({ status: 400, json: { code: 'request_body_malformed' } })
      expect((await fixture.auth.sessions.list('user-1')).length).toBe(2)
    },
  )
})

describe('demands', () => {
  it('are put to the caller, and told in the challenge', async () => {
    fixture = createRoutesFixture({ sessions: { scope: ['sessions'], maxAgeSeconds: 60 } })
    const { sessions } = fixture.auth
    const narrow = await sessions.start({ subject: 'user-1' })
    const wide = await sessions.start({ subject: 'user-1', scope: ['sessions'] })
    expect((await fixture.send('GET', '/sessions', { token: narrow.accessToken })).status).toBe(403)
    expect((await fixture.send('GET', '/sessions', { token: wide.accessToken })).status).toBe(200)
    fixture.advance(61)
    const late = await fixture.send('GET', '/sessions', { token: wide.accessToken })
    expect(late.status).toBe(401)
    expect(late.headers['www-authenticate']).toContain('max_age="60"')
  })
})
