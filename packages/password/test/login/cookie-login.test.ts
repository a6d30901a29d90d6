import { InvalidLoginError } from '@authcore/core'
import { createAuthRoutes, createHttpAuth, createRefreshCookie, createSessionCookie } from '@authcore/http'
import { describe, expect, it } from 'vitest'
import { createCookieLogin, createLogin, passwordRoutes, type SecondFactors } from '../../src/index.js'
import { completed, deployLogin, NEW_PASSWORD, outcomeOf, PASSWORD, pending } from '../support/fixture.js'

const RIGHT = { identifier: 'ada', password: PASSWORD }
const ORIGIN = 'https://auth.example.com'

const FACTORS: SecondFactors = {
  isEnrolled: async () => true,
  verify: async (_, { code }) => {
    if (code !== '123456') throw new InvalidLoginError('login_second_factor_invalid')
    return { amr: ['otp'], acr: 'urn:example:2' }
  },
  verifyFirst: async () => ({ subject: 'user-ada', amr: ['swk', 'user', 'mfa'] }),
}

async function deployCookieLogin(secondFactors?: SecondFactors) {
  const deployed = await deployLogin()
  const auth = createHttpAuth(deployed.auth, { sessionCookie: {} })
  const { accounts, hasher } = deployed
  const login = createCookieLogin({ auth, accounts, hasher, ...(secondFactors && { secondFactors }) })
  return { ...deployed, auth, login }
}

describe('a login by cookie', () => {
  it('starts a session of one token', async () => {
    const { login, auth } = await deployCookieLogin()
    const result = completed(await login.login({ ...RIGHT, label: 'Laptop' }))
    expect(result).toEqual({
      outcome: 'completed',
      subject: 'user-ada',
      cookieSession: expect.objectContaining({ sessionToken: expect.stringMatching(/^st_/) }),
      deviceToken: expect.stringMatching(/^dv_/),
    })
    const { sessionToken } = result.cookieSession
    expect(await auth.sessions.verify(sessionToken)).toMatchObject({ subject: 'user-ada', amr: ['pwd'] })
  })

  it('has a second step, and knows passkeys', async () => {
    const { login, auth } = await deployCookieLogin(FACTORS)
    const { pendingToken } = pending(await login.login(RIGHT))
    const { cookieSession } = await login.completeLogin({ pendingToken, proof: { code: '123456' } })
    expect(await auth.sessions.verify(cookieSession.sessionToken)).toMatchObject({
      amr: ['pwd', 'otp', 'mfa'],
      acr: 'urn:example:2',
    })
    const alone = await login.loginWithPasskey({ proof: { method: 'passkey' } })
    expect(await auth.sessions.verify(alone.cookieSession.sessionToken)).toMatchObject({
      amr: ['swk', 'user', 'mfa'],
    })
  })

  it('leaves no session when the account was closed meanwhile', async () => {
    const { login, auth, accounts } = await deployCookieLogin(FACTORS)
    const find = accounts.findBySubject.bind(accounts)
    let calls = 0
    accounts.findBySubject = async subject => {
      calls += 1
      const row = accounts.rows.get(subject)
      if (calls === 2 && row !== undefined) accounts.put({ ...row, isDisabled: true })
      return find(subject)
    }
    expect(await outcomeOf(login.loginWithPasskey({ proof: {} }))).toBe('login_account_disabled')
    expect(await auth.sessions.list('user-ada')).toEqual([])
  })
})

describe('its routes', () => {
  async function serve(secondFactors?: SecondFactors) {
    const deployed = await deployCookieLogin(secondFactors)
    const { handle } = createAuthRoutes(deployed.auth, {
      extensions: [passwordRoutes(deployed.login, { sessionCookie: createSessionCookie(), passkeys: true })],
    })
    const post = async (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
      const response = await handle({
        method: 'POST',
        path,
        url: path,
        headers: { 'content-type': 'application/json', origin: ORIGIN, ...headers },
        readBody: async () => JSON.stringify(body),
      })
      const setCookie = String(response?.headers['set-cookie'] ?? '')
      return {
        status: response?.status,
        cookie: setCookie.split(';')[0] ?? '',
        setCookie,
        json: response?.body === undefined ? undefined : JSON.parse(response.body),
      }
    }
    return { ...deployed, post }
  }

  it('set the cookie for pages of the own origin, and tell no token', async () => {
    const { post } = await serve()
    expect((await post('/login', RIGHT, { origin: 'https://evil.example' })).json.code).toBe(
      'cross_site_request',
    )
    const { status, setCookie, json } = await post('/login', RIGHT)
    expect(status).toBe(200)
    expect(setCookie).toMatch(/^__Host-session=st_.*HttpOnly/)
    expect(json).toEqual({ expires_at: expect.any(Number), device_token: expect.stringMatching(/^dv_/) })
  })

  it('finish a login by a second step or a passkey', async () => {
    const { post } = await serve(FACTORS)
    const first = await post('/login', RIGHT)
    expect([first.status, first.setCookie]).toEqual([202, ''])
    const { pending_token } = first.json
    const second = await post('/login/complete', { pending_token, proof: { code: '123456' } })
    expect(second.cookie).toMatch(/^__Host-session=st_/)
    expect((await post('/login/passkey/complete', { proof: {} })).cookie).toMatch(/^__Host-session=st_/)
  })

  it('change the password with the cookie, and end the other sessions', async () => {
    const { post, auth } = await serve()
    const [kept, other] = [await post('/login', RIGHT), await post('/login', RIGHT)]
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD, keep_session: true }
    expect((await post('/password', change)).json.code).toBe('credentials_missing')
    const forged = await post('/password', change, { cookie: kept.cookie, origin: 'https://evil.example' })
    expect(forged.json.code).toBe('cross_site_request')
    expect((await post('/password', change, { cookie: kept.cookie })).status).toBe(204)
    const tokenOf = (cookie: string): string => cookie.slice('__Host-session='.length)
    expect(await auth.sessions.verify(tokenOf(kept.cookie))).toMatchObject({ subject: 'user-ada' })
    expect(await outcomeOf(auth.sessions.verify(tokenOf(other.cookie)))).toBe('session_token_revoked')
  })

  it('take the cookie of their sessions and no other', async () => {
    const { login: byCookie, auth, accounts } = await deployCookieLogin()
    const byTokens = createLogin({ auth, accounts })
    const [sessionCookie, refreshCookie] = [createSessionCookie(), createRefreshCookie()]
    const wrong: [Parameters<typeof passwordRoutes>[0], object][] = [
      [byCookie, {}],
      [byCookie, { refreshCookie }],
      [byCookie, { sessionCookie, refreshCookie }],
      [byCookie, { sessionCookie: {} }],
      [byTokens, { sessionCookie }],
    ]
    for (const [login, options] of wrong) {
      expect(() => passwordRoutes(login, options)).toThrowError(
        expect.objectContaining({ code: 'config_invalid' }),
      )
    }
    expect(passwordRoutes(byTokens, { refreshCookie }).routes[0]).toMatchObject({ sameOrigin: true })
  })
})
