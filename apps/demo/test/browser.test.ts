import type { BrowserContext, Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { toPageOrigin } from '../src/people/page-origin.js'
import { guessCode, showCode } from '../src/walk/one-time-code.js'
import { describeWithChromium } from './setup/chromium.js'
import { startTestDemo, type TestDemo } from './setup/test-demo.js'

const EMAIL = 'ada@example.com'
const PASSWORD = 'correct horse battery staple'
const STEP_SECONDS = 30

/** Writes the picture of the documentation, where it is named. */
const SCREENSHOT = process.env.AUTHCORE_DEMO_SCREENSHOT

describeWithChromium('the page for people, in Chromium', browser => {
  let demo: TestDemo
  let owner: BrowserContext
  let now = 1_800_000_000
  const print = vi.fn<(text: string) => void>()

  beforeEach(async () => {
    print.mockClear()
    demo = await startTestDemo({ print, systemClock: () => now * 1000 })
    owner = await newContext()
  })

  afterEach(async () => {
    await owner.close()
    await demo.stop()
  })

  it('registers, enrols an app by QR code, and logs in with it and with a recovery code', async () => {
    const { page, problems } = await open()
    await register(page)
    await logIn(page)
    await page.locator('#account').waitFor()
    const secret = await enrolApp(page)
    await page.getByRole('button', { name: 'New recovery codes' }).click()
    const codes = (await textOf(page, '#recovery-codes')).split('\n')
    expect(codes).toHaveLength(10)
    await page.getByText('10 recovery codes left').waitFor()

    await logOut(page)
    await logIn(page)
    now += STEP_SECONDS
    await enterCode(page, guessCode(secret, now))
    await expectText(page, '#second-says', '401 Login failed')
    await enterCode(page, showCode(secret, now))
    await page.locator('#account').waitFor()

    await logOut(page)
    await logIn(page)
    await page.locator('#second select').selectOption('recovery_code')
    await enterCode(page, codes[0] ?? '')
    await page.getByText('9 recovery codes left').waitFor()
    expect(problems).toEqual([])
  })

  it('enrols a passkey, and logs in with it as second factor and alone', async () => {
    const { page, problems } = await open()
    await addAuthenticator(page)
    await register(page)
    await logIn(page)
    await page.getByRole('button', { name: 'Enrol a passkey' }).click()
    await page.getByText('passkey (passkey)').waitFor()

    await logOut(page)
    await logIn(page)
    await page.getByRole('button', { name: 'Use the passkey as second factor' }).click()
    await page.locator('#account').waitFor()

    await logOut(page)
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await page.locator('#account').waitFor()
    expect(problems).toEqual([])
  })

  it('locks guesses out, but not the browser of the owner', async () => {
    const { page: owners } = await open()
    await register(owners)
    await logIn(owners)
    await logOut(owners)
    const strangers = await newContext()
    try {
      const page = await strangers.newPage()
      await page.goto(`${toPageOrigin(demo.baseUrl)}/people`)
      for (let attempt = 1; attempt <= 5; attempt += 1) {
        await logIn(page, `guess ${attempt}`)
        await expectText(page, '#login-says', '401 Login failed')
      }
      await logIn(page)
      await expectText(page, '#login-says', '401 Login failed')
    } finally {
      await strangers.close()
    }
    await logIn(owners)
    await owners.locator('#account').waitFor()
  })

  it('sets a new password by the link of the mail, which goes out of the address', async () => {
    demo.showMails()
    const { page, problems } = await open()
    await register(page)
    await page.locator('#forgot input').fill(EMAIL)
    await page.getByRole('button', { name: 'Ask for a link' }).click()
    await expectText(page, '#forgot-says', 'If there is such a user')
    await vi.waitFor(() => expect(print).toHaveBeenCalled())
    const link = /http:\S+/.exec(print.mock.calls[0]?.[0] ?? '')?.[0] ?? ''
    const other = await owner.newPage()
    await other.goto(link)
    await other.locator('#reset input').fill('another battery staple of the horse')
    expect(other.url()).toBe(`${toPageOrigin(demo.baseUrl)}/people`)
    await other.getByRole('button', { name: 'Set it' }).click()
    await expectText(other, '#login-says', 'The password is set')
    await logIn(other)
    await expectText(other, '#login-says', '401 Login failed')
    await logIn(other, 'another battery staple of the horse')
    await other.locator('#account').waitFor()
    expect(problems).toEqual([])
  })

  /** A browser that knows nothing yet. */
  const newContext = () => browser().newContext({ viewport: { width: 900, height: 800 } })

  async function open(): Promise<{ page: Page; problems: string[] }> {
    const page = await owner.newPage()
    const problems: string[] = []
    page.on('pageerror', error => problems.push(String(error)))
    page.on('console', message => {
      // what the API refuses is written there by the browser
      const isRefusal = message.text().startsWith('Failed to load resource')
      if (message.type() === 'error' && !isRefusal) problems.push(message.text())
    })
    await page.goto(`${toPageOrigin(demo.baseUrl)}/people`)
    return { page, problems }
  }

  async function enrolApp(page: Page): Promise<string> {
    await page.getByRole('button', { name: 'Enrol an authenticator app' }).click()
    const image = page.locator('#qr-code')
    await image.waitFor()
    await vi.waitFor(async () => expect(await naturalWidth(page)).toBeGreaterThan(0))
    if (SCREENSHOT !== undefined) await page.screenshot({ path: SCREENSHOT })
    const secret = await textOf(page, '#totp-secret')
    await page.locator('#confirm-totp input').fill(showCode(secret, now))
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('authenticator app (totp)').waitFor()
    // the secret is on the page no longer
    expect(await page.content()).not.toContain(secret)
    return secret
  }
})

/** Plugs in an authenticator of Chromium's own that always finds its owner present and willing. */
async function addAuthenticator(page: Page): Promise<void> {
  const devTools = await page.context().newCDPSession(page)
  await devTools.send('WebAuthn.enable')
  await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

function naturalWidth(page: Page): Promise<number> {
  return page.locator('#qr-code').evaluate(image => Number(Reflect.get(image, 'naturalWidth')))
}

async function register(page: Page): Promise<void> {
  await page.locator('#register [name=email]').fill(EMAIL)
  await page.locator('#register [name=password]').fill(PASSWORD)
  await page.getByRole('button', { name: 'Register', exact: true }).click()
  await expectText(page, '#register-says', 'Registered')
}

async function logIn(page: Page, password: string = PASSWORD): Promise<void> {
  await page.locator('#login [name=email]').fill(EMAIL)
  await page.locator('#login [name=password]').fill(password)
  const answered = page.waitForResponse(response => response.url().endsWith('/auth/login'))
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  await (await answered).finished()
}

async function logOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Log out' }).click()
  await expectText(page, '#login-says', 'Logged out')
}

async function enterCode(page: Page, code: string): Promise<void> {
  await page.locator('#second [name=code]').fill(code)
  await page.getByRole('button', { name: 'Go on' }).click()
}

async function textOf(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).textContent()) ?? ''
}

async function expectText(page: Page, selector: string, text: string): Promise<void> {
  await page.locator(selector).filter({ hasText: text }).waitFor()
}
