import { InvalidRequestError } from '@authcore/core'
import { type AuthHeaders, type AuthRequest, readHeaderValues } from './auth-request.js'

const MAX_LENGTH = 2048

/** RFC 9110 section 9.2.1: these change nothing, so a page of another site gains nothing by sending them. */
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE']

/**
 * Refuses an unsafe request with a cookie that a page of another site may have made the browser send. `SameSite` alone
 * leaves sibling hosts and old browsers.
 * @param origins the origins whose pages may send cookies
 * @throws InvalidRequestError `cross_site_request`
 */
export function refuseForgery({ method, headers }: AuthRequest, origins: readonly string[]): void {
  if (!SAFE_METHODS.includes(method)) refuseCrossSite(headers, origins)
}

/**
 * Refuses a request that a page of another site may have made the browser send with its cookies.
 * `Origin` decides where there is one; without it `Sec-Fetch-Site` must say `same-origin`. Browsers set both, and
 * pages cannot change them. A request with neither is refused.
 * @param origins the origins whose pages may send cookies
 * @throws InvalidRequestError `cross_site_request`
 */
export function refuseCrossSite(headers: AuthHeaders, origins: readonly string[]): void {
  const [origin, secondOrigin] = readList(headers, 'origin')
  const [site, secondSite] = readList(headers, 'sec-fetch-site')
  const isAllowed = origin === undefined ? site === 'same-origin' : origins.includes(origin)
  if (!isAllowed || secondOrigin !== undefined || secondSite !== undefined) {
    throw new InvalidRequestError('cross_site_request')
  }
}

/** Neither field holds a comma; servers of the Fetch kind join repeated fields by commas. */
function readList(headers: AuthHeaders, name: string): readonly string[] {
  return readHeaderValues(headers, name, MAX_LENGTH).flatMap(value =>
    value.split(',').map(each => each.trim()),
  )
}
