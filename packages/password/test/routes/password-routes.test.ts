import { InvalidLoginError } from '@authcore/core'
import { createAuthRoutes, createRefreshCookie } from '@authcore/http'
import { describe, expect, it } from 'vitest'
import { type PasswordRoutesOptions, passwordRoutes, type SecondFactors } from '../../src/index.js'
import { completed, deployLogin, NEW_PASSWORD, PASSWORD, type TestLoginOptions } from '../support/fixture.js'

const RIGHT = { identifier: 'ada', password: PASSWORD }

const FACTORS: SecondFactors = {
  isEnrolled: async subject => subject === 'user-ada',
  verify: async (_, { code }) => {
    if (code !== '123456') throw new InvalidLoginError('login_second_factor_invalid')
    return { amr: ['otp'] }
  },
}

interface Sent {
  readonly token?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly ip?: string
}

async function serve(options: PasswordRoutesOptions = {}, deployment: TestLoginOptions = {}) {
  const deployed = await deployLogin(deployment)
  const { handle, routes } = createAuthRoutes(deployed.auth, {
    extensions: [passwordRoutes(deployed.login, options)],
  })
  const post = async (path: string, body: unknown, { token, headers = {}, ip = '192.0.2.1' }: Sent = {}) => {
    const response = await handle({
      method: 'POST',
      path,
      url: path,
      ip,
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      readBody: async () => JSON.stringify(body),
    })
    return {
      status: response?.status,
      headers: response?.headers ?? {},
      text: response?.body,
      json: response?.body === undefined ? undefined : JSON.parse(response.body),
    }
  }
  return { ...deployed, post, paths: routes.map(({ path }) => path) }
}

describe('the login route', () => {
  it('answers with tokens', async () => {
    const { post, auth } = await serve()
    const { status, headers, json } = await post('/login', { ...RIGHT, client_id: 'web', label: 'Laptop' })
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'application/json' })
    expect(json).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      refresh_token: expect.stringMatching(/^rt_/),
      scope: '',
      device_token: expect.stringMatching(/^dv_/),
    })
    expect(await auth.accessTokens.verify(json.access_token)).toMatchObject({
      subject: 'user-ada',
      clientId: 'web',
    })
  })

  it('answers an unknown name, a wrong password and a lockout with the same bytes', async () => {
    const { post } = await serve()
    const answers = [await post('/login', { identifier: 'nobody', password: PASSWORD })]
    for (let attempts = 0; attempts < 6; attempts += 1)
      answers.push(await post('/login', { ...RIGHT, password: 'wrong horse' }))
    answers.push(await post('/login', RIGHT))
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="api"' },
      json: { code: 'login_failed', title: 'Login failed' },
    })
  })

  it('lets a known device in while somebody else guesses', async () => {
    const { post } = await serve()
    const { device_token } = (await post('/login', RIGHT)).json
    for (let attempts = 0; attempts < 6; attempts += 1)
      await post('/login', { ...RIGHT, password: 'wrong horse' })
    expect((await post('/login', RIGHT)).status).toBe(401)
    expect((await post('/login', { ...RIGHT, device_token })).status).toBe(200)
  })

  it('limits an address openly', async () => {
    const { post } = await serve()
    for (let attempts = 0; attempts < 60; attempts += 1)
      await post('/login', { identifier: `n${attempts}`, password: 'x' })
    expect(await post('/login', RIGHT)).toMatchObject({ status: 429, headers: { 'retry-after': '5' } })
    expect((await post('/login', RIGHT, { ip: '192.0.2.2' })).status).toBe(200)
  })

  it('puts the refresh token into a cookie, for pages of the own origin', async () => {
    const { post } = await serve({ refreshCookie: createRefreshCookie() })
    expect((await post('/login', RIGHT)).json.code).toBe('cross_site_request')
    const headers = { origin: 'https://auth.example.com' }
    const answer = await post('/login', RIGHT, { headers })
    expect(answer.headers).toMatchObject({
      'set-cookie': expect.stringMatching(/^__Host-refresh_token=rt_.*HttpOnly/),
    })
    expect(answer.json).not.toHaveProperty('refresh_token')
  })

  it.each<[string, unknown]>([
    ['no name', { password: PASSWORD }],
    ['no password', { identifier: 'ada' }],
    ['an object for a name', { identifier: { $ne: '' }, password: PASSWORD }],
    ['a long name', { identifier: 'x'.repeat(321), password: PASSWORD }],
    ['a member more', { ...RIGHT, subject: 'user-admin' }],
    ['a list', [RIGHT]],
    ['a number for a label', { ...RIGHT, label: 7 }],
    ['a long device token', { ...RIGHT, device_token: 'x'.repeat(513) }],
  ])('refuses %s', async (_, body) => {
    const { post, hasher } = await serve()
    expect(await post('/login', body)).toMatchObject({
      status: 400,
      json: { code: 'request_body_malformed' },
    })
    expect(hasher.calls).toEqual([])
  })

  it('takes nothing from Object.prototype', async () => {
    const { post } = await serve()
    const prototype: Record<string, unknown> = Object.prototype as never
    prototype['password'] = PASSWORD
    try {
      expect((await post('/login', { identifier: 'ada' })).status).toBe(400)
    } finally {
      delete prototype['password']
    }
  })
})

describe('the second step', () => {
  it('is asked for with 202 and answers with tokens', async () => {
    const { post, auth } = await serve({}, { secondFactors: FACTORS })
    const first = await post('/login', RIGHT)
    expect(first).toMatchObject({
      status: 202,
      json: { outcome: 'second_factor_required', pending_token: expect.stringMatching(/^pl_/), methods: [] },
    })
    const { pending_token } = first.json
    const wrong = await post('/login/complete', { pending_token, proof: { code: '0' } })
    expect(wrong).toMatchObject({ status: 401, json: { code: 'login_failed' } })
    const { status, json } = await post('/login/complete', { pending_token, proof: { code: '123456' } })
    expect(status).toBe(200)
    expect(await auth.accessTokens.verify(json.access_token)).toMatchObject({ amr: ['pwd', 'otp', 'mfa'] })
    const again = await post('/login/complete', { pending_token, proof: { code: '123456' } })
    expect(again).toMatchObject({ status: 401, json: { code: 'login_pending_invalid' } })
  })

  it.each([undefined, 'text', [], 7])('refuses the proof %j', async proof => {
    const { post } = await serve({}, { secondFactors: FACTORS })
    expect(await post('/login/complete', { pending_token: 'pl_x', proof })).toMatchObject({ status: 400 })
  })
})

describe('the keys that a client proves', () => {
  const JKT = 'a'.repeat(43)
  const call = (body: Readonly<Record<string, unknown>>) => ({
    id: '',
    headers: {},
    readBody: async () => body,
    proveKeys: async () => ({ confirmation: { jkt: JKT }, headers: { 'dpop-nonce': 'next' } }),
  })

  it('bind the session, with the second step too, and bring their fields', async () => {
    const { login, auth } = await deployLogin({ secondFactors: FACTORS })
    const { routes } = passwordRoutes(login)
    const handlerOf = (path: string) => routes.find(route => route.path === path)?.handle
    const first = await handlerOf('/login')?.(call(RIGHT))
    expect(first).toMatchObject({ status: 202, headers: { 'dpop-nonce': 'next' } })
    const { pending_token } = Object(first?.body)
    const second = await handlerOf('/login/complete')?.(call({ pending_token, proof: { code: '123456' } }))
    expect(second).toMatchObject({
      status: 200,
      headers: { 'dpop-nonce': 'next' },
      body: { token_type: 'DPoP' },
    })
    const { access_token } = Object(second?.body)
    expect(await auth.accessTokens.verify(access_token, { confirmation: { jkt: JKT } })).toMatchObject({
      confirmation: { jkt: JKT },
    })
  })

  it('bind a session that needs no second step, and nothing does where none were proved', async () => {
    const { login } = await deployLogin()
    const { tokens } = completed(await login.login({ ...RIGHT, confirmation: { jkt: JKT } }))
    expect(tokens.tokenType).toBe('DPoP')
    const prototype: Record<string, unknown> = Object.prototype as never
    prototype['confirmation'] = { jkt: JKT }
    try {
      expect(completed(await login.login(RIGHT)).tokens.tokenType).toBe('Bearer')
    } finally {
      delete prototype['confirmation']
    }
  })

  it('are asked for only with a body that can be read', async () => {
    const { login } = await deployLogin()
    const [route] = passwordRoutes(login).routes
    const proveKeys = async () => {
      throw new Error('The proof was spent.')
    }
    await expect(route?.handle({ ...call({ identifier: 'ada' }), proveKeys })).rejects.toMatchObject({
      code: 'request_body_malformed',
    })
  })
})

describe('the route for changes', () => {
  const CHANGE = { current_password: PASSWORD, new_password: NEW_PASSWORD }

  it('changes the password of whoever is logged in, and can keep that session', async () => {
    const { post, auth } = await serve()
    const [{ json: kept }, { json: other }] = [await post('/login', RIGHT), await post('/login', RIGHT)]
    expect((await post('/password', CHANGE)).status).toBe(401)
    expect(
      (await post('/password', { ...CHANGE, keep_session: 'yes' }, { token: kept.access_token })).status,
    ).toBe(400)
    expect(
      (await post('/password', { ...CHANGE, keep_session: true }, { token: kept.access_token })).status,
    ).toBe(204)
    await auth.accessTokens.verify(kept.access_token)
    await expect(auth.accessTokens.verify(other.access_token)).rejects.toMatchObject({
      code: 'token_revoked',
    })
    expect((await post('/login', { ...RIGHT, password: NEW_PASSWORD })).status).toBe(200)
  })

  it('says what is wrong with the new one', async () => {
    const { post } = await serve()
    const token = (await post('/login', RIGHT)).json.access_token
    expect(await post('/password', { ...CHANGE, new_password: 'short' }, { token })).toMatchObject({
      status: 400,
      json: { code: 'password_too_short', detail: 'The password must have at least 15 characters.' },
    })
    const wrong = await post('/password', { ...CHANGE, current_password: 'wrong horse' }, { token })
    expect(wrong).toMatchObject({ status: 401, json: { code: 'login_failed' } })
  })
})

describe('the routes for resets and addresses', () => {
  it('answer alike for everybody and take the token once', async () => {
    const tokens: string[] = []
    const { post, login } = await serve(
      {},
      { sendPasswordReset: async ({ token }) => void tokens.push(token) },
    )
    const answers = [
      await post('/password/reset-request', { identifier: 'ada' }),
      await post('/password/reset-request', { identifier: 'nobody' }),
    ]
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]).toMatchObject({ status: 202, text: undefined })
    const reset = { token: tokens[0], new_password: NEW_PASSWORD }
    expect((await post('/password/reset', reset)).status).toBe(204)
    expect(await post('/password/reset', reset)).toMatchObject({
      status: 400,
      json: { code: 'password_reset_invalid' },
    })
    const { token } = await login.issueEmailVerification({ subject: 'user-ada', email: 'ada@example.com' })
    expect((await post('/email/verify', { token })).status).toBe(204)
    expect(await post('/email/verify', { token })).toMatchObject({
      json: { code: 'email_verification_invalid' },
    })
  })
})

describe('the routes', () => {
  it('are those that are asked for', async () => {
    const all = await serve({ register: true })
    expect(all.paths).toEqual(
      expect.arrayContaining([
        '/register',
        '/login',
        '/login/complete',
        '/password',
        '/password/reset-request',
        '/password/reset',
        '/email/verify',
      ]),
    )
    const created = await all.post('/register', { identifier: 'grace', password: PASSWORD })
    expect(created).toMatchObject({ status: 201, json: { subject: 'user-2' } })
    expect((await all.post('/register', { identifier: 'grace', password: PASSWORD })).status).toBe(409)
    const few = await serve({ secondFactors: false, reset: false, emailVerification: false })
    expect(few.paths.filter(path => /register|complete|reset|verify/.test(path))).toEqual([])
  })

  it('check their options while wiring', async () => {
    const { login } = await deployLogin()
    for (const options of [{ register: 1 }, { refreshCookie: {} }, { cookies: true }, null]) {
      expect(() => passwordRoutes(login, options as never)).toThrowError(
        expect.objectContaining({ code: 'config_invalid' }),
      )
    }
  })
})
