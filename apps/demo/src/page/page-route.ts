import { createHash } from 'node:crypto'
import type { RequestHandler } from 'express'
import type { DemoAuth } from '../demo-auth.js'
import { describeMethods } from '../methods.js'
import { PAGE_STYLE } from './page-style.js'
import { renderPage } from './render-page.js'
import { listTryOuts } from './try-outs.js'

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
export function pageRoute({ baseUrl, methods, adminEmail }: PageRouteOptions): RequestHandler {
  const page = renderPage({
    baseUrl,
    groups: listTryOuts(baseUrl, adminEmail),
    comparison: describeMethods(methods),
  })
  return (_request, response) => {
    response.set('Content-Security-Policy', CONTENT_SECURITY_POLICY).type('html').send(page)
  }
}
