import { ConfigError, type ConfigProblem, InvalidRequestError } from '@authcore/core'
import { ownMembers } from './own-members.js'
import { findUnknownMembers } from './unknown-members.js'

/** How a cookie that holds a credential is set (RFC 6265bis). It is always `HttpOnly`: no script can read it. */
export interface CookieOptions {
  /** Starts with `__Host-` unless told: the prefix makes browsers refuse cookies that another host planted. */
  readonly name?: string
  /** `lax` unless told. `none` needs `secure`. */
  readonly sameSite?: 'strict' | 'lax' | 'none'
  /** `true` unless told; without it a name with `__Host-` or `__Secure-` is refused. */
  readonly secure?: boolean
  /** `/` unless told, and always with `__Host-`. */
  readonly path?: string
}

/** Writes `Set-Cookie` with the same attributes every time. */
export interface CookieWriter {
  readonly name: string
  /**
   * @param value of a cookie as RFC 6265 section 4.1.1 has it, without quotes
   * @param maxAgeSeconds counted by the clock of the browser from when it arrives; rounded down
   * @throws InvalidRequestError `argument_invalid` for any other value
   */
  set(value: string, maxAgeSeconds: number): string
  /** Removes the cookie: browsers do so only where name, path and domain are those that it was set with. */
  clear(): string
}

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const

/** `token` of RFC 9110 section 5.6.2, as RFC 6265 section 4.1.1 has it for names. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/

/** `cookie-value` of RFC 6265 section 4.1.1: nothing in it can end the value, the attributes or the line. */
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,4096}$/

const NO_COOKIE_VALUE = 'A cookie takes 1 to 4,096 visible characters of ASCII but " , ; and \\\\.'

/** `path-value` of RFC 6265 section 4.1.1, absolute. */
const PATH = /^\/[\x20-\x3a\x3c-\x7e]{0,255}$/

/** One cookie of a deployment, before anybody has said how it is set. */
export interface CookieKind {
  readonly defaultName: string
  /** Where its options stand in the configuration. */
  readonly path: string
  /** What is said of options that are no object. */
  readonly notAnObject: string
}

/**
 * Prepares a cookie.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function createCookieWriter(options: CookieOptions, kind: CookieKind): CookieWriter {
  const problems = findCookieProblems(options, kind)
  if (problems.length > 0) throw new ConfigError('config_invalid', problems)
  const { name = kind.defaultName, sameSite = 'lax', secure = true, path = '/' } = ownMembers(options)
  const attributes = `Path=${path}; ${secure ? 'Secure; ' : ''}HttpOnly; SameSite=${SAME_SITE[sameSite]}`
  return Object.freeze({
    name,
    set: (value: string, maxAgeSeconds: number) => {
      if (!VALUE.test(value)) throw new InvalidRequestError('argument_invalid', { detail: NO_COOKIE_VALUE })
      return `${name}=${value}; Max-Age=${Math.max(0, Math.floor(maxAgeSeconds))}; ${attributes}`
    },
    clear: () => `${name}=; Max-Age=0; ${attributes}`,
  })
}

/** Checks the options of a cookie. */
export function findCookieProblems(options: unknown, kind: CookieKind): readonly ConfigProblem[] {
  if (typeof options !== 'object' || options === null) {
    return [{ path: kind.path, message: kind.notAnObject }]
  }
  const members: Readonly<Record<string, unknown>> = ownMembers({ ...options })
  const { name = kind.defaultName, sameSite = 'lax', secure = true, path = '/' } = members
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
    ...findUnknownMembers(options, ['name', 'sameSite', 'secure', 'path'], kind.path),
    ...checks.flatMap(([isGood, member, message]) =>
      isGood ? [] : [{ path: `${kind.path}.${member}`, message }],
    ),
  ]
}
