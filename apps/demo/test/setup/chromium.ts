import { existsSync } from 'node:fs'
import { leaveOut } from '@authcore/conformance/node'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** It calls nobody but the pages under test. */
const QUIET = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-default-apps'],
]

/** Registers tests that need Chromium; without one the report says so, and in CI that fails. */
export function describeWithChromium(name: string, body: (browser: () => Browser) => void): void {
  const executablePath = [process.env.AUTHCORE_CHROMIUM ?? '', ...PLACES].find(
    path => path !== '' && existsSync(path),
  )
  if (executablePath === undefined) {
    const reason =
      'Chromium is missing: install it (apt-get install chromium) or name it in AUTHCORE_CHROMIUM'
    leaveOut({ runner: { describe, it, afterAll }, name, reason })
    return
  }
  describe(name, () => {
    let browser: Browser | undefined
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath, headless: true, args: QUIET })
    })
    afterAll(() => browser?.close())
    body(() => {
      if (browser === undefined) throw new Error('the browser has not started')
      return browser
    })
  })
}
