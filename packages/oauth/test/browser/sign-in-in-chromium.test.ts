import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { leaveOut } from '@authcore/conformance/node'
import { createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { authErrorHandler, authRoutes, requireAuth } from '@authcore/express'
import { createHttpAuth, createSessionCookie } from '@authcore/http'
import express from 'express'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIdentityDirectory, createSignIn, oauthRoutes, openIdProvider } from '../../src/index.js'
import { SECRET } from '../support/fixture.js'
import { CLIENT, type OpenIdServer, startOpenIdServer } from '../support/open-id-server.js'

const PROGRAM = [
  process.env['AUTHCORE_CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(path => path !== '' && existsSync(path))

const NAME = 'sign-in in Chromium'

if (PROGRAM === undefined) {
  const reason = 'Chromium is missing: apt-get install chromium, or name it in AUTHCORE_CHROMIUM'
  leaveOut({ runner: { describe, it, afterAll }, name: NAME, reason })
} else {
  describe(NAME, () => defineTests(PROGRAM))
}

/** The service at `localhost` and the provider at `127.0.0.1` are two sites, as in the wild. */
function defineTests(executablePath: string): void {
  let server: Server
  let op: OpenIdServer
  let browser: Browser
  let origin: string

  beforeAll(async () => {
    const app = express()
    server = createServer(app)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    origin = `http://localhost:${(server.address() as AddressInfo).port}`
    const uris = ['op', 'form'].map(name => `${origin}/auth/oauth/${name}/callback`)
    op = await startOpenIdServer({ redirectUris: uris })
    serve(app)
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
      ],
    })
  })
  afterAll(async () => {
    await browser?.close()
    await op?.stop()
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })

  function serve(app: express.Express): void {
    const core = createAuthCore({
      issuer: origin,
      audience: origin,
      secrets: [SECRET],
      stores: memoryStores(),
    })
    const sessionCookie = createSessionCookie()
    const auth = { ...core, ...createHttpAuth(core, { sessionCookie: {} }) }
    const signIn = createSignIn({
      auth,
      baseUrl: `${origin}/auth`,
      accounts: createIdentityDirectory({ auth, createAccount: async () => ({ outcome: 'created' }) }),
      providers: {
        op: openIdProvider({ issuer: op.issuer, ...CLIENT }),
        form: openIdProvider({ issuer: op.issuer, ...CLIENT, responseMode: 'form_post' }),
      },
      outbound: { allowLoopback: true },
    })
    app.use(
      '/auth',
      authRoutes(auth, { extensions: [oauthRoutes(signIn, { auth, sessionCookie })], refreshCookie: false }),
    )
    app.get('/me', requireAuth(auth, { methods: ['session'] }), (request, response) => {
      response.type('html').send(`<h1>Signed in</h1><p>${request.auth?.subject}</p>`)
    })
    app.get('/', (_request, response) => {
      const link = (name: string) =>
        `<a id="${name}" href="/auth/oauth/${name}/authorize?return_to=/me">${name}</a>`
      response.type('html').send(`${link('op')} ${link('form')}`)
    })
    app.use(authErrorHandler())
  }

  it.each(['op', 'form'])('a person clicks, and comes back signed in: %s', async name => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(origin)
    await page.click(`#${name}`)
    await page.waitForURL(`${origin}/me`)
    expect(await page.textContent('h1')).toBe('Signed in')
    const cookies = await context.cookies(origin)
    expect(cookies).toEqual([
      expect.objectContaining({ name: '__Host-session', httpOnly: true, secure: true, sameSite: 'Lax' }),
    ])
    // nothing of it can be read by a script, and nothing came with the address
    expect(await page.evaluate('document.cookie')).toBe('')
    await context.close()
  })

  it('going back to the callback signs nobody in again', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const callbacks: string[] = []
    page.on('request', request => {
      if (request.url().includes('/callback?')) callbacks.push(request.url())
    })
    await page.goto(origin)
    await page.click('#op')
    await page.waitForURL(`${origin}/me`)
    const answer = await page.goto(callbacks[0] ?? '')
    expect(answer?.status()).toBe(400)
    expect(await page.textContent('h1')).toBe('The sign-in did not work')
    await context.close()
  })

  it('a consent that was denied leads to the page', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    op.person = { isDenied: true }
    await page.goto(origin)
    await page.click('#op')
    await page.waitForSelector('h1')
    op.person = {}
    expect(await page.textContent('h1')).toBe('The sign-in did not work')
    expect(await context.cookies(origin)).not.toContainEqual(
      expect.objectContaining({ name: '__Host-session' }),
    )
    await context.close()
  })
}
