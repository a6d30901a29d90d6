import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSignIn, type OAuthRoutesOptions, oauthRoutes, openIdProvider } from '../../src/index.js'
import { BASE, CALLBACK, deploy, openBrowser, whoIs } from '../support/fixture.js'
import { CLIENT, type OpenIdServer, startOpenIdServer } from '../support/open-id-server.js'

let op: OpenIdServer
beforeAll(async () => {
  op = await startOpenIdServer({ redirectUris: [CALLBACK] })
})
afterAll(() => op.stop())

/** Somebody who has signed in as `ada` and wants to add `eve`. */
async function owner() {
  const deployment = deploy({ issuer: op.issuer, keepTokens: true })
  const browser = openBrowser(deployment)
  await browser.signIn()
  const { subject, sessionId } = await whoIs(deployment.auth, browser)
  /** Another browser at the provider, so that another person can be there. */
  const visitAs = async (login: string, url: string) => {
    op.person = { login }
    const callback = await openBrowser(deployment).visitProvider(url)
    op.person = {}
    return callback
  }
  const link = async () => {
    const { status, body } = await browser.request('POST', '/auth/oauth/op/link', {
      form: { return_to: '/me' },
    })
    return { status, ...JSON.parse(body ?? '{}') }
  }
  return { ...deployment, browser, subject, sessionId, link, visitAs }
}

describe('linking', () => {
  it('adds an identity to the account of whoever is signed in, and starts no session', async () => {
    const { browser, subject, link, visitAs, identities, auth, eventsOf, signIn } = await owner()
    const { authorization_url: url } = await link()
    const answer = await browser.request('GET', await visitAs('eve', url))
    expect(answer).toMatchObject({ status: 303, headers: { location: 'https://shop.example.com/me' } })
    expect((await identities.list(subject)).map(({ label }) => label).sort()).toEqual([
      'ada@example.com',
      'eve@example.com',
    ])
    expect(await auth.sessions.list(subject)).toHaveLength(1)
    expect(eventsOf('identity.linked')).toMatchObject([{ by: 'sign_up' }, { subject, by: 'owner' }])
    expect(await signIn.tokens?.list(subject)).toHaveLength(2)
  })

  it('needs somebody who is signed in, lately, from a page of this service', async () => {
    const { browser, clock } = await owner()
    const ask = (headers: Record<string, string> = {}) =>
      browser.request('POST', '/auth/oauth/op/link', { form: {}, headers })
    expect(await ask({ cookie: '' })).toMatchObject({ status: 401 })
    expect(await ask({ origin: 'https://evil.example' })).toMatchObject({ status: 403 })
    expect(await ask({ origin: '' })).toMatchObject({ status: 403 })
    clock.advance(301)
    expect(JSON.parse((await ask()).body ?? '')).toMatchObject({ code: 'authentication_too_old' })
  })

  it('whoever has signed out meanwhile gets no other key to the account', async () => {
    const { browser, subject, sessionId, link, visitAs, identities, auth, eventsOf } = await owner()
    const { authorization_url: url } = await link()
    const callback = await visitAs('eve', url)
    await auth.sessions.revoke(sessionId ?? '')
    expect(await browser.request('GET', callback)).toMatchObject({ status: 400 })
    expect(eventsOf('sign_in.refused')).toMatchObject([{ reason: 'link_session_ended' }])
    expect(await identities.list(subject)).toHaveLength(1)
  })

  it('an identity of another account stays there', async () => {
    const { browser, subject, link, visitAs, identities, eventsOf, ...rest } = await owner()
    op.person = { login: 'eve' }
    await openBrowser(rest).signIn()
    op.person = {}
    const { authorization_url: url } = await link()
    expect(await browser.request('GET', await visitAs('eve', url))).toMatchObject({ status: 400 })
    expect(eventsOf('sign_in.refused')).toMatchObject([{ code: 'identity_taken', reason: 'identity_taken' }])
    expect(await identities.list(subject)).toHaveLength(1)
  })

  it('accounts of the application that cannot link refuse', async () => {
    const signIn = createSignIn({
      auth: deploy().auth,
      baseUrl: BASE,
      providers: { op: openIdProvider({ issuer: op.issuer, ...CLIENT }) },
      accounts: { findOrCreateUser: async () => ({ outcome: 'found', subject: 'user-1' }) },
    })
    expect(await signIn.listIdentities('user-1')).toEqual([])
    expect(await signIn.unlink('user-1', 'x')).toEqual({ found: false })
  })
})

describe('the identities of an account', () => {
  it('are listed and taken away by their owner', async () => {
    const { browser, subject, identities, signIn } = await owner()
    const list = JSON.parse((await browser.request('GET', '/auth/identities')).body ?? '')
    expect(list).toEqual({
      identities: [
        {
          id: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
          provider: 'op',
          issuer: op.issuer,
          label: 'ada@example.com',
          linked_at: expect.any(Number),
        },
      ],
    })
    const path = `/auth/identities/${list.identities[0].id}`
    expect(await browser.request('DELETE', path)).toMatchObject({ status: 204 })
    expect(await identities.list(subject)).toEqual([])
    expect(await signIn.tokens?.list(subject)).toEqual([])
    expect(await browser.request('DELETE', path)).toMatchObject({ status: 404 })
  })

  it.each(['x', '__proto__', '%2f..', 'a'.repeat(5000)])('%j names none of them', async id => {
    const { browser } = await owner()
    expect((await browser.request('DELETE', `/auth/identities/${id}`)).status).toBe(404)
  })

  it('of somebody else are not found', async () => {
    const first = await owner()
    const [identity] = await first.identities.list(first.subject)
    op.person = { login: 'eve' }
    const browser = openBrowser(first)
    await browser.signIn()
    op.person = {}
    expect((await browser.request('DELETE', `/auth/identities/${identity?.id}`)).status).toBe(404)
    expect(await first.identities.list(first.subject)).toHaveLength(1)
  })
})

describe('how a failure is shown', () => {
  const CASES = [['denied'], ['unknown']] as const

  it.each(CASES)('a page that says nothing and loads nothing: %s', async name => {
    const browser = openBrowser(deploy({ issuer: op.issuer }))
    const query = name === 'denied' ? 'error=access_denied' : 'error=<script>'
    const answer = await browser.request('GET', `/auth/oauth/op/callback?${query}&state=x`)
    expect(answer).toMatchObject({
      status: 400,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      },
    })
    expect(answer.body).not.toContain('<script>')
  })

  it('a problem for whoever reads no pages', async () => {
    const browser = openBrowser(deploy({ issuer: op.issuer }))
    const headers = { accept: 'application/json' }
    const answer = await browser.request('GET', '/auth/oauth/op/callback?state=x', { headers })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body ?? '')).toMatchObject({ code: 'sign_in_state_invalid', status: 400 })
  })

  it.each([
    ['denied', { isDenied: true }, 'sign_in_denied'],
    ['refused', {}, 'sign_in_account_refused'],
  ])('a page of the application, when it has one: %s', async (_name, person, error) => {
    const failureUrl = 'https://shop.example.com/sign-in?from=op'
    const deployment = deploy({ issuer: op.issuer, routes: { failureUrl }, loadGrant: async () => undefined })
    op.person = person
    const answer = await openBrowser(deployment).signIn()
    op.person = {}
    expect(answer).toMatchObject({ status: 303, headers: { location: `${failureUrl}&error=${error}` } })
  })

  it('what the application throws is passed on', async () => {
    const loadGrant = () => Promise.reject(new Error('of the application'))
    const deployment = deploy({ issuer: op.issuer, loadGrant })
    await expect(openBrowser(deployment).signIn()).rejects.toThrow('of the application')
    expect(deployment.eventsOf('session.started')).toEqual([])
  })

  it('a store that is away is an outage, and no session starts', async () => {
    const deployment = deploy({ issuer: op.issuer })
    const browser = openBrowser(deployment)
    const callback = await browser.visitProvider((await browser.authorize()).location)
    deployment.stores.oneTime.reserve = () => Promise.reject(new Error('down'))
    expect(await browser.request('GET', callback)).toMatchObject({ status: 503 })
    expect(deployment.eventsOf('sign_in.refused')).toMatchObject([{ reason: 'store_unavailable' }])
  })

  it('a query that is too long is not read', async () => {
    const browser = openBrowser(deploy({ issuer: op.issuer }))
    const answer = await browser.request('GET', `/auth/oauth/op/callback?state=${'x'.repeat(9000)}`)
    expect(answer.status).toBe(400)
  })
})

it('an answer by form is taken from the body', async () => {
  const form = await startOpenIdServer({ redirectUris: [CALLBACK] })
  const deployment = deploy({ issuer: form.issuer })
  const browser = openBrowser(deployment)
  const callback = new URL(await browser.visitProvider((await browser.authorize()).location))
  const answer = await browser.request('POST', '/auth/oauth/op/callback', {
    form: Object.fromEntries(callback.searchParams),
    headers: { origin: form.issuer },
  })
  expect(answer).toMatchObject({ status: 303, headers: { location: 'https://shop.example.com/' } })
  await form.stop()
})

it.each<[Partial<Record<keyof OAuthRoutesOptions | 'cookie', unknown>>, string]>([
  [{ auth: undefined }, 'auth'],
  [{ sessionCookie: {} }, 'sessionCookie'],
  [{ refreshCookie: { issue: () => '' }, sessionCookie: { issue: () => '' } }, 'refreshCookie'],
  [{ clientId: '' }, 'clientId'],
  [{ failureUrl: 'javascript:alert(1)' }, 'failureUrl'],
  [{ failureUrl: '/failed' }, 'failureUrl'],
  [{ ownerMethods: [] }, 'ownerMethods'],
  [{ ownerMethods: ['api_key'] }, 'ownerMethods'],
  [{ freshLoginSeconds: 1 }, 'freshLoginSeconds'],
  [{ cookie: {} }, 'cookie'],
])('refuses the options of routes %j', (options, path) => {
  const { auth, signIn } = deploy()
  expect(() => oauthRoutes(signIn, { auth, ...options } as never)).toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      problems: expect.arrayContaining([expect.objectContaining({ path })]),
    }),
  )
})

it.each([
  [{ auth: undefined }, 'auth'],
  [{ providers: {} }, 'providers'],
  [{ providers: { OP: {} } }, 'providers'],
  [{ providers: [] }, 'providers'],
  [{ accounts: {} }, 'accounts'],
  [{ baseUrl: 'http://shop.example.com' }, 'baseUrl'],
  [{ baseUrl: 'https://shop.example.com/' }, 'baseUrl'],
  [{ baseUrl: 'https://u@shop.example.com' }, 'baseUrl'],
  [{ baseUrl: undefined }, 'baseUrl'],
  [{ returnOrigins: ['https://app.example.com/'] }, 'returnOrigins'],
  [{ returnOrigins: ['app.example.com'] }, 'returnOrigins'],
  [{ returnOrigins: [] }, 'returnOrigins'],
  [{ returnOrigins: ['javascript:'] }, 'returnOrigins'],
  [{ defaultReturnTo: '//evil.example' }, 'defaultReturnTo'],
  [{ loadGrant: 5 }, 'loadGrant'],
  [{ keepTokens: 'yes' }, 'keepTokens'],
  [{ outbound: { redirect: true } }, 'outbound.redirect'],
  [{ provider: {} }, 'provider'],
])('refuses the options %j', (options, path) => {
  const { auth, identities } = deploy()
  const given = { auth, accounts: identities, baseUrl: BASE, providers: {}, ...options }
  expect(() => createSignIn(given as never)).toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      problems: expect.arrayContaining([expect.objectContaining({ path })]),
    }),
  )
})
