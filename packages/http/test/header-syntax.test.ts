import { AuthError } from '@authcore/core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { AuthHeaders } from '../src/auth-request.js'
import { parsePresentedToken } from '../src/authorization-header.js'
import { toBearerChallenge } from '../src/challenge.js'
import { readCookie } from '../src/cookies.js'
import { authenticateRequest, toErrorResponse } from '../src/index.js'
import { refuseCredentialsInQuery } from '../src/query-credentials.js'
import { parseScopeText } from '../src/scope-text.js'
import { codeOf, createFixture, request } from './fixture.js'

const parseBearerToken = (headers: AuthHeaders) => parsePresentedToken(headers, ['Bearer'])?.token

const B64_CHARACTERS = [...'ABCXYZabcxyz0189-._~+/']
const b64token = fc
  .tuple(fc.string({ unit: fc.constantFrom(...B64_CHARACTERS), minLength: 1 }), fc.nat(2))
  .map(([text, padding]) => text + '='.repeat(padding))

/** Text that parsers stumble over. */
const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'Bearer ,;="\\\0\r\n\t🙂é%&?[]') }),
  fc.constantFrom(
    'Bearer ',
    'Bearer a,Bearer b',
    'a'.repeat(100_000),
    '"'.repeat(20_000),
    '\\"'.repeat(20_000),
  ),
)

const { auth } = createFixture()
let apiKey: string
beforeAll(async () => {
  apiKey = (await auth.apiKeys.issue({ ownerId: 'user-1', name: 'ci' })).apiKey
})

const codeOfSync = (act: () => unknown) => codeOf((async () => act())())

describe('Authorization', () => {
  it('reads any b64token of RFC 6750 section 2.1', () => {
    fc.assert(
      fc.property(b64token, fc.mixedCase(fc.constant('bearer')), (token, scheme) => {
        expect(parseBearerToken({ authorization: `${scheme} ${token}` })).toBe(token)
      }),
    )
  })

  it('refuses anything else behind the scheme', async () => {
    const other = fc.string({ unit: 'binary' }).filter(text => !/^ *[A-Za-z0-9\-._~+/]+=*$/.test(text))
    await fc.assert(
      fc.asyncProperty(other, async text => {
        expect(await codeOfSync(() => parseBearerToken({ authorization: `Bearer ${text}` }))).toMatch(
          /^credentials_(malformed|repeated)$/,
        )
      }),
    )
  })

  it('refuses two headers, whether they come apart or joined', async () => {
    const scheme = fc.constantFrom('Bearer', 'Basic', 'Digest', 'DPoP')
    const value = fc.tuple(scheme, b64token).map(([name, token]) => `${name} ${token}`)
    await fc.assert(
      fc.asyncProperty(value, value, async (first, second) => {
        const apart = { authorization: [first, second] }
        const joined = { authorization: `${first}, ${second}` }
        expect(await codeOfSync(() => parseBearerToken(apart))).toBe('credentials_repeated')
        expect(await codeOfSync(() => parseBearerToken(joined))).toBe('credentials_repeated')
      }),
    )
  })

  it('takes time in proportion to the length', () => {
    const start = performance.now()
    for (const unit of ['"', '\\"', '"\\', ',', ', a', 'a=,', '" ,']) {
      const authorization = `Digest ${unit.repeat(60_000 / unit.length)}`
      codeOfSync(() => parseBearerToken({ authorization }))
    }
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

describe('a request that is all noise', () => {
  it('ends with an AuthError that has a response, or with nobody', async () => {
    const values = fc.oneof(hostileText, fc.array(hostileText, { maxLength: 3 }))
    const headers = fc.record(
      { authorization: values, 'x-api-key': values, cookie: values },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(headers, hostileText, async (fields, query) => {
        const policy = { methods: ['access_token', 'api_key'], optional: true } as const
        try {
          const url = `/?${query}`
          expect(await authenticateRequest(auth, request(fields, url), policy)).toBeUndefined()
        } catch (error) {
          expect(error).toBeInstanceOf(AuthError)
          expect([400, 401, 414]).toContain(toErrorResponse(error)?.status)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('never finds a changed API key good', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(200), fc.string({ minLength: 1, maxLength: 2 }), async (at, noise) => {
        const position = at % apiKey.length
        const changed = apiKey.slice(0, position) + noise + apiKey.slice(position + 1)
        fc.pre(changed !== apiKey && changed.split(',').length === 1)
        const policy = { methods: ['api_key'] } as const
        const code = await codeOf(authenticateRequest(auth, request({ 'x-api-key': changed }), policy))
        expect(code).toMatch(/^(api_key_|credentials_)/)
      }),
    )
  })
})

describe('WWW-Authenticate', () => {
  it('is one line of quoted values, whatever goes in', () => {
    fc.assert(
      fc.property(hostileText, fc.array(hostileText, { maxLength: 3 }), (errorDescription, scope) => {
        expect(toBearerChallenge({ error: 'invalid_token', errorDescription, scope })).toMatch(
          /^Bearer realm="api", error="invalid_token", error_description="[^"\\]*", scope="[^"\\]*"$/,
        )
        expect(toBearerChallenge({ errorDescription, scope })).toMatch(/^[\x20-\x7e]*$/)
      }),
    )
  })
})

describe('the query string', () => {
  it('refuses a credential however its name is written', async () => {
    const name = fc.constantFrom('access_token', 'refresh_token', 'api_key', 'client_secret')
    const encode = (character: string, isEncoded: boolean) =>
      isEncoded ? `%${character.charCodeAt(0).toString(16)}` : character
    await fc.assert(
      fc.asyncProperty(
        name.chain(text => fc.mixedCase(fc.constant(text))),
        fc.infiniteStream(fc.boolean()),
        async (text, coins) => {
          const written = [...text].map(character => encode(character, coins.next().value)).join('')
          const refuse = () => refuseCredentialsInQuery(`/a?b=c&${written}=d`)
          expect(await codeOfSync(refuse)).toBe('credentials_in_query')
        },
      ),
    )
  })

  it('throws nothing else for any text', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async text => {
        const code = await codeOfSync(() => refuseCredentialsInQuery(`/?${text}`))
        expect(['accepted', 'credentials_in_query', 'request_url_too_long']).toContain(code)
      }),
    )
  })

  it.each([undefined, null, 7, {}])('refuses the URL %s', async url => {
    expect(await codeOfSync(() => refuseCredentialsInQuery(url))).toBe('request_url_too_long')
  })
})

describe('Cookie', () => {
  it.each([
    ['a=b', 'b'],
    ['x=y; a=b', 'b'],
    ['x=y;a=b;', 'b'],
    ['  a = b ', 'b'],
    ['a=b=c', 'b=c'],
    ['a=', ''],
    ['xa=b', undefined],
    ['A=b', undefined],
    ['a', undefined],
    ['=a', undefined],
    ['', undefined],
  ])('reads %j', (cookie, value) => {
    expect(readCookie({ cookie }, 'a')).toBe(value)
  })

  it('reads cookies that come in several fields (RFC 9113 section 8.2.3)', () => {
    expect(readCookie({ cookie: ['x=y', 'a=b'] }, 'a')).toBe('b')
  })

  it.each([[['a=b; a=b']], [['a=b', 'a=c']]])('refuses two of one name: %j', async cookie => {
    expect(await codeOfSync(() => readCookie({ cookie }, 'a'))).toBe('credentials_repeated')
  })

  it('refuses 100 kB', async () => {
    expect(await codeOfSync(() => readCookie({ cookie: 'x'.repeat(100_000) }, 'a'))).toBe(
      'credentials_malformed',
    )
  })
})

describe('scope', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a b:c a', ['a', 'b:c']],
    [' a', undefined],
    ['a  b', undefined],
    ['a"', undefined],
    ['a\tb', undefined],
    ['é', undefined],
  ])('parses %j', (text, scope) => {
    expect(parseScopeText(text)).toEqual(scope)
  })
})
