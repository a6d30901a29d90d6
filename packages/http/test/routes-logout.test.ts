import type { SessionTokens } from '@authcore/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { createRoutesFixture, type RoutesFixture, SAME_ORIGIN } from './routes-fixture.js'

let fixture: RoutesFixture
let login: SessionTokens

beforeEach(async () => {
  fixture = createRoutesFixture()
  login = await fixture.auth.sessions.start({ subject: 'user-1' })
})

const isRefused = async (accessToken: string) => {
  const response = await fixture.send('GET', '/sessions', { token: accessToken })
  return response.json.code === 'token_revoked'
}

const CLEARED = '__Host-refresh_token=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax'

describe('logout', () => {
  it('ends the session of a refresh token in the body, and may be repeated', async () => {
    for (const _ of [1, 2]) {
      const response = await fixture.send('POST', '/logout', { body: { refresh_token: login.refreshToken } })
      expect(response).toMatchObject({ status: 204, headers: { 'cache-control': 'no-store' } })
      expect(response.text).toBeUndefined()
    }
    expect(await isRefused(login.accessToken)).toBe(true)
  })

  // covers ASVS-7.4.1, ASVS-10.1.1
  it('ends the session of a refresh token in the cookie, and takes the cookie away', async () => {
    const headers = { cookie: `__Host-refresh_token=${login.refreshToken}` }
    const crossSite = await fixture.send('POST', '/logout', { headers })
    expect(crossSite).toMatchObject({ status: 403, json: { code: 'cross_site_request' } })
    expect(await isRefused(login.accessToken)).toBe(false)
    const response = await fixture.send('POST', '/logout', { headers: { ...headers, ...SAME_ORIGIN } })
    expect(response).toMatchObject({ status: 204, headers: { 'set-cookie': CLEARED } })
    expect(await isRefused(login.accessToken)).toBe(true)
  })

  it('takes the cookie away also when it proves nothing', async () => {
    const headers = { cookie: '__Host-refresh_token=noise', ...SAME_ORIGIN }
    const response = await fixture.send('POST', '/logout', { headers })
    expect(response).toMatchObject({ status: 400, headers: { 'set-cookie': CLEARED } })
    expect(response.json.code).toBe('refresh_token_malformed')
  })

  it('ends the session of an access token', async () => {
    const response = await fixture.send('POST', '/logout', { token: login.accessToken })
    expect(response.status).toBe(204)
    expect(await isRefused(login.accessToken)).toBe(true)
    expect(await fixture.auth.sessions.list('user-1')).toEqual([])
  })

  it('ends an access token that was issued outside of a session', async () => {
    const { accessToken } = await fixture.auth.accessTokens.issue({ subject: 'user-1' })
    expect((await fixture.send('POST', '/logout', { token: accessToken })).status).toBe(204)
    expect(await isRefused(accessToken)).toBe(true)
    expect(await isRefused(login.accessToken)).toBe(false)
  })

  it('demands the client of the session', async () => {
    const { refreshToken } = await fixture.auth.sessions.start({ subject: 'user-1', clientId: 'app' })
    const body = { refresh_token: refreshToken }
    expect((await fixture.send('POST', '/logout', { body })).json.code).toBe('refresh_token_client_mismatch')
    expect((await fixture.send('POST', '/logout', { body: { ...body, client_id: 'app' } })).status).toBe(204)
  })

  it('refuses a request that says nothing, or something bad', async () => {
    const nothing = await fixture.send('POST', '/logout')
    expect(nothing).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="api"' } })
    expect((await fixture.send('POST', '/logout', { token: 'noise' })).json.code).toBe('token_malformed')
    const wrong = await fixture.send('POST', '/logout', { body: { refresh_token: [login.refreshToken] } })
    expect(wrong).toMatchObject({ status: 400, json: { code: 'request_body_malformed' } })
    const body = { refresh_token: login.refreshToken }
    const inQuery = await fixture.send('POST', '/logout', { url: '/logout?refresh_token=x', body })
    expect(inQuery.json.code).toBe('credentials_in_query')
  })

  it('does not say "signed out" while the stores are down', async () => {
    fixture.setStoresUp(false)
    const headers = { cookie: `__Host-refresh_token=${login.refreshToken}`, ...SAME_ORIGIN }
    const response = await fixture.send('POST', '/logout', { headers })
    expect(response).toMatchObject({ status: 503, json: { code: 'store_unavailable' } })
    expect(response.headers).not.toHaveProperty('set-cookie')
  })
})
