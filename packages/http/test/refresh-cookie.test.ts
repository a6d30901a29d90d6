import { ConfigError, type SessionTokens } from '@authcore/core'
import { describe, expect, it } from 'vitest'
import { createRefreshCookie, type RefreshCookieOptions } from '../src/index.js'

const tokens = {
  refreshToken: 'rt_x',
  refreshTokenExpiresAt: 61_999,
  session: { lastUsedAt: 1000 },
} as SessionTokens

const NAME = 'must be a cookie name without spaces and separators'
const PREFIX = 'must be true for a name that starts with __Host- or __Secure-'
const PATH = 'must start with / and hold no semicolon'

describe('the refresh cookie', () => {
  it('is bound to the host, secure and out of the reach of scripts', () => {
    const cookie = createRefreshCookie()
    expect(cookie.issue(tokens)).toBe(
      '__Host-refresh_token=rt_x; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax',
    )
    expect(cookie.clear()).toBe('__Host-refresh_token=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax')
    expect(Object.isFrozen(cookie)).toBe(true)
  })

  it('never lives for less than no time', () => {
    const over = { ...tokens, refreshTokenExpiresAt: 0 }
    expect(createRefreshCookie().issue(over)).toContain('; Max-Age=0;')
  })

  it.each<[RefreshCookieOptions, string]>([
    [{ name: 'a', secure: false, path: '/auth' }, 'a=; Max-Age=0; Path=/auth; HttpOnly; SameSite=Lax'],
    [{ name: '__Secure-a', path: '/b' }, '__Secure-a=; Max-Age=0; Path=/b; Secure; HttpOnly; SameSite=Lax'],
    [{ sameSite: 'strict' }, '__Host-refresh_token=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict'],
    [{ sameSite: 'none' }, '__Host-refresh_token=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=None'],
    [
      { name: 'x__host-a', secure: false, path: '/~ :<' },
      'x__host-a=; Max-Age=0; Path=/~ :<; HttpOnly; SameSite=Lax',
    ],
    [{ name: 'x__Secure-a', secure: false }, 'x__Secure-a=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'],
  ])('can be set with %j', (options, header) => {
    expect(createRefreshCookie(options).clear()).toBe(header)
  })

  it('takes a name of 128 and a path of 256 characters', () => {
    const [name, path] = ['n'.repeat(128), `/${'p'.repeat(255)}`]
    expect(createRefreshCookie({ name, path }).name).toBe(name)
  })

  it.each<[unknown, string, string]>([
    [null, '', 'must be an object, or false for none'],
    ['x', '', 'must be an object, or false for none'],
    [{ name: '' }, '.name', NAME],
    [{ name: 'a b' }, '.name', NAME],
    [{ name: 'a;' }, '.name', NAME],
    [{ name: 'a=' }, '.name', NAME],
    [{ name: 'a\n' }, '.name', NAME],
    [{ name: ' a' }, '.name', NAME],
    [{ name: 'n'.repeat(129) }, '.name', NAME],
    [{ name: 7 }, '.name', NAME],
    [{ sameSite: 'Lax' }, '.sameSite', "must be 'strict', 'lax' or 'none'"],
    [{ sameSite: 'toString' }, '.sameSite', "must be 'strict', 'lax' or 'none'"],
    [{ sameSite: ['lax'] }, '.sameSite', "must be 'strict', 'lax' or 'none'"],
    [{ name: 'a', sameSite: 'none', secure: false }, '.sameSite', "'none' needs secure: true"],
    [{ name: 'a', secure: 'yes' }, '.secure', 'must be true or false'],
    [{ secure: false }, '.secure', PREFIX],
    [{ name: '__HOST-a', secure: false }, '.secure', PREFIX],
    [{ name: '__sECURE-a', secure: false }, '.secure', PREFIX],
    [{ name: 'a', path: 'auth' }, '.path', PATH],
    [{ name: 'a', path: '' }, '.path', PATH],
    [{ name: 'a', path: '/a;b' }, '.path', PATH],
    [{ name: 'a', path: '/a\n' }, '.path', PATH],
    [{ name: 'a', path: 'x/' }, '.path', PATH],
    [{ name: 'a', path: `/${'p'.repeat(256)}` }, '.path', PATH],
    [{ name: 'a', path: ['/'] }, '.path', PATH],
    [{ path: '/auth' }, '.path', 'must be / for a name that starts with __Host-'],
    [{ name: '__host-a', path: '/auth' }, '.path', 'must be / for a name that starts with __Host-'],
    [{ httpOnly: false }, '.httpOnly', 'is not known; known are name, sameSite, secure, path'],
  ])('cannot be set with %j', (options, path, message) => {
    try {
      createRefreshCookie(options as RefreshCookieOptions)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      expect(error).toMatchObject({ code: 'config_invalid' })
      expect((error as ConfigError).problems).toEqual([{ path: `refreshCookie${path}`, message }])
    }
  })
})
