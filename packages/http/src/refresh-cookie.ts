import { ConfigError, type ConfigProblem, type SessionTokens } from '@authcore/core'
import { findUnknownMembers } from './unknown-members.js'

/** How the cookie that holds the refresh token is set. */
export interface RefreshCookieOptions {
  /** `__Host-refresh_token` unless told. The prefix makes browsers refuse cookies that another host planted. */
  readonly name?: string
  /** `lax` unless told. `none` needs `secure`. */
  readonly sameSite?: 'strict' | 'lax' | 'none'
  /** `true` unless told; without it a name with `__Host-` or `__Secure-` is refused. */
  readonly secure?: boolean
  /** `/` unless told, and always with `__Host-`. */
  readonly path?: string
}

/** Writes the cookie that holds the refresh token. */
export interface RefreshCookie {
  readonly name: string
  /** The value of `Set-Cookie` that stores the refresh token for as long as it lives. */
  issue(tokens: SessionTokens<string, string, unknown>): string
  /** The value of `Set-Cookie` that removes it. */
  clear(): string
}

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const

/** `token` of RFC 9110 section 5.6.2, as RFC 6265 section 4.1.1 has it for names. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/

/** `path-value` of RFC 6265 section 4.1.1, absolute. */
const PATH = /^\/[\x20-\x3a\x3c-\x7e]{0,255}$/

/**
 * Prepares the cookie (RFC 6265bis). It is always `HttpOnly`: no script can read it.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function createRefreshCookie(options: RefreshCookieOptions = {}): RefreshCookie {
  const problems = findRefreshCookieProblems(options)
  if (problems.length > 0) throw new ConfigError('config_invalid', problems)
  const { name = '__Host-refresh_token', sameSite = 'lax', secure = true, path = '/' } = options
  const attributes = `Path=${path}; ${secure ? 'Secure; ' : ''}HttpOnly; SameSite=${SAME_SITE[sameSite]}`
  return Object.freeze({
    name,
    issue: ({ refreshToken, refreshTokenExpiresAt, session }: SessionTokens<string, string, unknown>) => {
      // counted from the rotation by the clock of the issuer: the clock of the browser may be wrong
      const seconds = Math.max(0, Math.floor((refreshTokenExpiresAt - session.lastUsedAt) / 1000))
      return `${name}=${refreshToken}; Max-Age=${seconds}; ${attributes}`
    },
    clear: () => `${name}=; Max-Age=0; ${attributes}`,
  })
}

/** Checks the options of the cookie. */
export function findRefreshCookieProblems(options: unknown): readonly ConfigProblem[] {
  if (typeof options !== 'object' || options === null) {
    return [{ path: 'refreshCookie', message: 'must be an object, or false for none' }]
  }
  const members: Readonly<Record<string, unknown>> = { ...options }
  const { name = '__Host-refresh_token', sameSite = 'lax', secure = true, path = '/' } = members
  const isHostOnly = typeof name === 'string' && /^__host-/i.test(name)
  const needsSecure = isHostOnly || (typeof name === 'string' && /^__secure-/i.test(name))
  const checks: readonly (readonly [boolean, string, string])[] = [
    [
      typeof name === 'string' && NAME.test(name),
      'name',
      'must be a cookie name without spaces and separators',
    ],
    [
      typeof sameSite === 'string' && Object.hasOwn(SAME_SITE, sameSite),
      'sameSite',
      "must be 'strict', 'lax' or 'none'",
    ],
    [sameSite !== 'none' || secure === true, 'sameSite', "'none' needs secure: true"],
    [typeof secure === 'boolean', 'secure', 'must be true or false'],
    [
      !needsSecure || secure === true,
      'secure',
      'must be true for a name that starts with __Host- or __Secure-',
    ],
    [typeof path === 'string' && PATH.test(path), 'path', 'must start with / and hold no semicolon'],
    [!isHostOnly || path === '/', 'path', 'must be / for a name that starts with __Host-'],
  ]
  return [
    ...findUnknownMembers(options, ['name', 'sameSite', 'secure', 'path'], 'refreshCookie'),
    ...checks.flatMap(([isGood, member, message]) =>
      isGood ? [] : [{ path: `refreshCookie.${member}`, message }],
    ),
  ]
}
