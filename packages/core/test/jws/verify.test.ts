import fc from 'fast-check'
import { CompactSign, compactVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { backend as webBackend } from '../../src/crypto/web.js'
import { ConfigError, InvalidTokenError } from '../../src/errors.js'
import { importKeyWith } from '../../src/jws/import-key.js'
import { createJwsSigner } from '../../src/jws/sign.js'
import type { ImportedKey, VerificationKey } from '../../src/jws/types.js'
import { createBytesJwsVerifier, createJwsVerifier } from '../../src/jws/verify.js'
import { importKey, verifyJws } from '../../src/jwt.js'
import { encodePart, SECRET, signParts, signText } from './tokens.js'

const HEADER = { alg: 'HS256' }
let key: ImportedKey
let webKey: ImportedKey

beforeAll(async () => {
  key = await importKey(SECRET, { algorithm: 'HS256' })
  webKey = await importKeyWith(webBackend, SECRET, { algorithm: 'HS256' })
})

/** Both backends must come to the same code. */
async function codeOf(token: unknown, maxLength = 16_384): Promise<string> {
  const [code, webCode] = await Promise.all([run(key), run(webKey)])
  expect(webCode).toBe(code)
  return code

  async function run(verificationKey: VerificationKey): Promise<string> {
    const verify = createJwsVerifier({ algorithms: ['HS256'], maxLength, findKey: () => verificationKey })
    try {
      await verify(token)
      return 'accepted'
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidTokenError)
      return error instanceof InvalidTokenError ? error.code : 'other'
    }
  }
}

describe('form', () => {
  it.each([
    undefined,
    null,
    0,
    Number.NaN,
    1n,
    Symbol('token'),
    {},
    [],
    ['a.b.c'],
    () => 'a.b.c',
    new String('a.b.c'),
    new Uint8Array(3),
    '',
    '.',
    '..',
    '...',
    'a.b',
    '.b.c',
    'a.b.',
    'a..',
    '\u0000.\u0000.\u0000',
    '💥.💥.💥',
  ])('%o is malformed', async token => {
    expect(await codeOf(token)).toBe('token_malformed')
  })

  it('accepts what the peer signs', async () => {
    expect(await codeOf(signText(HEADER, { a: 1 }))).toBe('accepted')
  })

  it.each([
    ['four parts', (token: string) => `${token}.`],
    ['an encrypted token', (token: string) => `${token}.a.b`],
    ['leading white space', (token: string) => ` ${token}`],
    ['a line break at the end', (token: string) => `${token}\n`],
    ['padding', (token: string) => `${token}=`],
    ['the other alphabet', (token: string) => token.replace(/.$/, '+')],
    ['a length that no bytes have', (token: string) => `${token}AA`],
  ])('refuses %s', async (_, change) => {
    expect(await codeOf(change(signText(HEADER, { a: 1 })))).toBe('token_malformed')
  })

  it('refuses spare bits that are not zero, under a genuine signature', async () => {
    const header = encodePart(JSON.stringify(HEADER))
    expect(await codeOf(signParts(header, 'e31'))).toBe('token_malformed')
    expect(await codeOf(signParts(header, 'e30'))).toBe('accepted')
  })

  it('looks at the length before anything else', async () => {
    const token = signText(HEADER, { a: 'x'.repeat(20_000) })
    expect(await codeOf(token)).toBe('token_too_long')
    expect(await codeOf(token, 30_000)).toBe('accepted')
    expect(await codeOf('x'.repeat(16_385))).toBe('token_too_long')
    expect(await codeOf('x'.repeat(16_384))).toBe('token_malformed')
  })
})

describe('header', () => {
  // covers ASVS-9.1.3, RFC8725-3.10, RFC8725-3.6
  it.each(['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c', 'zip', 'enc'])('refuses %s', async name => {
    for (const value of [null, false, [], ['b64'], 'https://attacker.example']) {
      expect(await codeOf(signText({ ...HEADER, [name]: value }, {}))).toBe('token_header_unsupported')
    }
  })

  it.each([
    ['no alg', '{}', 'token_malformed'],
    ['alg of another type', '{"alg":["HS256"]}', 'token_malformed'],
    ['alg null', '{"alg":null}', 'token_malformed'],
    ['none', '{"alg":"none"}', 'token_algorithm_not_allowed'],
    ['None', '{"alg":"None"}', 'token_algorithm_not_allowed'],
    ['NONE', '{"alg":"NONE"}', 'token_algorithm_not_allowed'],
    ['another case', '{"alg":"hs256"}', 'token_algorithm_not_allowed'],
    ['a name of Object.prototype', '{"alg":"constructor"}', 'token_algorithm_not_allowed'],
    ['__proto__ as alg', '{"alg":"__proto__"}', 'token_algorithm_not_allowed'],
    ['an algorithm that is not accepted', '{"alg":"HS512"}', 'token_algorithm_not_allowed'],
    ['kid of another type', '{"alg":"HS256","kid":1}', 'token_malformed'],
    ['kid null', '{"alg":"HS256","kid":null}', 'token_malformed'],
    ['a long kid', `{"alg":"HS256","kid":"${'k'.repeat(257)}"}`, 'token_malformed'],
    ['typ of another type', '{"alg":"HS256","typ":{}}', 'token_malformed'],
    ['a repeated name', '{"alg":"none","alg":"HS256"}', 'token_malformed'],
    ['a repeated name in escapes', '{"alg":"none","al\\u0067":"HS256"}', 'token_malformed'],
    ['alg behind __proto__', '{"__proto__":{"alg":"HS256"}}', 'token_malformed'],
    ['an array', '[{"alg":"HS256"}]', 'token_malformed'],
    ['text', '"HS256"', 'token_malformed'],
    ['null', 'null', 'token_malformed'],
    ['no JSON', '{alg:HS256}', 'token_malformed'],
    ['a byte order mark', '\ufeff{"alg":"HS256"}', 'token_malformed'],
    ['nothing', ' ', 'token_malformed'],
  ])('refuses %s', async (_, header, code) => {
    expect(await codeOf(signText(header, {}))).toBe(code)
  })

  it('accepts a kid of 256 characters and members that change nothing', async () => {
    expect(await codeOf(signText({ ...HEADER, kid: 'k'.repeat(256), cty: 'x', x5t: 'y' }, {}))).toBe(
      'accepted',
    )
  })

  it('remembers headers of genuine tokens only, and not without end', async () => {
    const verify = createJwsVerifier({ algorithms: ['HS256'], findKey: () => key })
    const genuine = signText({ ...HEADER, kid: 'a' }, {})
    const first = await verify(genuine)
    expect((await verify(genuine)).header).toBe(first.header)

    const forged = signParts(encodePart('{"alg":"HS256","kid":"b"}'), 'e30', new Uint8Array(32))
    expect(() => verify(forged)).toThrow(InvalidTokenError)
    const genuineB = await verify(signText('{"alg":"HS256","kid":"b"}', {}))
    expect(genuineB.header.kid).toBe('b')

    for (let index = 0; index < 101; index++) await verify(signText({ ...HEADER, kid: `k${index}` }, {}))
    expect((await verify(genuine)).header).not.toBe(first.header)

    const long = signText({ ...HEADER, extra: 'x'.repeat(2000) }, {})
    expect((await verify(long)).header).not.toBe((await verify(long)).header)
  })
})

// covers RFC8725-3.7
describe('remembered headers', () => {
  const headerOf = (kid: string) => signText({ ...HEADER, kid }, {})

  it('are up to 100, and then all are forgotten', async () => {
    const verify = createJwsVerifier({ algorithms: ['HS256'], findKey: () => key })
    const first = await verify(headerOf('k0'))
    for (let index = 1; index < 100; index++) await verify(headerOf(`k${index}`))
    expect((await verify(headerOf('k0'))).header).toBe(first.header)
    await verify(headerOf('k100'))
    const again = (await verify(headerOf('k0'))).header
    expect(again).not.toBe(first.header)
    expect(again).toEqual(first.header)
  })

  it('have up to 1024 characters of base64url', async () => {
    const verify = createJwsVerifier({ algorithms: ['HS256'], findKey: () => key })
    const ofLength = async (bytes: number) => {
      const frame = JSON.stringify({ ...HEADER, pad: '' }).length
      const token = signText({ ...HEADER, pad: 'x'.repeat(bytes - frame) }, {})
      const [first, second] = [await verify(token), await verify(token)]
      return first.header === second.header
    }
    expect(await ofLength(768)).toBe(true)
    expect(await ofLength(769)).toBe(false)
  })
})

describe('payload', () => {
  it.each([
    ['an array', '[]'],
    ['a number', '1'],
    ['nothing', ''],
    ['two values', '{}{}'],
    ['a trailing comma', '{"a":1,}'],
    ['a repeated name', '{"a":1,"a":1}'],
    ['a repeated name further down', '{"a":[{"b":{"c":1,"d":2,"c":3}}]}'],
    ['a repeated name with white space', '{"a" :1,\n"a"\t:2}'],
    ['a repeated name in escapes', '{"a":1,"\\u0061":2}'],
    ['repeated __proto__', '{"__proto__":1,"__proto__":2}'],
    ['a repeated name beside text that begins with a colon', '{"a":1,"a":2,"b":":"}'],
    ['a lone high surrogate', '{"a":"\\ud800"}'],
    ['a lone low surrogate', '{"a":"\\udfff b"}'],
    ['surrogates in the wrong order', '{"a":"\\udc00\\ud800"}'],
    ['a lone surrogate as a name', '{"\\ud800":1}'],
    ['a number out of range', '{"a":1e999}'],
    ['a number out of range further down', '{"a":[[-1e999]]}'],
    ['33 levels', `${'{"a":'.repeat(32)}{}${'}'.repeat(32)}`],
    ['33 levels of arrays', `{"a":${'['.repeat(32)}${']'.repeat(32)}}`],
    ['an unfinished text', '{"a":"'],
    ['an unfinished escape', '{"a":"\\'],
    ['a control character', '{"a":"\n"}'],
    ['a byte order mark', '\ufeff{}'],
  ])('refuses %s', async (_, payload) => {
    expect(await codeOf(signText(HEADER, payload))).toBe('token_malformed')
  })

  it.each([
    ['32 levels', `${'{"a":'.repeat(31)}{}${'}'.repeat(31)}`],
    ['many brackets side by side', `{"a":[${Array(50).fill('[]').join(',')}]}`],
    ['escapes', '{"a":"\\u0041\\n\\"\\\\","\\u0062":"\\ud83d\\ude00"}'],
    ['white space', ' { "a" : [ 1 , 2 ] } '],
    ['text that begins with a colon', '{"a":":","b":":b"}'],
    ['text that looks like JSON', '{"a":"{[{[ : } ]"}'],
    ['the same name in two objects', '{"a":{"b":1},"c":{"b":1},"b":[{"b":1},{"b":1}]}'],
    ['names of Object.prototype', '{"__proto__":{"admin":true},"constructor":1,"toString":2}'],
  ])('accepts %s', async (_, payload) => {
    expect(await codeOf(signText(HEADER, payload))).toBe('accepted')
  })

  it.each([
    ['an overlong encoding', [0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]],
    ['a surrogate in UTF-8', [0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]],
    ['a broken sequence', [0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
  ])('refuses %s', async (_, bytes) => {
    expect(await codeOf(signText(HEADER, Uint8Array.from(bytes)))).toBe('token_malformed')
  })

  it.each(['[', '{"a":'])('refuses 110,000 levels of %s without deep recursion', async opening => {
    const token = signText(HEADER, `{"a":${opening.repeat(110_000)}`)
    expect(await codeOf(token, 1_048_576)).toBe('token_malformed')
  })

  it('returns frozen plain values, and __proto__ as a name like any other', async () => {
    const verify = createJwsVerifier({ algorithms: ['HS256'], findKey: () => key })
    const { payload } = await verify(signText(HEADER, '{"__proto__":{"admin":true},"a":[{"b":[]}]}'))
    expect(Object.isFrozen(payload)).toBe(true)
    expect(Object.isFrozen(payload['a'])).toBe(true)
    expect(Object.hasOwn(payload, '__proto__')).toBe(true)
    expect(Object.hasOwn(payload, 'admin')).toBe(false)
    expect('admin' in payload).toBe(false)
  })

  it('may be any bytes, also none, where bytes are asked for', async () => {
    const { payload } = await verifyJws(signText(HEADER, new Uint8Array([0, 255])), key, {
      algorithms: ['HS256'],
    })
    expect(payload).toEqual(new Uint8Array([0, 255]))
    expect(payload.buffer.byteLength).toBe(2)
    const empty = await verifyJws(signParts(encodePart('{"alg":"HS256"}'), ''), key, {
      algorithms: ['HS256'],
    })
    expect(empty.payload).toEqual(new Uint8Array())
  })
})

describe('key', () => {
  // covers ASVS-9.1.2, RFC8725-3.1
  it('decides about the algorithm', () => {
    const verify = createJwsVerifier({
      algorithms: ['HS256', 'HS512'],
      findKey: () => ({ algorithm: 'HS512', verify: () => true }),
    })
    expect(() => verify(signText(HEADER, {}))).toThrow(
      expect.objectContaining({ code: 'token_algorithm_not_allowed' }),
    )
  })

  it('is asked only for tokens that could be genuine', () => {
    let calls = 0
    const findKey = () => {
      calls++
      return undefined
    }
    const verify = createBytesJwsVerifier({ algorithms: ['HS256'], findKey })
    const good = signText(HEADER, {})
    for (const token of [
      `${good}=`,
      signText({ alg: 'RS256' }, {}),
      signParts('e30', 'e30'),
      'x'.repeat(20_000),
    ]) {
      expect(() => verify(token)).toThrow(InvalidTokenError)
    }
    expect(calls).toBe(0)
    expect(() => verify(good)).toThrow(expect.objectContaining({ code: 'token_key_unknown' }))
    expect(calls).toBe(1)
  })

  it.each([undefined, null, 1, 'true', {}])('verifies only by saying true, not %o', answer => {
    const verification = { algorithm: 'HS256' as const, verify: () => answer as unknown as boolean }
    const verify = createJwsVerifier({ algorithms: ['HS256'], findKey: () => verification })
    expect(() => verify(signText(HEADER, {}))).toThrow(
      expect.objectContaining({ code: 'token_signature_invalid' }),
    )
  })

  it('answers at once where everything is synchronous, and in a promise where it is not', async () => {
    const token = signText(HEADER, { a: 1 })
    expect(createJwsVerifier({ algorithms: ['HS256'], findKey: () => key })(token)).toMatchObject({
      payload: { a: 1 },
      key,
    })
    const late = createJwsVerifier({ algorithms: ['HS256'], findKey: async () => webKey })(token)
    expect(late).toBeInstanceOf(Promise)
    expect(await late).toMatchObject({ payload: { a: 1 } })
  })

  it.each([undefined, [], 'HS256', ['none'], ['HS256', 'hs256'], [undefined], {}])(
    'algorithms %o are a mistake of the developer',
    async algorithms => {
      const options = { algorithms } as unknown as { algorithms: ['HS256'] }
      await expect(verifyJws(signText(HEADER, {}), key, options)).rejects.toBeInstanceOf(ConfigError)
    },
  )
})

describe('properties', () => {
  // covers ASVS-9.1.1
  it('every changed character is refused', async () => {
    const token = signText(HEADER, { sub: 'user', aud: ['a', 'b'] })
    await fc.assert(
      fc.asyncProperty(
        fc.nat(token.length - 1),
        fc.constantFrom(...'ABCxyz019-_.=+/ \n\u0000é'),
        async (index, character) => {
          fc.pre(token[index] !== character)
          const changed = token.slice(0, index) + character + token.slice(index + 1)
          expect(await codeOf(changed)).not.toBe('accepted')
        },
      ),
    )
  })

  it('what is signed verifies, and jose agrees', async () => {
    const joseKey = SECRET
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), async claims => {
        const text = JSON.stringify(claims)
        if (key.type === 'public') throw new Error('expected a secret key')
        const token = await createJwsSigner(key, { typ: 'JWT' })(text)
        const peer = await compactVerify(token, joseKey)
        expect(new TextDecoder().decode(peer.payload)).toBe(text)
        const verify = createJwsVerifier({ algorithms: ['HS256'], findKey: () => key })
        const theirs = await new CompactSign(new TextEncoder().encode(text))
          .setProtectedHeader({ alg: 'HS256' })
          .sign(joseKey)
        const { payload } = await verify(theirs)
        expect(JSON.stringify(payload)).toBe(text)
      }),
      { numRuns: 50 },
    )
  })

  // covers ASVS-11.2.5
  it('never throws anything but InvalidTokenError, whatever it is given', async () => {
    const verify = createJwsVerifier({ algorithms: ['HS256'], findKey: () => key })
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string({ unit: 'binary' })), token => {
        expect(() => verify(token)).toThrow(InvalidTokenError)
      }),
    )
  })
})
