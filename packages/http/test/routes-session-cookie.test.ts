import { ConfigError, type CookieSession } from '@authcore/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { createAuthRoutes, createHttpAuth } from '../src/index.js'
import { createRoutesFixture, type RoutesFixture, SAME_ORIGIN } from './routes-fixture.js'

const CLEARED = '__Host-session=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax'
const REFRESH_CLEARED = '__Host-refresh_token=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax'

let fixture: RoutesFixture
let laptop: CookieSession
let phone: CookieSession

beforeEach(async () => {
  fixture = createRoutesFixture({}, { sessionCookie: {} })
  const { sessions } = fixture.auth
  laptop = await sessions.startCookie({ subject: 'user-1', scope: ['read'], label: 'Laptop' })
  phone = await sessions.startCookie({ subject: 'user-1', label: 'Phone' })
  await sessions.startCookie({ subject: 'user-2' })
})

const cookie = ({ sessionToken }: CookieSession, more: object = {}) => ({
  headers: { cookie: `__Host-session=${sessionToken}`, ...more },
})

describe('the routes of a session by cookie', () => {
  it('list the devices of the caller', async () => {
    const response = await fixture.send('GET', '/sessions', cookie(laptop))
    expect(response.status).toBe(200)
    const listed = response.json.sessions.map(({ label, current }: Record<string, unknown>) => [
      label,
      current,
    ])
    expect(new Map(listed)).toEqual(
      new Map([
        ['Laptop', true],
        ['Phone', false],
      ]),
    )
    expect(response.text).not.toContain(laptop.sessionToken)
  })

  it('end another device, and nobody else', async () => {
    const path = `/sessions/${phone.session.id}`
    expect(await fixture.send('DELETE', path, cookie(laptop))).toMatchObject({
      status: 403,
      json: { code: 'cross_site_request' },
    })
    expect((await fixture.send('DELETE', path, cookie(laptop, SAME_ORIGIN))).status).toBe(204)
    expect((await fixture.send('GET', '/sessions', cookie(phone))).json.code).toBe('session_invalid')
    const [stranger] = await fixture.auth.sessions.list('user-2')
    const other = await fixture.send('DELETE', `/sessions/${stranger?.id}`, cookie(laptop, SAME_ORIGIN))
    expect(other).toMatchObject({ status: 404, json: { code: 'session_not_found' } })
  })

  it('end all but the current one', async () => {
    const body = { except_current: true }
    const response = await fixture.send('POST', '/sessions/revoke-all', {
      ...cookie(laptop, SAME_ORIGIN),
      body,
    })
    expect(response).toMatchObject({ status: 200, json: { revoked: [phone.session.id] } })
    expect((await fixture.send('GET', '/sessions', cookie(laptop))).status).toBe(200)
  })

  it('manage API keys, within the scope of the session', async () => {
    const send = (body: object, more = SAME_ORIGIN as object) =>
      fixture.send('POST', '/api-keys', { ...cookie(laptop, more), body })
    expect((await send({ name: 'ci', scope: 'read' })).status).toBe(201)
    expect((await send({ name: 'ci', scope: 'write' })).status).toBe(403)
    expect((await send({ name: 'ci' }, {})).json.code).toBe('cross_site_request')
  })

  it('demand what the options say', async () => {
    fixture = createRoutesFixture({ sessions: { maxAgeSeconds: 60 } }, { sessionCookie: {} })
    const session = await fixture.auth.sessions.startCookie({ subject: 'user-1' })
    expect((await fixture.send('GET', '/sessions', cookie(session))).status).toBe(200)
    fixture.advance(61)
    const late = await fixture.send('GET', '/sessions', cookie(session))
    expect(late.headers['www-authenticate']).toContain('max_age="60"')
  })

  it('follow the origins of the routes where those are given', async () => {
    fixture = createRoutesFixture({ origins: ['https://app.example.com'] }, { sessionCookie: {} })
    const session = await fixture.auth.sessions.startCookie({ subject: 'user-1' })
    const post = (origin: string) => fixture.send('POST', '/sessions/revoke-all', cookie(session, { origin }))
    expect((await post('https://api.example.com')).status).toBe(403)
    expect((await post('https://app.example.com')).status).toBe(200)
  })

  it('know no cookie where the deployment has no sessions by cookie', async () => {
    fixture = createRoutesFixture()
    const session = await fixture.auth.sessions.startCookie({ subject: 'user-1' })
    expect((await fixture.send('GET', '/sessions', cookie(session))).json.code).toBe('credentials_missing')
    expect((await fixture.send('POST', '/logout', cookie(session, SAME_ORIGIN))).json.code).toBe(
      'credentials_missing',
    )
  })

  it('refuse one name for two cookies', () => {
    const auth = createHttpAuth(fixture.auth, { sessionCookie: { name: '__Host-refresh_token' } })
    expect(() => createAuthRoutes(auth)).toThrow(ConfigError)
    expect(() => createAuthRoutes(auth, { refreshCookie: false })).not.toThrow()
    const named = createHttpAuth(fixture.auth, { sessionCookie: { name: 'a' } })
    expect(() => createAuthRoutes(named, { refreshCookie: { name: 'a' } })).toThrow(/refreshCookie\.name/)
  })
})

describe('signing out', () => {
  it('ends the session of the cookie and takes the cookie away, as often as it is sent', async () => {
    for (const _ of [1, 2]) {
      const response = await fixture.send('POST', '/logout', cookie(laptop, SAME_ORIGIN))
      expect(response).toMatchObject({
        status: 204,
        headers: { 'set-cookie': CLEARED, 'cache-control': 'no-store' },
      })
    }
    expect((await fixture.send('GET', '/sessions', cookie(laptop))).json.code).toBe('session_invalid')
    expect((await fixture.send('GET', '/sessions', cookie(phone))).status).toBe(200)
  })

  it('takes away a cookie that proves nothing', async () => {
    const response = await fixture.send('POST', '/logout', {
      headers: { cookie: '__Host-session=noise', ...SAME_ORIGIN },
    })
    expect(response).toMatchObject({
      status: 401,
      headers: { 'set-cookie': CLEARED },
      json: { code: 'session_invalid' },
    })
  })

  it('cannot be forged', async () => {
    for (const more of [{}, { origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const response = await fixture.send('POST', '/logout', cookie(laptop, more))
      expect(response).toMatchObject({ status: 403, json: { code: 'cross_site_request' } })
      expect(response.headers).not.toHaveProperty('set-cookie')
    }
    expect((await fixture.send('GET', '/sessions', cookie(laptop))).status).toBe(200)
  })

  it('ends the session of a refresh cookie beside it, and tells what it could not end', async () => {
    const { sessions } = fixture.auth
    const app = await sessions.start({ subject: 'user-3' })
    const both = (token: string) => ({
      headers: {
        cookie: `__Host-session=${laptop.sessionToken}; __Host-refresh_token=${token}`,
        ...SAME_ORIGIN,
      },
    })
    expect(await fixture.send('POST', '/logout', both(app.refreshToken))).toMatchObject({
      status: 204,
      headers: { 'set-cookie': [CLEARED, REFRESH_CLEARED] },
    })
    expect(await sessions.list('user-3')).toEqual([])
    laptop = await sessions.startCookie({ subject: 'user-1' })
    const mixed = await fixture.send('POST', '/logout', both('noise'))
    expect(mixed).toMatchObject({
      status: 400,
      headers: { 'set-cookie': [REFRESH_CLEARED, CLEARED] },
      json: { code: 'refresh_token_malformed' },
    })
    expect((await fixture.send('GET', '/sessions', cookie(laptop))).json.code).toBe('session_invalid')
  })

  it('does not say "signed out" while the stores are down', async () => {
    fixture.setStoresUp(false)
    const response = await fixture.send('POST', '/logout', cookie(laptop, SAME_ORIGIN))
    expect(response).toMatchObject({ status: 503, json: { code: 'store_unavailable' } })
    expect(response.headers).not.toHaveProperty('set-cookie')
  })
})
