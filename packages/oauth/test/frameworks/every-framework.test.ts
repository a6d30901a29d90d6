import { createHttpAuth, createSessionCookie } from '@authcore/http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createOAuthClients,
  createOpaqueTokens,
  oauthRoutes,
  oauthServerRoutes,
  openIdProvider,
} from '../../src/index.js'
import { BASE, CALLBACK, deploy, openBrowser } from '../support/fixture.js'
import { type Application, FRAMEWORKS, type RunningServer } from '../support/frameworks.js'
import { CLIENT, type OpenIdServer, startOpenIdServer } from '../support/open-id-server.js'
import { type Answer, type RecordedAnswer, recordServer } from '../support/recorded-server.js'

const FORM_CALLBACK = `${BASE}/oauth/form/callback`

let op: OpenIdServer
beforeAll(async () => {
  op = await startOpenIdServer({ redirectUris: [CALLBACK, FORM_CALLBACK] })
})
afterAll(() => op.stop())

/** What every framework answered, by walk. */
const recordings = new Map<string, Map<string, readonly RecordedAnswer[]>>()

describe.each(FRAMEWORKS)('on a server of %s', (framework, serve) => {
  let running: RunningServer
  let deployment: ReturnType<typeof deployAll>

  beforeAll(async () => {
    deployment = deployAll(op.issuer)
    running = await serve(deployment.application)
  })
  afterAll(() => running.close())

  const record = () => recordServer(running.port)
  const keep = (walk: string, answers: readonly RecordedAnswer[]) => {
    const known = recordings.get(walk) ?? new Map<string, readonly RecordedAnswer[]>()
    recordings.set(walk, known.set(framework, answers))
  }

  it('a person signs in, links a second identity and takes it away', async () => {
    const routes = record()
    const browser = openBrowser({ routes })
    const signedIn = await browser.signIn('/auth/oauth/op/authorize?return_to=/orders')
    expect(signedIn).toMatchObject({ status: 303, headers: { location: 'https://shop.example.com/orders' } })
    expect(await jsonOf(browser.request('GET', '/me'))).toMatchObject({ method: 'session' })

    // two providers' pages: the person is somebody else there
    op.person = { login: 'grace' }
    const linking = await jsonOf(
      browser.request('POST', '/auth/oauth/op/link', { form: { return_to: '/settings' } }),
    )
    const elsewhere = openBrowser({ routes })
    const back = await elsewhere.visitProvider(String(linking['authorization_url']))
    op.person = {}
    expect(await browser.request('GET', back)).toMatchObject({
      status: 303,
      headers: { location: 'https://shop.example.com/settings' },
    })
    const listed = await identitiesOf(browser)
    expect(listed.map(({ label }) => label).sort()).toEqual(['ada@example.com', 'grace@example.com'])
    const { id } = listed.find(({ label }) => label === 'grace@example.com') ?? { id: '' }
    expect(await browser.request('DELETE', `/auth/identities/${id}`)).toMatchObject({ status: 204 })
    expect(await browser.request('DELETE', `/auth/identities/${id}`)).toMatchObject({ status: 404 })
    expect(await identitiesOf(browser)).toHaveLength(1)
    keep('signing in', routes.answers)
  })

  it('a provider answers by a form', async () => {
    const routes = record()
    const browser = openBrowser({ routes })
    const { location } = await browser.authorize('/auth/oauth/form/authorize')
    const { action, form } = await browser.visitFormProvider(location)
    expect(action).toBe(FORM_CALLBACK)
    const headers = { origin: op.issuer }
    expect(await browser.request('POST', action, { form, headers })).toMatchObject({ status: 303 })
    expect(await jsonOf(browser.request('GET', '/me'))).toMatchObject({ method: 'session' })
    keep('a form', routes.answers)
  })

  it('what is wrong is refused', async () => {
    const routes = record()
    const browser = openBrowser({ routes })
    const { location } = await browser.authorize()
    const callback = await browser.visitProvider(location)
    const statusOf = async (...request: Parameters<typeof browser.request>) =>
      (await browser.request(...request)).status
    expect(await statusOf('GET', callback.replace('state=0', 'state=1'))).toBe(400)
    expect(await statusOf('GET', callback)).toBe(303)
    expect(await statusOf('GET', callback)).toBe(400)
    expect(await statusOf('GET', callback, { headers: { accept: 'application/json' } })).toBe(400)
    expect(await statusOf('GET', '/auth/oauth/other/authorize')).toBe(404)
    expect(await statusOf('GET', '/auth/oauth/op/authorize?return_to=https://evil.example')).toBe(400)
    expect(await statusOf('GET', `/auth/oauth/op/callback?code=${'a'.repeat(9000)}`)).toBe(400)
    const evil = { headers: { origin: 'https://evil.example' } }
    expect(await statusOf('POST', '/auth/oauth/op/link', { form: {}, ...evil })).toBe(403)
    expect(await statusOf('DELETE', `/auth/identities/${'a'.repeat(43)}`, evil)).toBe(403)
    const stranger = openBrowser({ routes })
    expect(await stranger.request('GET', '/auth/identities')).toMatchObject({ status: 401 })
    expect(await stranger.request('POST', '/auth/oauth/op/link', { form: {} })).toMatchObject({ status: 401 })
    op.person = { isDenied: true }
    const denied = await stranger.signIn()
    op.person = {}
    expect(denied).toMatchObject({ status: 400, body: expect.stringContaining('The sign-in did not work') })
    expect([...stranger.own.keys()]).not.toContain('__Host-session')
    keep('refusals', routes.answers)
  })

  it('a machine gets tokens, uses them, and they are ended', async () => {
    const routes = record()
    const { clients, auth } = deployment
    const { client, clientSecret = '' } = await clients.register({
      name: 'Reports',
      authMethod: 'client_secret_basic',
      grantTypes: ['client_credentials', 'refresh_token'],
      scope: ['read'],
      accessTokens: 'opaque',
    })
    const basic = (secret: string) => ({
      authorization: `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}`,
    })
    const post = (path: string, form: Record<string, string>, headers = basic(clientSecret)) =>
      routes.send('POST', path, headers, new URLSearchParams(form).toString())

    const metadata = await jsonOf(routes.send('GET', '/.well-known/oauth-authorization-server'))
    expect(metadata).toMatchObject({ token_endpoint: 'https://shop.example.com/oauth/token' })
    const granted = await jsonOf(post('/oauth/token', { grant_type: 'client_credentials', scope: 'read' }))
    expect(granted).toMatchObject({ token_type: 'Bearer', scope: 'read' })
    const token = String(granted['access_token'])
    const bearer = { authorization: `Bearer ${token}` }
    expect(await jsonOf(routes.send('GET', '/me', bearer))).toMatchObject({ method: 'opaque_token' })
    expect(await jsonOf(post('/introspect', { token }))).toMatchObject({ active: true })
    expect(await post('/revoke', { token })).toMatchObject({ status: 200 })
    expect(await jsonOf(post('/introspect', { token }))).toEqual({ active: false })
    expect(await routes.send('GET', '/me', bearer)).toMatchObject({ status: 401 })

    const { refreshToken } = await auth.sessions.start({ subject: 'user-1', clientId: client.clientId })
    const refresh = { grant_type: 'refresh_token', refresh_token: refreshToken }
    expect(await jsonOf(post('/oauth/token', refresh))).toMatchObject({ token_type: 'Bearer' })

    const json = { ...basic(clientSecret), 'content-type': 'application/json' }
    const refusals: readonly (readonly [() => Promise<Answer>, number, string])[] = [
      [() => post('/oauth/token', refresh, basic('wrong')), 401, 'invalid_client'],
      [() => post('/oauth/token', { grant_type: 'password' }), 400, 'unsupported_grant_type'],
      [
        () => post('/oauth/token', { grant_type: 'client_credentials', scope: 'write' }),
        400,
        'invalid_scope',
      ],
      [() => post('/oauth/token', { ...refresh, refresh_token: 'rt_made-up' }), 400, 'invalid_grant'],
      [() => post('/oauth/token', {}), 400, 'invalid_request'],
      [() => routes.send('POST', '/oauth/token', json, '{}'), 415, 'invalid_request'],
    ]
    for (const [send, status, error] of refusals) {
      const answer = await send()
      expect(answer).toMatchObject({ status, headers: { 'cache-control': 'no-store' } })
      expect(JSON.parse(answer.body)).toMatchObject({ error })
    }
    keep('tokens', routes.answers)
  })
})

it('every framework has answered the same', () => {
  expect([...recordings.keys()]).toHaveLength(4)
  for (const [walk, byFramework] of recordings) {
    const [[, first] = [], ...others] = byFramework
    expect(others).toHaveLength(FRAMEWORKS.length - 1)
    for (const [framework, answers] of others) expect(answers, `${walk}: ${framework}`).toEqual(first)
  }
})

function deployAll(issuer: string) {
  const provider = (more: object = {}) => openIdProvider({ issuer, ...CLIENT, ...more })
  const { auth, signIn } = deploy({
    issuer,
    providers: { op: provider(), form: provider({ responseMode: 'form_post' }) },
  })
  const opaqueTokens = createOpaqueTokens(auth)
  const clients = createOAuthClients(auth)
  const web = { ...auth, ...createHttpAuth({ ...auth, opaqueTokens }, { sessionCookie: {} }) }
  const routes = oauthRoutes(signIn, { auth, sessionCookie: createSessionCookie() })
  const server = oauthServerRoutes(web, { clients, opaqueTokens, introspection: true, revocation: true })
  const application: Application = {
    auth: web,
    signIn: { extensions: [routes], refreshCookie: false },
    server: { clients, extensions: [server], refreshCookie: false },
    policy: { methods: ['session', 'opaque_token'] },
    me: principal => ({ ...principal }),
  }
  return { application, auth, clients }
}

async function jsonOf(answer: Promise<{ readonly body?: unknown }>): Promise<Record<string, unknown>> {
  return JSON.parse(String((await answer).body))
}

async function identitiesOf(browser: ReturnType<typeof openBrowser>) {
  const { identities } = await jsonOf(browser.request('GET', '/auth/identities'))
  return identities as readonly { readonly id: string; readonly label: string }[]
}
