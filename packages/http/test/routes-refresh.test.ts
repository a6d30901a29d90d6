import type { SessionTokens } from '@authcore/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { createRefreshCookie, toTokenResponse } from '../src/index.js'
import { createRoutesFixture, FORM, type RoutesFixture, SAME_ORIGIN } from './routes-fixture.js'

const COOKIE = '__Host-refresh_token'

let fixture: RoutesFixture
let login: SessionTokens

beforeEach(async () => {
  fixture = createRoutesFixture()
  login = await fixture.auth.sessions.start({ subject: 'user-1', scope: ['read', 'write'] })
})

const cookieOf = (value: string) => ({ cookie: `theme=dark; ${COOKIE}=${value}` })

const refresh = (body: unknown, headers = {}) => fixture.send('POST', '/refresh', { body, headers })

describe('the longest refresh token that core issues', () => {
  it('passes in the body, in a form and in the cookie', async () => {
    const scope = Array.from({ length: 19 }, (_, index) => `${index}`.padEnd(100, 's'))
    const { refreshToken } = await fixture.auth.sessions.start({ subject: 'user-1', scope })
    expect(refreshToken.length).toBeGreaterThan(2700)
    const form = new URLSearchParams({ refresh_token: refreshToken }).toString()
    expect(await refresh({ refresh_token: refreshToken })).toMatchObject({ status: 200 })
    expect(await refresh(form, FORM)).toMatchObject({ status: 200 })
    expect(await refresh({}, { ...cookieOf(refreshToken), ...SAME_ORIGIN })).toMatchObject({ status: 200 })
  })
})

describe('refresh by body', () => {
  it('answers JSON with a new pair (RFC 6749 section 5.1)', async () => {
    const response = await refresh({ grant_type: 'refresh_token', refresh_token: login.refreshToken })
    expect(response).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    })
    expect(response.headers).not.toHaveProperty('set-cookie')
    expect(response.json).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      refresh_token: expect.stringMatching(/^rt_/),
      scope: 'read write',
    })
    expect(response.json.refresh_token).not.toBe(login.refreshToken)
    expect(await fixture.auth.accessTokens.verify(response.json.access_token)).toMatchObject({
      subject: 'user-1',
    })
  })

  it('reads a form (RFC 6749 section 6)', async () => {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: login.refreshToken,
      scope: 'read',
    })
    const response = await refresh(body.toString(), FORM)
    expect(response.json).toMatchObject({ scope: 'read' })
  })

  it('reads bytes, and objects that the framework has parsed', async () => {
    const text = JSON.stringify({ refresh_token: login.refreshToken })
    const json = { 'content-type': 'Application/JSON; charset=utf-8' }
    const first = await refresh(new TextEncoder().encode(text), json)
    const again = await refresh({ refresh_token: login.refreshToken })
    expect([first.status, again.status]).toEqual([200, 200])
    expect(first.json.refresh_token).toBe(again.json.refresh_token)
  })

  it('ignores parameters that it does not know (RFC 6749 section 3.2)', async () => {
    expect((await refresh({ refresh_token: login.refreshToken, resource: ['x'] })).status).toBe(200)
  })

  it('ends the session for a token that was replaced before, outside of the grace time', async () => {
    await refresh({ refresh_token: login.refreshToken })
    fixture.advance(11)
    const response = await refresh({ refresh_token: login.refreshToken })
    expect(response).toMatchObject({ status: 400, headers: { 'cache-control': 'no-store' } })
    expect(response.json).toMatchObject({ error: 'invalid_grant', code: 'refresh_token_reused' })
    expect(await fixture.auth.sessions.list('user-1')).toEqual([])
  })

  it('demands the client of the session', async () => {
    const { refreshToken } = await fixture.auth.sessions.start({ subject: 'user-1', clientId: 'app' })
    const refused = await refresh({ refresh_token: refreshToken, client_id: 'other' })
    expect(refused.json).toMatchObject({ error: 'invalid_grant', code: 'refresh_token_client_mismatch' })
    expect((await refresh({ refresh_token: refreshToken, client_id: 'app' })).status).toBe(200)
  })

  it('never widens the scope', async () => {
    const response = await refresh({ refresh_token: login.refreshToken, scope: 'read admin' })
    expect(response).toMatchObject({
      status: 400,
      json: { error: 'invalid_scope', code: 'scope_exceeds_grant' },
    })
    expect((await refresh({ refresh_token: login.refreshToken })).status).toBe(200)
  })

  it('says "unavailable" while the stores are down, and the token still works after', async () => {
    fixture.setStoresUp(false)
    const response = await refresh({ refresh_token: login.refreshToken })
    expect(response).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
    expect(response.json).toMatchObject({ error: 'temporarily_unavailable', code: 'store_unavailable' })
    fixture.setStoresUp(true)
    expect((await refresh({ refresh_token: login.refreshToken })).status).toBe(200)
  })

  const json = { 'content-type': 'application/json' }

  it.each<[string, unknown, object, number, string]>([
    ['nothing', undefined, {}, 400, 'credentials_missing'],
    ['an empty object', {}, {}, 400, 'credentials_missing'],
    ['empty bytes', new Uint8Array(), {}, 400, 'credentials_missing'],
    ['another grant', { grant_type: 'password' }, {}, 400, 'grant_type_unsupported'],
    ['noise for a token', { refresh_token: 'noise' }, {}, 400, 'refresh_token_malformed'],
    ['a NUL in a token', { refresh_token: 'rt_\0' }, {}, 400, 'refresh_token_malformed'],
    ['an emoji for a token', { refresh_token: '🙂' }, {}, 400, 'refresh_token_malformed'],
    ['a number for a token', { refresh_token: 7 }, {}, 400, 'request_body_malformed'],
    ['an array for a token', { refresh_token: ['rt_x'] }, {}, 400, 'request_body_malformed'],
    ['an object for a token', { refresh_token: {} }, {}, 400, 'request_body_malformed'],
    ['null for a token', { refresh_token: null }, {}, 400, 'request_body_malformed'],
    ['an empty token', { refresh_token: '' }, {}, 400, 'request_body_malformed'],
    ['a token of 5 kB', { refresh_token: 'r'.repeat(5000) }, {}, 400, 'request_body_malformed'],
    ['an array for a scope', { refresh_token: 'rt_x', scope: ['read'] }, {}, 400, 'request_body_malformed'],
    ['a scope with two spaces', { refresh_token: 'rt_x', scope: 'a  b' }, {}, 400, 'request_body_malformed'],
    ['a number for a client', { refresh_token: 'rt_x', client_id: 7 }, {}, 400, 'request_body_malformed'],
    ['an array', [], {}, 400, 'request_body_malformed'],
    ['a JSON string', '"x"', json, 400, 'request_body_malformed'],
    ['JSON null', 'null', json, 400, 'request_body_malformed'],
    ['broken JSON', '{', json, 400, 'request_body_malformed'],
    [
      'bytes that are no UTF-8',
      Buffer.from('{"refresh_token":"rt_\xff"}', 'latin1'),
      json,
      400,
      'request_body_malformed',
    ],
    ['a form with a name twice', 'refresh_token=a&refresh_token=b', FORM, 400, 'request_body_malformed'],
    [
      'JSON under another type',
      '{}',
      { 'content-type': 'text/plain' },
      415,
      'request_media_type_unsupported',
    ],
    ['JSON under no type', '{}', {}, 415, 'request_media_type_unsupported'],
    [
      'JSON under two types',
      '{}',
      { 'content-type': ['application/json', 'text/plain'] },
      415,
      'request_media_type_unsupported',
    ],
    ['9 kB', `{"a":"${'a'.repeat(9000)}"}`, json, 413, 'request_body_too_large'],
    ['a declared length of 9 kB', {}, { 'content-length': '9000' }, 413, 'request_body_too_large'],
  ])('refuses %s', async (_, body, headers, status, code) => {
    const response = await refresh(body, headers)
    expect(response).toMatchObject({ status, headers: { 'cache-control': 'no-store' }, json: { code } })
  })

  it('refuses a refresh token in the query string', async () => {
    const url = `/refresh?refresh_token=${login.refreshToken}`
    const response = await fixture.send('POST', '/refresh', { url })
    expect(response).toMatchObject({
      status: 400,
      json: { error: 'invalid_request', code: 'credentials_in_query' },
    })
  })
})

describe('refresh by cookie', () => {
  // covers ASVS-10.1.1
  it('keeps the refresh token out of the body', async () => {
    const response = await refresh(undefined, { ...cookieOf(login.refreshToken), ...SAME_ORIGIN })
    expect(response.status).toBe(200)
    expect(response.json).not.toHaveProperty('refresh_token')
    expect(response.headers['set-cookie']).toMatch(
      /^__Host-refresh_token=rt_[\w-]+; Max-Age=1209600; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    )
    const [, next = ''] = /=(rt_[\w-]+)/.exec(String(response.headers['set-cookie'])) ?? []
    expect((await refresh(undefined, { ...cookieOf(next), ...SAME_ORIGIN })).status).toBe(200)
  })

  it.each<[string, Record<string, string | string[]>]>([
    ['neither header', {}],
    ['another origin', { origin: 'https://evil.example' }],
    ['another origin that ends alike', { origin: 'https://evil.example/https://api.example.com' }],
    ['the origin null', { origin: 'null' }],
    ['the same host without TLS', { origin: 'http://api.example.com' }],
    [
      'another origin, said to be the same',
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
    ],
    ['two origins', { origin: ['https://api.example.com', 'https://evil.example'] }],
    ['two sites', { 'sec-fetch-site': ['same-origin', 'cross-site'] }],
    ['the same site', { 'sec-fetch-site': 'same-site' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['no site', { 'sec-fetch-site': 'none' }],
  ])('refuses %s', async (_, headers) => {
    const response = await refresh(undefined, { ...cookieOf(login.refreshToken), ...headers })
    expect(response).toMatchObject({ status: 403, json: { code: 'cross_site_request' } })
    expect((await refresh({ refresh_token: login.refreshToken })).status).toBe(200)
  })

  it('takes the word of the browser where there is no origin', async () => {
    const headers = { ...cookieOf(login.refreshToken), 'sec-fetch-site': 'same-origin' }
    expect((await refresh(undefined, headers)).status).toBe(200)
  })

  it('accepts only the origins that are configured', async () => {
    fixture = createRoutesFixture({ origins: ['https://app.example.com'] })
    const { refreshToken } = await fixture.auth.sessions.start({ subject: 'user-1' })
    const from = (origin: string) => refresh(undefined, { ...cookieOf(refreshToken), origin })
    expect((await from('https://api.example.com')).status).toBe(403)
    expect((await from('https://app.example.com')).status).toBe(200)
  })

  it('refuses two cookies of the name, and a token in both places', async () => {
    const twice = { cookie: `${COOKIE}=${login.refreshToken}; ${COOKIE}=rt_x`, ...SAME_ORIGIN }
    expect((await refresh(undefined, twice)).json.code).toBe('credentials_repeated')
    const both = await refresh({ refresh_token: 'rt_x' }, { ...cookieOf(login.refreshToken), ...SAME_ORIGIN })
    expect(both.json.code).toBe('credentials_repeated')
  })

  it('takes away a cookie that can never work again', async () => {
    await fixture.auth.sessions.revoke(login.session.id)
    const response = await refresh(undefined, { ...cookieOf(login.refreshToken), ...SAME_ORIGIN })
    expect(response).toMatchObject({ status: 400, json: { code: 'session_revoked' } })
    expect(response.headers['set-cookie']).toBe(
      '__Host-refresh_token=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax',
    )
  })

  it('leaves a cookie that another client may use, or that works later', async () => {
    const { refreshToken } = await fixture.auth.sessions.start({ subject: 'user-1', clientId: 'app' })
    const headers = { ...cookieOf(refreshToken), ...SAME_ORIGIN }
    const refused = await refresh(undefined, headers)
    expect(refused.json.code).toBe('refresh_token_client_mismatch')
    expect(refused.headers).not.toHaveProperty('set-cookie')
    fixture.setStoresUp(false)
    const down = await refresh({ client_id: 'app' }, headers)
    expect(down.status).toBe(503)
    expect(down.headers).not.toHaveProperty('set-cookie')
  })

  it('does not look at cookies when there is none by option', async () => {
    fixture = createRoutesFixture({ refreshCookie: false })
    const { refreshToken } = await fixture.auth.sessions.start({ subject: 'user-1' })
    const response = await refresh(undefined, { ...cookieOf(refreshToken), ...SAME_ORIGIN })
    expect(response.json.code).toBe('credentials_missing')
  })

  it('sets the cookie with the attributes of the options', async () => {
    const refreshCookie = { name: 'rt', path: '/auth', secure: false, sameSite: 'strict' } as const
    fixture = createRoutesFixture({ refreshCookie })
    const { refreshToken } = await fixture.auth.sessions.start({ subject: 'user-1' })
    const response = await refresh(undefined, { cookie: `rt=${refreshToken}`, ...SAME_ORIGIN })
    expect(response.headers['set-cookie']).toMatch(
      /^rt=rt_[\w-]+; Max-Age=\d+; Path=\/auth; HttpOnly; SameSite=Strict$/,
    )
  })
})

describe('toTokenResponse', () => {
  it('answers a login, in the body or with the cookie', () => {
    expect(JSON.parse(toTokenResponse(login).body ?? '')).toMatchObject({ refresh_token: login.refreshToken })
    const withCookie = toTokenResponse(login, createRefreshCookie({ sameSite: 'none' }))
    expect(withCookie.body).not.toContain(login.refreshToken)
    expect(withCookie.headers['set-cookie']).toContain(`${COOKIE}=${login.refreshToken}; Max-Age=1209600;`)
    expect(withCookie.headers['set-cookie']).toContain('SameSite=None')
  })
})
