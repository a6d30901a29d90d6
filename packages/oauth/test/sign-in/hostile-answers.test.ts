import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openIdProvider } from '../../src/index.js'
import { OutboundError } from '../../src/outbound/outbound-error.js'
import type { OutboundCommand, OutboundResponse } from '../../src/outbound/outbound-fetch.js'
import { BASE, CALLBACK, type Deployment, deploy, openBrowser, type Tamper } from '../support/fixture.js'
import { CLIENT, type OpenIdServer, startOpenIdServer } from '../support/open-id-server.js'

let op: OpenIdServer
let other: OpenIdServer
beforeAll(async () => {
  op = await startOpenIdServer({ redirectUris: [CALLBACK] })
  other = await startOpenIdServer({ redirectUris: [`${BASE}/oauth/other/callback`] })
})
afterAll(async () => {
  await op.stop()
  await other.stop()
})

/** No session, no account, no identity; one page that says nothing; one event. */
async function expectRefused(
  deployment: Deployment,
  answer: { readonly status: number; readonly body?: string },
  { status = 400, ...event }: { readonly status?: number; readonly code: string; readonly reason: string },
): Promise<void> {
  expect(answer.status).toBe(status)
  expect(answer.body).toContain('<h1>The sign-in did not work</h1>')
  expect(deployment.eventsOf('sign_in.refused')).toMatchObject([{ provider: 'op', ...event }])
  expect(deployment.eventsOf('session.started')).toEqual([])
  expect(deployment.eventsOf('identity.linked')).toEqual([])
  expect(deployment.accounts).toEqual([])
}

describe('what the browser brings back', () => {
  // covers ASVS-10.2.1, RFC9700-4.7
  it('a second time is refused, also with the cookie put back', async () => {
    const deployment = deploy({ issuer: op.issuer })
    const browser = openBrowser(deployment)
    const { location } = await browser.authorize()
    const cookies = [...browser.own]
    const callback = await browser.visitProvider(location)
    expect(await browser.request('GET', callback)).toMatchObject({ status: 303 })
    for (const [name, value] of cookies) browser.own.set(name, value)
    expect(await browser.request('GET', callback)).toMatchObject({ status: 400 })
    expect(deployment.eventsOf('sign_in.refused')).toMatchObject([
      { code: 'sign_in_state_invalid', reason: 'state_replayed' },
    ])
    expect(deployment.eventsOf('session.started')).toHaveLength(1)
  })

  it('fifty times at once works once', async () => {
    const deployment = deploy({ issuer: op.issuer })
    const browser = openBrowser(deployment)
    const callback = await browser.visitProvider((await browser.authorize()).location)
    const headers = { cookie: [...browser.own].map(pair => pair.join('=')).join('; ') }
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => browser.request('GET', callback, { headers })),
    )
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(deployment.eventsOf('session.started')).toHaveLength(1)
  })

  // covers ASVS-10.1.2, ASVS-10.2.1, RFC9700-4.7
  it.each([
    ['in another browser', (browser: Browser) => browser.own.clear()],
    [
      'with a cookie that somebody has changed',
      (browser: Browser) => browser.own.set('__Host-sign-in-0', 'x'.repeat(400)),
    ],
    ['with an empty cookie', (browser: Browser) => browser.own.set('__Host-sign-in-0', '')],
  ])('is refused %s', async (_, change) => {
    const deployment = deploy({ issuer: op.issuer })
    const browser = openBrowser(deployment)
    const callback = await browser.visitProvider((await browser.authorize()).location)
    change(browser)
    await expectRefused(deployment, await browser.request('GET', callback), {
      code: 'sign_in_state_invalid',
      reason: 'state_unknown',
    })
    expect(op.requestsOf('/nowhere')).toBe(0)
  })

  it('is refused when a cookie of the same name came twice', async () => {
    const deployment = deploy({ issuer: op.issuer })
    const browser = openBrowser(deployment)
    const callback = await browser.visitProvider((await browser.authorize()).location)
    const cookie = `__Host-sign-in-0=${browser.own.get('__Host-sign-in-0')}`
    const answer = await browser.request('GET', callback, { headers: { cookie: `${cookie}; ${cookie}` } })
    await expectRefused(deployment, answer, { code: 'sign_in_state_invalid', reason: 'state_unknown' })
  })

  it('is refused after ten minutes', async () => {
    const deployment = deploy({ issuer: op.issuer })
    const browser = openBrowser(deployment)
    const callback = await browser.visitProvider((await browser.authorize()).location)
    deployment.clock.advance(600)
    await expectRefused(deployment, await browser.request('GET', callback), {
      code: 'sign_in_state_invalid',
      reason: 'state_expired',
    })
  })

  it.each([
    ['another state', (url: URL) => url.searchParams.set('state', `0${'a'.repeat(48)}`), 'state_unknown'],
    ['no state', (url: URL) => url.searchParams.delete('state'), 'state_unknown'],
    ['two states', (url: URL) => url.searchParams.append('state', 'x'), 'state_unknown'],
    [
      'a slot that does not exist',
      (url: URL) => url.searchParams.set('state', `9${'a'.repeat(48)}`),
      'state_unknown',
    ],
  ])('is refused with %s', async (_, change, reason) => {
    const deployment = deploy({ issuer: op.issuer })
    const browser = openBrowser(deployment)
    const callback = new URL(await browser.visitProvider((await browser.authorize()).location))
    change(callback)
    const answer = await browser.request('GET', callback.href)
    await expectRefused(deployment, answer, { code: 'sign_in_state_invalid', reason })
  })

  it.each([
    ['two codes', (url: URL) => url.searchParams.append('code', 'x'), 'response_malformed'],
    ['no code', (url: URL) => url.searchParams.delete('code'), 'response_malformed'],
    ['a code of nobody', (url: URL) => url.searchParams.set('code', 'x'.repeat(43)), 'code_refused'],
    [
      'another issuer',
      (url: URL) => url.searchParams.set('iss', 'https://evil.example'),
      'response_issuer_mismatch',
    ],
    ['no issuer', (url: URL) => url.searchParams.delete('iss'), 'response_issuer_mismatch'],
    [
      'an error of nobody',
      (url: URL) => url.searchParams.set('error', '<script>alert(1)</script>'),
      'provider_error',
    ],
    ['a response in JWT', (url: URL) => url.searchParams.set('response', 'a.b.c'), 'response_malformed'],
  ])('is refused with %s', async (_, change, reason) => {
    const deployment = deploy({ issuer: op.issuer })
    const browser = openBrowser(deployment)
    const callback = new URL(await browser.visitProvider((await browser.authorize()).location))
    change(callback)
    const answer = await browser.request('GET', callback.href)
    await expectRefused(deployment, answer, { code: 'sign_in_response_invalid', reason })
    expect(answer.body).not.toContain('alert')
  })

  // covers ASVS-10.2.2, RFC9700-4.4
  it('of one provider is refused at the redirect URI of another', async () => {
    const deployment = deploy({
      providers: {
        op: openIdProvider({ issuer: op.issuer, ...CLIENT }),
        other: openIdProvider({ issuer: other.issuer, ...CLIENT }),
      },
    })
    const browser = openBrowser(deployment)
    const { location } = await browser.authorize('/auth/oauth/other/authorize')
    const callback = await browser.visitProvider(location)
    const answer = await browser.request('GET', callback.replace('/other/', '/op/'))
    await expectRefused(deployment, answer, { code: 'sign_in_state_invalid', reason: 'provider_mismatch' })
    expect(other.requestsOf('/token')).toBe(0)
  })

  // covers ASVS-10.2.2, RFC9700-4.4
  it('of another provider under the state of this one is refused by its issuer, and its code goes nowhere', async () => {
    const deployment = deploy({ issuer: op.issuer })
    const browser = openBrowser(deployment)
    const { location } = await browser.authorize()
    const before = op.requestsOf('/token')
    const state = new URL(location).searchParams.get('state')
    const mixed = `${CALLBACK}?code=of-the-other&state=${state}&iss=${encodeURIComponent(other.issuer)}`
    await expectRefused(deployment, await browser.request('GET', mixed), {
      code: 'sign_in_response_invalid',
      reason: 'response_issuer_mismatch',
    })
    expect(op.requestsOf('/token')).toBe(before)
  })

  // covers RFC9700-2.1.1, RFC9700-4.5
  it('a stolen code is of no use under the state of another browser', async () => {
    const deployment = deploy({ issuer: op.issuer })
    const [victim, thief] = [openBrowser(deployment), openBrowser(deployment)]
    const stolen = new URL(await victim.visitProvider((await victim.authorize()).location))
    const state = new URL((await thief.authorize()).location).searchParams.get('state') ?? ''
    stolen.searchParams.set('state', state)
    await expectRefused(deployment, await thief.request('GET', stolen.href), {
      code: 'sign_in_response_invalid',
      reason: 'code_refused',
    })
  })

  it('a consent that was denied signs nobody in', async () => {
    const deployment = deploy({ issuer: op.issuer })
    const browser = openBrowser(deployment)
    op.person = { isDenied: true }
    try {
      await expectRefused(deployment, await browser.signIn(), { code: 'sign_in_denied', reason: 'denied' })
    } finally {
      op.person = {}
    }
  })
})

type Browser = ReturnType<typeof openBrowser>

/** Signs in while the answers of the provider are tampered with. */
async function signInWith(tamper: Tamper) {
  const deployment = deploy({ issuer: op.issuer })
  const browser = openBrowser(deployment)
  const { location } = await browser.authorize()
  const callback = await browser.visitProvider(location)
  deployment.tampering.with = tamper
  const nonce = new URL(location).searchParams.get('nonce') ?? ''
  return { deployment, nonce, answer: await browser.request('GET', callback) }
}

const isFor = ({ url }: OutboundCommand, path: string) => url.pathname === path

async function withIdToken(
  send: () => Promise<OutboundResponse>,
  change: (claims: Record<string, unknown>, idToken: string) => string | Promise<string>,
): Promise<OutboundResponse> {
  const answer = await send()
  const body = JSON.parse(new TextDecoder().decode(answer.body))
  const claims = JSON.parse(Buffer.from(body.id_token.split('.')[1], 'base64url').toString())
  body.id_token = await change(claims, body.id_token)
  return { ...answer, body: new TextEncoder().encode(JSON.stringify(body)) }
}

describe('ID tokens', () => {
  // covers ASVS-10.5.1, ASVS-10.5.4, RFC9700-4.6
  it.each<[string, string, Record<string, unknown>]>([
    ['of another issuer', 'id_token_issuer_mismatch', { iss: 'https://evil.example' }],
    ['for another client', 'id_token_audience_mismatch', { aud: 'somebody-else' }],
    ['for two clients without a party', 'id_token_audience_mismatch', { aud: ['shop', 'somebody-else'] }],
    ['of another party', 'id_token_audience_mismatch', { aud: ['shop', 'x'], azp: 'x' }],
    ['with another nonce', 'id_token_nonce_mismatch', { nonce: 'x' }],
    ['that has expired', 'id_token_expired', { exp: 1_700_000_000 }],
    ['without a nonce', 'id_token_claims_invalid', { nonce: undefined }],
    ['without an expiry', 'id_token_claims_invalid', { exp: undefined }],
    ['without a subject', 'id_token_claims_invalid', { sub: undefined }],
    ['with an empty subject', 'id_token_claims_invalid', { sub: '' }],
    ['with a subject of 256 characters', 'id_token_claims_invalid', { sub: 'x'.repeat(256) }],
    ['with a subject that is a number', 'id_token_claims_invalid', { sub: 5 }],
  ])('%s are refused', async (_, reason, changes) => {
    const { deployment, answer } = await signInWith((command, send) =>
      isFor(command, '/token') ? withIdToken(send, claims => op.sign({ ...claims, ...changes })) : undefined,
    )
    await expectRefused(deployment, answer, { code: 'sign_in_identity_invalid', reason })
  })

  it.each<[string, (idToken: string) => string | Promise<string>, string]>([
    ['with another signature', token => `${token.slice(0, -8)}AAAAAAAA`, 'id_token_signature_invalid'],
    [
      'without a signature',
      token => `${token.split('.').slice(0, 2).join('.')}.`,
      'id_token_signature_invalid',
    ],
    ['by no algorithm', () => 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.', 'id_token_signature_invalid'],
    ['of another provider', async () => other.sign({ sub: 'ada' }), 'id_token_signature_invalid'],
    ['that are none', () => 'nonsense', 'id_token_signature_invalid'],
    ['of 20,000 characters', () => `e30.${'A'.repeat(20_000)}.e30`, 'id_token_signature_invalid'],
  ])('%s are refused', async (_, change, reason) => {
    const { deployment, answer } = await signInWith((command, send) =>
      isFor(command, '/token') ? withIdToken(send, (_claims, token) => change(token)) : undefined,
    )
    await expectRefused(deployment, answer, { code: 'sign_in_identity_invalid', reason })
  })

  it('the provider may replace its key between two sign-ins', async () => {
    const deployment = deploy({ issuer: op.issuer })
    expect(await openBrowser(deployment).signIn()).toMatchObject({ status: 303 })
    await op.rotateKey()
    expect(await openBrowser(deployment).signIn()).toMatchObject({ status: 303 })
    expect(deployment.accounts).toHaveLength(1)
  })

  it('user info about somebody else is refused', async () => {
    const { deployment, answer } = await signInWith((command, send) =>
      isFor(command, '/me')
        ? send().then(real => ({
            ...real,
            body: new TextEncoder().encode('{"sub":"eve","email":"eve@example.com"}'),
          }))
        : undefined,
    )
    await expectRefused(deployment, answer, {
      status: 503,
      code: 'provider_response_invalid',
      reason: 'user_info_invalid',
    })
  })
})

const answerWith = (status: number, contentType: string, body: string): OutboundResponse => ({
  status,
  headers: new Headers({ 'content-type': contentType }),
  body: new TextEncoder().encode(body),
})

describe('a provider in trouble', () => {
  it.each<[string, OutboundResponse]>([
    ['garbage', answerWith(200, 'application/json', '\u0000\u0001{{{')],
    ['a page', answerWith(200, 'text/html', '<h1>Welcome</h1>')],
    ['an array', answerWith(200, 'application/json', '[]')],
    ['nothing', answerWith(200, 'application/json', '')],
    ['no content', answerWith(204, 'application/json', '')],
    ['a redirect', answerWith(302, 'application/json', '')],
    ['an error of ours', answerWith(400, 'application/json', '{"error":"invalid_client"}')],
    ['a challenge', answerWith(401, 'application/json', '{}')],
    [
      'tokens of another type',
      answerWith(200, 'application/json', '{"access_token":"a","token_type":"mac"}'),
    ],
  ])('answers %s: refused', async (name, response) => {
    const { deployment, answer } = await signInWith(command =>
      isFor(command, '/token') ? Promise.resolve(response) : undefined,
    )
    const { code } = deployment.eventsOf('sign_in.refused')[0] as unknown as { code: string }
    expect([name, answer.status, code]).toEqual(
      name === 'tokens of another type' || name === 'an array'
        ? [name, 400, 'sign_in_identity_invalid']
        : [name, 503, 'provider_response_invalid'],
    )
    expect(deployment.eventsOf('session.started')).toEqual([])
  })

  it.each([
    ['down', 'network', 'unreachable'],
    ['slow', 'timeout', 'timeout'],
    ['flooding', 'too_large', 'unreachable'],
  ] as const)('is %s', async (_, outbound, reason) => {
    const { deployment, answer } = await signInWith(() => Promise.reject(new OutboundError(outbound)))
    await expectRefused(deployment, answer, { status: 503, code: 'provider_unavailable', reason })
  })

  it('fails with 500', async () => {
    const { deployment, answer } = await signInWith(async () => answerWith(500, 'text/plain', 'oops'))
    expect(answer.status).toBe(503)
    expect(deployment.eventsOf('sign_in.refused')).toMatchObject([{ code: 'provider_response_invalid' }])
  })

  it('has no keys at the moment', async () => {
    const { deployment, answer } = await signInWith(command =>
      isFor(command, '/jwks') ? Promise.reject(new OutboundError('network')) : undefined,
    )
    await expectRefused(deployment, answer, {
      status: 503,
      code: 'provider_unavailable',
      reason: 'unreachable',
    })
  })

  it('is away when a sign-in is to begin: nothing begins', async () => {
    const deployment = deploy({ issuer: op.issuer })
    deployment.tampering.with = () => Promise.reject(new OutboundError('network'))
    const { status, body } = await openBrowser(deployment).authorize()
    expect([status, JSON.parse(body ?? '').code]).toEqual([503, 'provider_unavailable'])
  })
})
