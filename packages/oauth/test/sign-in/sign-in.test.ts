import { afterAll, beforeAll, expect, it } from 'vitest'
import { CALLBACK, deploy, openBrowser, SECRET, whoIs } from '../support/fixture.js'
import { type OpenIdServer, startOpenIdServer } from '../support/open-id-server.js'

let op: OpenIdServer
beforeAll(async () => {
  op = await startOpenIdServer({ redirectUris: [CALLBACK] })
})
afterAll(() => op.stop())

it('a person signs in and comes back to where it began, with a session', async () => {
  const deployment = deploy({ issuer: op.issuer })
  const browser = openBrowser(deployment)
  const answer = await browser.signIn('/auth/oauth/op/authorize?return_to=/orders?page=2')
  expect(answer).toMatchObject({
    status: 303,
    headers: {
      location: 'https://shop.example.com/orders?page=2',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
  })
  const { subject, amr } = await whoIs(deployment.auth, browser)
  expect(amr).toEqual([])
  expect(deployment.accounts).toEqual([{ subject, email: 'ada@example.com' }])
  expect(deployment.eventsOf('sign_in.completed')).toMatchObject([
    { subject, provider: 'op', isNewAccount: true },
  ])
  expect([...browser.own.keys()]).toEqual(['__Host-session'])
})

// covers RFC9700-2.1, RFC9700-2.1.1
it('asks with PKCE S256, state, nonce and the exact redirect URI', async () => {
  const browser = openBrowser(deploy({ issuer: op.issuer }))
  const { status, location } = await browser.authorize()
  const { origin, searchParams } = new URL(location)
  expect(status).toBe(303)
  expect(origin).toBe(op.issuer)
  expect(Object.fromEntries(searchParams)).toEqual({
    client_id: 'shop',
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid email profile',
    state: expect.stringMatching(/^0[0-9a-f]{48}$/),
    nonce: expect.stringMatching(/^[0-9a-f]{48}$/),
    code_challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    code_challenge_method: 'S256',
  })
})

it('what is under way is sealed in a cookie of this host alone, for ten minutes, and costs no store anything', async () => {
  const { routes, signIn } = deploy({ issuer: op.issuer })
  const { authorizationUrl, cookie } = await signIn.start('op', { headers: {} })
  expect(cookie).toMatch(
    /^__Host-sign-in-0=[A-Za-z0-9_-]+; Max-Age=600; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
  )
  const { searchParams } = new URL(authorizationUrl)
  for (const secret of [searchParams.get('state'), searchParams.get('nonce'), 'op']) {
    expect(Buffer.from(cookie.split(/[=;]/)[1] ?? '', 'base64url').toString('latin1')).not.toContain(secret)
  }
  expect(cookie.length).toBeLessThan(1000)
  expect(routes.routes.map(({ method, path }) => `${method} ${path}`)).toEqual(
    expect.arrayContaining([
      'GET /oauth/:id/authorize',
      'GET /oauth/:id/callback',
      'POST /oauth/:id/callback',
      'POST /oauth/:id/link',
      'GET /identities',
      'DELETE /identities/:id',
    ]),
  )
})

it('the second sign-in of an identity opens the same account', async () => {
  const deployment = deploy({ issuer: op.issuer })
  const [first, second] = [openBrowser(deployment), openBrowser(deployment)]
  await first.signIn()
  await second.signIn()
  expect(deployment.accounts).toHaveLength(1)
  const [{ subject, sessionId }, again] = [
    await whoIs(deployment.auth, first),
    await whoIs(deployment.auth, second),
  ]
  expect(again.subject).toBe(subject)
  expect(again.sessionId).not.toBe(sessionId)
})

it('five tabs sign in beside each other', async () => {
  const deployment = deploy({ issuer: op.issuer })
  const browser = openBrowser(deployment)
  const locations: string[] = []
  for (let tab = 0; tab < 5; tab += 1) locations.push((await browser.authorize()).location)
  expect(new Set(locations.map(each => new URL(each).searchParams.get('state')?.[0])).size).toBe(5)
  for (const location of locations.reverse()) {
    const { headers } = await browser.request('GET', await browser.visitProvider(location))
    expect(headers['location']).toBe('https://shop.example.com/')
  }
})

it('the sixth takes the place of the first', async () => {
  const deployment = deploy({ issuer: op.issuer })
  const browser = openBrowser(deployment)
  const first = (await browser.authorize()).location
  for (let tab = 0; tab < 5; tab += 1) await browser.authorize()
  expect(await browser.request('GET', await browser.visitProvider(first))).toMatchObject({ status: 400 })
  expect(deployment.eventsOf('sign_in.refused')).toMatchObject([{ reason: 'state_unknown' }])
})

it('leads to the page that was configured when nobody says where to', async () => {
  const deployment = deploy({
    issuer: op.issuer,
    returnOrigins: ['https://app.example.com', 'https://shop.example.com'],
    defaultReturnTo: '/welcome',
  })
  const { headers } = await openBrowser(deployment).signIn()
  expect(headers['location']).toBe('https://app.example.com/welcome')
})

it('without a cookie of its own the tokens are the answer', async () => {
  const plain = deploy({
    issuer: op.issuer,
    routes: { sessionCookie: undefined as never, clientId: 'app' },
  })
  const answer = await openBrowser(plain).signIn()
  expect(answer.status).toBe(200)
  const { access_token: accessToken, refresh_token: refreshToken, ...rest } = JSON.parse(answer.body ?? '')
  expect(rest).toEqual({ token_type: 'Bearer', expires_in: 900, scope: '' })
  const { subject } = await plain.auth.accessTokens.verify(accessToken)
  expect(plain.accounts).toMatchObject([{ subject }])
  await expect(plain.auth.sessions.refresh(refreshToken)).rejects.toMatchObject({
    code: 'refresh_token_client_mismatch',
  })
})

it('with a cookie for the refresh token the answer holds no token', async () => {
  const refreshCookie = {
    issue: ({ refreshToken }: { refreshToken: string }) => `rt=${refreshToken}; Path=/`,
  }
  const deployment = deploy({
    issuer: op.issuer,
    routes: { sessionCookie: undefined as never, refreshCookie },
  })
  const browser = openBrowser(deployment)
  const answer = await browser.signIn()
  expect(answer).toMatchObject({ status: 303 })
  expect(answer.body).toBeUndefined()
  expect((await deployment.auth.sessions.refresh(browser.own.get('rt') ?? '')).session.subject).toBe(
    deployment.accounts[0]?.subject,
  )
})

it('the rights of the session are what the application says; an account that it refuses gets none', async () => {
  const grants = new Map<string, { scope: string[] } | undefined>([['ada', { scope: ['orders'] }]])
  const deployment = deploy({
    issuer: op.issuer,
    core: { scopes: ['orders'] },
    loadGrant: async (_, { subject }) => grants.get(subject),
  })
  const browser = openBrowser(deployment)
  await browser.signIn()
  expect((await whoIs(deployment.auth, browser)).scope).toEqual(['orders'])
  grants.clear()
  const { subject } = await whoIs(deployment.auth, browser)
  const refused = openBrowser(deployment)
  expect(await refused.signIn()).toMatchObject({ status: 400 })
  expect(refused.own.has('__Host-session')).toBe(false)
  expect(await deployment.auth.sessions.list(subject)).toHaveLength(1)
  expect(deployment.eventsOf('sign_in.refused')).toMatchObject([
    { code: 'sign_in_account_refused', reason: 'account_refused' },
  ])
})

it('nothing secret stands in events, errors or what can be inspected', async () => {
  const { inspect } = await import('node:util')
  const deployment = deploy({ issuer: op.issuer, keepTokens: true })
  const browser = openBrowser(deployment)
  await browser.signIn()
  const text = inspect([deployment.events, deployment.signIn], { depth: 10, showHidden: true })
  expect(text).not.toContain('a secret of the shop')
  expect(text).not.toContain(SECRET)
  expect(text).not.toContain('ada@example.com')
})
