import { InvalidRequestError } from '@authcore/core'
import { readCookie } from '../cookies.js'
import { refuseCrossSite } from '../cross-site.js'
import type { RefreshCookie } from '../refresh-cookie.js'
import { type RequestBody, readText } from '../request-body.js'
import type { AuthRoutesSettings } from './options.js'
import type { AuthRouteRequest } from './route.js'

/** More than core ever issues: a grant of 2 KiB stands in the token. */
const MAX_LENGTH = 4096

/** A refresh token of a request. Nothing about it has been verified. */
export interface PresentedRefreshToken {
  readonly refreshToken: string
  /** The cookie that it came in: the answer goes the same way. */
  readonly cookie?: RefreshCookie
}

/**
 * Finds the refresh token in the body or in the cookie.
 * @throws InvalidRequestError `credentials_repeated` when it is in both, `cross_site_request`,
 *   `request_body_malformed`
 */
export function findRefreshToken(
  request: AuthRouteRequest,
  body: RequestBody,
  { refreshCookie, origins }: AuthRoutesSettings,
): PresentedRefreshToken | undefined {
  const fromBody = readText(body, 'refresh_token', MAX_LENGTH)
  const fromCookie = refreshCookie && readCookie(request.headers, refreshCookie.name)
  if (refreshCookie === undefined || fromCookie === undefined) {
    return fromBody === undefined ? undefined : { refreshToken: fromBody }
  }
  refuseCrossSite(request.headers, origins)
  if (fromBody !== undefined) throw new InvalidRequestError('credentials_repeated')
  return { refreshToken: fromCookie, cookie: refreshCookie }
}
