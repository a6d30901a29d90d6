import { createHash } from 'node:crypto'
import type { DemoAuth } from '../demo-auth.js'
import { PEOPLE_SCRIPT } from '../page/dist/people-script.js'
import { PAGE_STYLE } from '../page/page-style.js'
import { renderPage } from '../page/render-page.js'
import { renderPeoplePage } from '../page/render-people-page.js'
import { listTryOuts } from '../page/try-outs.js'
import type { DemoRoute } from './demo-route.js'
import { describeMethods } from './methods.js'

/** What the pages need to know. */
export interface PageRoutesOptions {
  readonly baseUrl: string
  /** Of the page for people. */
  readonly peopleUrl: string
  readonly methods: Pick<DemoAuth, 'revocation'>
  readonly adminEmail: string
}

const STYLE_HASH = createHash('sha256').update(PAGE_STYLE).digest('base64')

/** Nothing runs, nothing is loaded, nothing frames the page; the one style is known by its hash. */
const CLOSED = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
]

/** What people log in on needs its own script, which calls its own API and shows a QR code that it got there. */
const OPEN = [
  ...CLOSED,
  "script-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "require-trusted-types-for 'script'",
]

/** Serves the page that lists what can be tried, and the page on which people log in; both are written once. */
export function pageRoutes(options: PageRoutesOptions): readonly DemoRoute[] {
  const { baseUrl, peopleUrl, methods, adminEmail } = options
  const page = renderPage({
    baseUrl,
    peopleUrl,
    groups: listTryOuts(baseUrl, adminEmail),
    comparison: describeMethods(methods),
  })
  return [
    serve('/', page, 'text/html', CLOSED),
    serve('/people', renderPeoplePage(), 'text/html', OPEN),
    serve('/people.js', PEOPLE_SCRIPT, 'text/javascript', CLOSED),
  ]
}

function serve(path: string, body: string, mediaType: string, policy: readonly string[]): DemoRoute {
  const headers = {
    'content-type': `${mediaType}; charset=utf-8`,
    'content-security-policy': policy.join('; '),
  }
  return { method: 'GET', path, answer: () => ({ status: 200, headers, body }) }
}
