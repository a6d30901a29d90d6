import { InvalidRequestError } from '@authcore/core'
import { describe, expect, it } from 'vitest'
import { type AuthHeaders, readHeaderValues } from '../src/auth-request.js'
import { parsePresentedToken } from '../src/authorization-header.js'
import { toBearerChallenge, toQuotedText } from '../src/challenge.js'
import { readCookie } from '../src/cookies.js'
import { refuseCrossSite } from '../src/cross-site.js'
import { refuseCredentialsInQuery } from '../src/query-credentials.js'
import { isScopeToken, parseScopeText } from '../src/scope-text.js'

const parseBearerToken = (headers: AuthHeaders) => parsePresentedToken(headers, ['Bearer'])?.token

const ORIGINS = ['https://app.example', 'https://admin.example']

/** The code of the refusal, and what it says beside it; or the value. */
function outcomeOf(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error
    return error.code
  }
}

describe('reading a header', () => {
  it('gives every value in order, and none for what is not there', () => {
    expect(readHeaderValues({ a: 'x' }, 'a', 9)).toEqual(['x'])
    expect(readHeaderValues({ a: ['x', '', 'y'] }, 'a', 9)).toEqual(['x', '', 'y'])
    expect(readHeaderValues({ a: undefined }, 'a', 9)).toEqual([])
    expect(readHeaderValues({}, 'toString', 9)).toEqual([])
  })

  it('counts all values together, to the character', () => {
    expect(readHeaderValues({ a: ['abc', 'de'] }, 'a', 5)).toHaveLength(2)
    expect(() => readHeaderValues({ a: ['abc', 'def'] }, 'a', 5)).toThrow(
      expect.objectContaining({ code: 'credentials_malformed', message: 'The a header is too long.' }),
    )
  })

  it.each([[7], [null], [{}], [['a', 7]], [[7, 'a']], [[undefined]], [[['a']]]])('refuses %j', value => {
    const headers = { a: value as string }
    expect(outcomeOf(() => readHeaderValues(headers, 'a', 99))).toBe('credentials_malformed')
  })
})

describe('Authorization', () => {
  it.each([
    ['Bearer a', 'a'],
    ['bearer   a=', 'a='],
    ['Bearer a==', 'a=='],
    ['Bearer -._~+/a', '-._~+/a'],
    ['Basic dTpw', undefined],
    ['DPoP a', undefined],
    ['Digest username="a, b", realm="c\\"d,", uri=/', undefined],
    ['Digest a="x",\t b = "y"', undefined],
    ['Negotiate', undefined],
    ["!#$%&'*+-.^_`|~0aZ x", undefined],
  ])('reads %j', (authorization, token) => {
    expect(outcomeOf(() => parseBearerToken({ authorization }))).toBe(token)
  })

  it.each([
    ['Bearer', 'credentials_malformed'],
    ['Bearer ', 'credentials_malformed'],
    ['Bearer =', 'credentials_malformed'],
    ['Bearer a b', 'credentials_malformed'],
    ['Bearer a\n', 'credentials_malformed'],
    ['Bearer\ta', 'credentials_malformed'],
    ['Bearer "a"', 'credentials_malformed'],
    ['Bearer a=b', 'credentials_malformed'],
    ['Bearer é', 'credentials_malformed'],
    ['', 'credentials_malformed'],
    [' Bearer a', 'credentials_malformed'],
    ['"', 'credentials_malformed'],
    ['@ a', 'credentials_malformed'],
    ['Basic@ a', 'credentials_malformed'],
    ['Basic\na', 'credentials_malformed'],
    ['Bearer a, Bearer b', 'credentials_repeated'],
    ['Basic a,Bearer b', 'credentials_repeated'],
    ['Bearer a,', 'credentials_repeated'],
    ['Bearer a, ', 'credentials_repeated'],
    ['Digest a="b", Bearer c', 'credentials_repeated'],
    ['Digest a="b\\", Bearer c="d"', undefined],
    ['Digest a="b\\\\", Bearer c', 'credentials_repeated'],
    ['Digest a="b, Bearer c', undefined],
    ['Digest a="b", Bearer x="y"', 'credentials_repeated'],
    ['Digest a=b, c\n=d', 'credentials_repeated'],
  ])('of %j comes to %s', (authorization, code) => {
    expect(outcomeOf(() => parseBearerToken({ authorization }))).toBe(code)
  })

  it('is looked at up to 65,536 characters', () => {
    const longest = `Bearer ${'a'.repeat(65_536 - 7)}`
    expect(outcomeOf(() => parseBearerToken({ authorization: longest }))).toHaveLength(65_529)
    expect(outcomeOf(() => parseBearerToken({ authorization: `${longest}a` }))).toBe('credentials_malformed')
  })

  it('is one, not two, and not none', () => {
    expect(parseBearerToken({})).toBeUndefined()
    expect(outcomeOf(() => parseBearerToken({ authorization: ['Bearer a', 'x'] }))).toBe(
      'credentials_repeated',
    )
  })
})

describe('Cookie', () => {
  it.each([
    ['a', undefined],
    ['ab', undefined],
    ['ab; c', undefined],
    ['=a', undefined],
    [' =a', undefined],
    [' a =  b c ', 'b c'],
    ['b=a=x; a=y', 'y'],
  ])('reads the cookie a of %j', (cookie, value) => {
    expect(readCookie({ cookie }, 'a')).toBe(value)
  })

  it('without a name is none, even where none is asked for', () => {
    expect(readCookie({ cookie: '=x' }, '')).toBeUndefined()
  })

  it('is looked at up to 16,384 characters', () => {
    expect(readCookie({ cookie: `a=${'x'.repeat(16_382)}` }, 'a')).toHaveLength(16_382)
    expect(outcomeOf(() => readCookie({ cookie: `a=${'x'.repeat(16_383)}` }, 'a'))).toBe(
      'credentials_malformed',
    )
  })
})

describe('a request that another site may have caused', () => {
  it.each([
    [{ origin: 'https://app.example' }],
    [{ origin: 'https://admin.example', 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-origin' }],
  ])('is not one with %j', headers => {
    expect(outcomeOf(() => refuseCrossSite(headers, ORIGINS))).toBeUndefined()
  })

  it.each([
    [{}],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'https://app.example.evil.example', 'sec-fetch-site': 'same-origin' }],
    [{ origin: 'null', 'sec-fetch-site': 'same-origin' }],
    [{ origin: '', 'sec-fetch-site': 'same-origin' }],
    [{ origin: ['https://app.example', 'https://app.example'] }],
    [{ origin: 'https://app.example', 'sec-fetch-site': ['same-origin', 'same-origin'] }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ 'sec-fetch-site': ['same-origin', 'cross-site'] }],
  ])('is one with %j', headers => {
    expect(outcomeOf(() => refuseCrossSite(headers, ORIGINS))).toBe('cross_site_request')
  })
})

describe('the query', () => {
  it.each([
    'access_token',
    'Access-Token',
    'refreshToken',
    'id_token',
    'bearer_token',
    'session_token',
    'api_key',
    'apikey[]',
    'x-api-key',
    'client_secret',
    'authorization',
    '%61pi_key',
    'api%5Fkey',
    'api+key',
  ])('must not hold %s, wherever it stands and whatever its value', name => {
    for (const url of [
      `/?${name}`,
      `/?${name}=`,
      `/?a=b&${name}=c`,
      `/?a;${name}=c`,
      `?${name}=c`,
      `https://a/b?${name}=c#d`,
    ]) {
      expect(outcomeOf(() => refuseCredentialsInQuery(url))).toBe('credentials_in_query')
    }
  })

  it.each([
    '/',
    '/?',
    '/api_key',
    '/api_key=x',
    '/#?api_key=x',
    '/?a=api_key',
    '/?api_keys=1',
    '/?my_api_key=1',
    '/?=api_key',
    '/?%zz=1',
    '',
  ])('may be that of %j', url => {
    expect(outcomeOf(() => refuseCredentialsInQuery(url))).toBeUndefined()
  })

  it('is looked at up to 16,384 characters of the URL', () => {
    expect(outcomeOf(() => refuseCredentialsInQuery('/'.padEnd(16_384, 'x')))).toBeUndefined()
    expect(outcomeOf(() => refuseCredentialsInQuery('/'.padEnd(16_385, 'x')))).toBe('request_url_too_long')
  })
})

describe('a challenge', () => {
  it('has the parameters that are given, in their order', () => {
    expect(toBearerChallenge({})).toBe('Bearer realm="api"')
    expect(
      toBearerChallenge({ error: 'e', errorDescription: 'd', scope: ['a', 'b'], maxAgeSeconds: 0 }),
    ).toBe('Bearer realm="api", error="e", error_description="d", scope="a b", max_age="0"')
  })

  it('has values of at most 1024 characters of one line', () => {
    expect(toQuotedText('x'.repeat(1025))).toBe('x'.repeat(1024))
    expect(toQuotedText('a\r\n\u0000é b"c\\d~ ')).toBe("a  b'c'd~ ")
    expect(toQuotedText('a\u007fb\u001fc')).toBe('a b c')
  })
})

describe('scope', () => {
  it('is made of tokens from ! to ~ without quote and backslash', () => {
    for (let code = 0; code < 256; code++) {
      const isToken = code > 0x20 && code < 0x7f && code !== 0x22 && code !== 0x5c
      const character = String.fromCharCode(code)
      expect(isScopeToken(character)).toBe(isToken)
      expect(isScopeToken(`a${character}`)).toBe(isToken)
      expect(isScopeToken(`${character}a`)).toBe(isToken)
    }
    for (const value of ['', undefined, 7, ['a'], new String('a')]) expect(isScopeToken(value)).toBe(false)
  })

  it('is parsed into each token once', () => {
    expect(parseScopeText('b a b')).toEqual(['b', 'a'])
    expect(parseScopeText('')).toEqual([])
    for (const text of [' ', 'a ', 'a  b', 'a\n', 'a "']) expect(parseScopeText(text)).toBeUndefined()
  })
})
