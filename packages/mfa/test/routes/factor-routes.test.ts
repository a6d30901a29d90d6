import { describe, expect, it } from 'vitest'
import { factorRoutes } from '../../src/index.js'
import { deploy, hotpCode, totpCode, wrongCode } from '../support/fixture.js'
import { createDpopKey, type Served, serve } from '../support/serve.js'

/** Logs in, adds an authenticator app over the wire, and goes on to the next time step. */
async function addTotp(served: Served) {
  const { send, clock, passLogin } = served
  const token = (await passLogin()).json.access_token
  const started = await send('POST', '/factors/totp', { token, body: { account_name: 'ada' } })
  const { factor_id, secret } = started.json
  const body = { factor_id, code: totpCode(secret, clock()) }
  const confirmed = await send('POST', '/factors/totp/confirm', { token, body })
  clock.advance(60)
  return { token, secret, factor_id, started, confirmed, proof: () => totpProof(secret, clock()) }
}

function totpProof(secret: string, now: number) {
  return { method: 'totp', code: totpCode(secret, now) }
}

describe.each(['http', 'express'] as const)('the routes of factors over %s', over => {
  it('add an authenticator app, which the next login asks for', async () => {
    const served = await serve({ over })
    const { send, passLogin } = served
    const { started, confirmed, factor_id, proof } = await addTotp(served)
    expect(started).toMatchObject({
      status: 201,
      headers: { 'cache-control': 'no-store', 'content-type': 'application/json' },
      json: {
        factor_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
        uri: expect.stringMatching(/^otpauth:\/\/totp\/Example%20Shop:ada\?/),
        qr_code: expect.stringMatching(/^<svg /),
        expires_at: expect.any(Number),
      },
    })
    expect(confirmed).toMatchObject({ status: 201, json: { factor_id, method: 'totp', name: 'totp' } })
    const answer = await passLogin(proof())
    expect(answer.status).toBe(200)
    const { access_token: token } = answer.json
    expect(await served.auth.accessTokens.verify(token)).toMatchObject({ amr: ['pwd', 'otp', 'mfa'] })
    const list = await send('GET', '/factors', { token })
    expect(list.json).toEqual({ factors: [confirmed.json], recovery_codes_left: 0 })
    expect(list.headers).toMatchObject({ 'cache-control': 'no-store' })
    expect((await send('DELETE', `/factors/${factor_id}`, { token })).status).toBe(204)
    expect((await passLogin()).status).toBe(200)
  })

  it('make recovery codes and count them', async () => {
    const served = await serve({ over })
    const { send, passLogin } = served
    const { token } = await addTotp(served)
    const made = await send('POST', '/factors/recovery-codes', { token, body: {} })
    expect(made.status).toBe(201)
    expect(made.json.recovery_codes).toHaveLength(10)
    const [code] = made.json.recovery_codes
    expect((await passLogin({ method: 'recovery_code', code })).status).toBe(200)
    expect((await passLogin({ method: 'recovery_code', code })).json.code).toBe('login_failed')
    const left = await send('GET', '/factors/recovery-codes', { token })
    expect(left.json).toEqual({ recovery_codes_left: 9 })
  })

  it('add a counter token where that is asked for', async () => {
    const { send, passLogin } = await serve({ over, routes: { hotp: true, accountName: () => 'ada' } })
    const token = (await passLogin()).json.access_token
    const { json } = await send('POST', '/factors/hotp', { token, body: { name: 'Key ring' } })
    const body = { factor_id: json.factor_id, code: hotpCode(json.secret, 0) }
    expect((await send('POST', '/factors/hotp/confirm', { token, body })).json.name).toBe('Key ring')
    expect((await passLogin({ method: 'hotp', code: hotpCode(json.secret, 1) })).status).toBe(200)
  })
})

describe('a step-up', () => {
  it('issues an access token of the same session, whose login is fresh', async () => {
    const served = await serve({ acr: { totp: 'urn:example:2' } })
    const { send, clock, auth } = served
    const { token, proof } = await addTotp(served)
    clock.advance(400)
    const old = await send('GET', '/factors', { token })
    expect(old.status).toBe(401)
    expect(old.headers['www-authenticate']).toMatch(/insufficient_user_authentication.*max_age="300"/)
    expect((await send('GET', '/step-up', { token })).json).toEqual({ methods: ['totp'] })
    const answer = await send('POST', '/step-up', { token, body: { proof: proof() } })
    expect(answer).toMatchObject({
      status: 200,
      json: { token_type: 'Bearer', expires_in: 900, scope: 'orders' },
    })
    const before = await auth.accessTokens.verify(token)
    const after = await auth.accessTokens.verify(answer.json.access_token)
    expect(after).toMatchObject({
      subject: 'user-ada',
      sessionId: before.sessionId,
      scope: ['orders'],
      amr: ['pwd', 'otp', 'mfa'],
      acr: 'urn:example:2',
      authenticatedAt: clock(),
    })
    expect((await send('GET', '/factors', { token: answer.json.access_token })).status).toBe(200)
  })

  it('stays bound to the key of the session', async () => {
    const served = await serve()
    const { send, passLogin, auth, clock } = served
    const key = createDpopKey()
    const { proof } = await addTotp(served)
    const login = await passLogin(proof(), { key })
    expect(login.json.token_type).toBe('DPoP')
    const bound = { token: login.json.access_token, key }
    expect((await send('GET', '/factors', bound)).status).toBe(200)
    expect((await send('GET', '/factors', { token: bound.token })).status).toBe(401)
    expect((await send('GET', '/factors', { ...bound, key: createDpopKey() })).status).toBe(401)
    clock.advance(60)
    const answer = await send('POST', '/step-up', { ...bound, body: { proof: proof() } })
    expect(answer.json.token_type).toBe('DPoP')
    const confirmation = { jkt: key.jkt }
    expect(await auth.accessTokens.verify(answer.json.access_token, { confirmation })).toMatchObject({
      confirmation,
    })
  })

  it('renews the session of a cookie', async () => {
    const served = await serve()
    const { send, auth, clock } = served
    const { proof } = await addTotp(served)
    const { sessionToken, session } = await auth.sessions.startCookie({ subject: 'user-ada', amr: ['pwd'] })
    const cookie = `__Host-session=${sessionToken}`
    expect((await send('GET', '/factors', { cookie })).json.factors).toHaveLength(1)
    clock.advance(400)
    expect((await send('GET', '/factors', { cookie })).status).toBe(401)
    const forged = await send('POST', '/step-up', {
      cookie,
      body: { proof: proof() },
      headers: { origin: 'https://evil.example' },
    })
    expect(forged.json.code).toBe('cross_site_request')
    const answer = await send('POST', '/step-up', { cookie, body: { proof: proof() } })
    expect(answer).toMatchObject({ status: 200, json: { amr: ['pwd', 'otp', 'mfa'] } })
    const [renewed = ''] = answer.headers['set-cookie']?.split(';') ?? []
    expect((await send('GET', '/factors', { cookie: renewed })).status).toBe(200)
    expect((await send('GET', '/factors', { cookie })).status).toBe(401)
    expect((await auth.sessions.list('user-ada')).map(({ id }) => id)).not.toContain(session.id)
  })

  it('outlives no session', async () => {
    const served = await serve({ core: { session: { idleSeconds: 600 } } })
    const { send, auth, clock } = served
    const { token, proof } = await addTotp(served)
    const alone = (await auth.accessTokens.issue({ subject: 'user-ada' })).accessToken
    const stepUp = (from: string) => send('POST', '/step-up', { token: from, body: { proof: proof() } })
    const refusal = { status: 404, json: { code: 'session_not_found' } }
    expect(await stepUp(alone)).toMatchObject(refusal)
    const { access_token } = (await stepUp(token)).json
    clock.advance(600)
    expect((await send('GET', '/step-up', { token: access_token })).status).toBe(200)
    expect(await stepUp(access_token)).toMatchObject(refusal)
  })

  it('is refused with one answer for every wrong proof, and counted', async () => {
    const served = await serve()
    const { token, proof } = await addTotp(served)
    const wrong = { method: 'totp', code: wrongCode(proof().code) }
    const answers = []
    for (const sent of [wrong, wrong, wrong, wrong, {}, proof()])
      answers.push(await served.send('POST', '/step-up', { token, body: { proof: sent } }))
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 401, json: { code: 'login_failed' } })
  })
})

describe('whoever', () => {
  const ROUTES = [
    ['GET', '/factors'],
    ['DELETE', '/factors/0123'],
    ['POST', '/factors/totp'],
    ['POST', '/factors/totp/confirm'],
    ['GET', '/factors/recovery-codes'],
    ['POST', '/factors/recovery-codes'],
    ['GET', '/step-up'],
    ['POST', '/step-up'],
  ] as const

  it.each(ROUTES)('has no credentials cannot %s %s', async (method, path) => {
    const { send, auth } = await serve()
    expect((await send(method, path)).json.code).toBe('credentials_missing')
    const { apiKey } = await auth.apiKeys.issue({ ownerId: 'user-ada', name: 'CI' })
    expect((await send(method, path, { headers: { 'x-api-key': apiKey } })).json.code).toBe(
      'credentials_missing',
    )
  })

  it('is logged in touches only their own factors', async () => {
    const served = await serve()
    const { send, logIn, auth } = served
    const { factor_id, token } = await addTotp(served)
    await logIn('user-eve')
    const eve = (await auth.sessions.start({ subject: 'user-eve' })).accessToken
    expect((await send('GET', '/factors', { token: eve })).json.factors).toEqual([])
    expect(await send('DELETE', `/factors/${factor_id}`, { token: eve })).toMatchObject({
      status: 404,
      json: { code: 'factor_not_found' },
    })
    const body = { account_name: 'x', subject: 'user-ada' }
    expect((await send('POST', '/factors/totp', { token: eve, body })).status).toBe(400)
    expect((await send('GET', '/factors', { token })).json.factors).toHaveLength(1)
  })
})

describe('a hostile body', () => {
  const LONG = 'x'.repeat(200)

  it.each<[string, unknown]>([
    ['/factors/totp', {}],
    ['/factors/totp', { account_name: 7 }],
    ['/factors/totp', { account_name: LONG }],
    ['/factors/totp', { account_name: 'a', name: '' }],
    ['/factors/totp', { account_name: 'a', name: LONG }],
    ['/factors/totp', { account_name: 'a', secret: 'JBSWY3DPEHPK3PXP' }],
    ['/factors/totp', { account_name: 'a:b' }],
    ['/factors/totp', { account_name: 'a\u0000' }],
    ['/factors/totp', ['a']],
    ['/factors/totp', 'a'],
    ['/factors/totp', null],
    ['/factors/totp/confirm', { factor_id: LONG, code: '1' }],
    ['/factors/totp/confirm', { factor_id: { $ne: 1 }, code: '1' }],
    ['/factors/totp/confirm', { factor_id: 'a', code: 123456 }],
    ['/factors/totp/confirm', { factor_id: 'a', code: LONG }],
    ['/factors/totp/confirm', { factor_id: '__proto__', code: '123456' }],
    ['/factors/recovery-codes', { count: 1000 }],
    ['/step-up', {}],
    ['/step-up', { proof: '123456' }],
    ['/step-up', { proof: [] }],
    ['/step-up', { proof: {}, subject: 'user-eve' }],
    ['/step-up', { proof: {}, device_token: 'x'.repeat(513) }],
  ])('is refused by %s: %j', async (path, body) => {
    const { send, passLogin, events } = await serve({ over: 'express' })
    const token = (await passLogin()).json.access_token
    const before = events.length
    const { status, text } = await send('POST', path, { token, body })
    expect(status).toBe(400)
    expect(text).not.toContain('xxxx')
    expect(events.slice(before).filter(({ type }) => type.startsWith('factor.'))).toEqual([])
  })

  it.each([
    ['a large one', { text: JSON.stringify({ account_name: 'x'.repeat(9000) }) }, 413],
    ['no JSON', { text: '{' }, 400],
    ['another type', { text: 'a=b', headers: { 'content-type': 'text/plain' } }, 415],
  ])('is refused: %s', async (_, sent, status) => {
    for (const over of ['http', 'express'] as const) {
      const { send, passLogin } = await serve({ over })
      const token = (await passLogin()).json.access_token
      expect((await send('POST', '/factors/totp', { token, ...sent })).status).toBe(status)
    }
  })

  it('takes nothing from Object.prototype', async () => {
    const { send, passLogin } = await serve()
    const token = (await passLogin()).json.access_token
    const prototype: Record<string, unknown> = Object.prototype as never
    prototype['account_name'] = 'ada'
    try {
      expect((await send('POST', '/factors/totp', { token, body: {} })).status).toBe(400)
    } finally {
      delete prototype['account_name']
    }
  })
})

describe('the options', () => {
  it('are checked while wiring', () => {
    const { auth, factors: secondFactors } = deploy()
    const wrong: unknown[] = [
      undefined,
      {},
      { auth },
      { auth: {}, secondFactors },
      { auth, secondFactors: {} },
      { auth, secondFactors, sessionCookie: {} },
      { auth, secondFactors, accountName: 'ada' },
      { auth, secondFactors, login: {} },
      { auth, secondFactors, hotp: 1 },
      { auth, secondFactors, pin: true },
    ]
    for (const options of wrong) {
      expect(() => factorRoutes(options as never)).toThrowError(
        expect.objectContaining({ code: 'config_invalid' }),
      )
    }
    const { routes } = factorRoutes({ auth, secondFactors })
    expect(routes.map(({ method, path }) => `${method} ${path}`)).not.toContain('POST /factors/hotp')
    expect(routes[0]?.policy).toEqual({ methods: ['access_token'], maxAgeSeconds: 300 })
  })

  it('leave a route without its policy closed', async () => {
    const { auth, factors: secondFactors } = deploy()
    const { routes } = factorRoutes({ auth, secondFactors })
    const list = routes.find(({ method }) => method === 'GET')
    const call = { headers: {}, id: '', readBody: async () => ({}), proveKeys: async () => ({ headers: {} }) }
    await expect(list?.handle(call)).rejects.toMatchObject({ code: 'credentials_missing' })
  })
})
