import { createHash } from 'node:crypto'
import type { DemoAuth } from '../demo-auth.js'
import { PAGE_STYLE } from '../page/page-style.js'
import { renderPage } from '../page/render-page.js'
import { listTryOuts } from '../page/try-outs.js'
import type { DemoRoute } from './demo-route.js'
import { describeMethods } from './methods.js'

/** What the page needs to know. */
export interface PageRouteOptions {
  readonly baseUrl: string
  readonly methods: Pick<DemoAuth, 'revocation'>
  readonly adminEmail: string
}

const STYLE_HASH = createHash('sha256').update(PAGE_STYLE).digest('base64')

/** Nothing runs, nothing is loaded, nothing frames the page; the one style is known by its hash. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Serves the page that lists what can be tried; it is written once. */
export function pageRoute({ baseUrl, methods, adminEmail }: PageRouteOptions): DemoRoute {
  const body = renderPage({
    baseUrl,
    groups: listTryOuts(baseUrl, adminEmail),
    comparison: describeMethods(methods),
  })
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': CONTENT_SECURITY_POLICY,
  }
  return { method: 'GET', path: '/', answer: () => ({ status: 200, headers, body }) }
}
