import type { ConfigProblem, SessionTokens } from '@authcore/core'
import {
  type CookieKind,
  type CookieOptions,
  createCookieWriter,
  findCookieProblems,
} from './cookie-attributes.js'

/** How the cookie that holds the refresh token is set; named `__Host-refresh_token` unless told. */
export interface RefreshCookieOptions extends CookieOptions {}

/** Writes the cookie that holds the refresh token. */
export interface RefreshCookie {
  readonly name: string
  /** The value of `Set-Cookie` that stores the refresh token for as long as it lives. */
  issue(tokens: SessionTokens<string, string, unknown>): string
  /** The value of `Set-Cookie` that removes it. */
  clear(): string
}

/** Its name unless told. */
export const DEFAULT_REFRESH_COOKIE_NAME = '__Host-refresh_token'

const KIND: CookieKind = {
  defaultName: DEFAULT_REFRESH_COOKIE_NAME,
  path: 'refreshCookie',
  notAnObject: 'must be an object, or false for none',
}

/**
 * Prepares the cookie (RFC 6265bis). It is always `HttpOnly`: no script can read it.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function createRefreshCookie(options: RefreshCookieOptions = {}): RefreshCookie {
  const { name, set, clear } = createCookieWriter(options, KIND)
  return Object.freeze({
    name,
    // counted from the rotation by the clock of the issuer: the clock of the browser may be wrong
    issue: ({ refreshToken, refreshTokenExpiresAt, session }: SessionTokens<string, string, unknown>) =>
      set(refreshToken, (refreshTokenExpiresAt - session.lastUsedAt) / 1000),
    clear,
  })
}

/** Checks the options of the cookie. */
export function findRefreshCookieProblems(options: unknown): readonly ConfigProblem[] {
  return findCookieProblems(options, KIND)
}
