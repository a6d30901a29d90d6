import { ConfigError } from '@authcore/core'

/**
 * Header fields of an answer by lower-case name. Several values are for `set-cookie` alone, and each of them becomes a
 * field of its own: cookies cannot be joined by commas (RFC 6265 section 3).
 */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>

/** What takes fields: `Headers`, the context of Koa, or what an adapter makes of its framework. */
export interface HeaderTarget {
  /** Replaces what stood there. */
  set(name: string, value: string): unknown
  /** Adds a field beside those of its name. */
  append(name: string, value: string): unknown
}

/** `token` of RFC 9110 section 5.6.2, in lower case. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]{1,128}$/

/** `field-value` of RFC 9110 section 5.5: nothing that ends a line. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

const MAX_VALUE_LENGTH = 16_384
const MAX_COOKIES = 32

/** Adds fields to fields: cookies stand beside those that are there, and of all others the later one counts. */
export function joinHeaders(first: ResponseHeaders, second: ResponseHeaders): ResponseHeaders {
  const cookies = [first, second].flatMap(headers => headers[SET_COOKIE] ?? [])
  const one = cookies.length === 1 ? cookies[0] : undefined
  return Object.freeze({
    ...first,
    ...second,
    ...(cookies.length > 0 && { [SET_COOKIE]: one ?? Object.freeze(cookies) }),
  })
}

const SET_COOKIE = 'set-cookie'

/**
 * Checks the fields of an answer that somebody else has made.
 * @throws ConfigError `config_invalid` for a name or a value that is none of a header field or is too long, and for
 *   several values of anything but `set-cookie`; it never tells a value, which may be a credential
 */
export function checkResponseHeaders(headers: ResponseHeaders): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!NAME.test(name)) throw refused('headers', 'must have names of header fields in lower case')
    const path = `headers.${name}`
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (Array.isArray(value) && name !== SET_COOKIE) throw refused(path, 'must be one value')
    if (values.length > MAX_COOKIES) throw refused(path, `must have at most ${MAX_COOKIES} values`)
    if (!values.every(isFieldValue)) {
      throw refused(path, `must be text without line breaks, at most ${MAX_VALUE_LENGTH} characters`)
    }
  }
}

function isFieldValue(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_VALUE_LENGTH && VALUE.test(value)
}

function refused(path: string, message: string): ConfigError {
  return new ConfigError('config_invalid', [{ path, message }])
}

/** Writes the fields of an answer; cookies stand beside those that are there, such as those of a middleware. */
export function writeHeaders(target: HeaderTarget, headers: ResponseHeaders): void {
  for (const [name, value] of Object.entries(headers)) {
    for (const each of [value].flat()) {
      if (name === SET_COOKIE) target.append(name, each)
      else target.set(name, each)
    }
  }
}
