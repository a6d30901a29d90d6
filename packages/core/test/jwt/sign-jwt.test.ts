import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { backend } from '../../src/crypto/node.js'
import { ConfigError, InvalidRequestError } from '../../src/errors.js'
import { type ImportedKey, importKey, type SignJwtOptions, signJwt, verifyJwt } from '../../src/jwt.js'
import { SECRET } from '../jws/tokens.js'

const UNCHECKED = {
  issuer: null,
  audience: null,
  requireExpiration: false,
  algorithms: ['HS256'],
  clock: () => 9e15,
} as const
let key: ImportedKey

beforeAll(async () => {
  key = await importKey(SECRET, { algorithm: 'HS256', kid: 'a' })
})

function partsOf(token: string): readonly string[] {
  return token.split('.').map(part => Buffer.from(part, 'base64url').toString())
}

it('writes a canonical header and the payload as given', async () => {
  const [header, payload] = partsOf(await signJwt({ sub: 'user', left: undefined, n: [1, null] }, key))
  expect(header).toBe('{"alg":"HS256","typ":"JWT","kid":"a"}')
  expect(payload).toBe('{"sub":"user","n":[1,null]}')
})

it('takes typ and further members, never those of the key', async () => {
  const [header] = partsOf(await signJwt({}, key, { typ: 'at+jwt', header: { x: [1] } }))
  expect(header).toBe('{"alg":"HS256","typ":"at+jwt","kid":"a","x":[1]}')
})

it.each(['alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c', 'zip', 'enc'])(
  'refuses %s among the further members',
  async name => {
    await expect(signJwt({}, key, { header: { [name]: 'none' } })).rejects.toBeInstanceOf(ConfigError)
  },
)

it.each([
  { typ: '' },
  { typ: 7 },
  { header: 'x' },
  { header: [] },
  { header: { x: 1n } },
  { header: null },
  { algorithm: 'none' },
  { algorithm: 'HS512' },
  { maxLength: -1 },
])('refuses the options %o', async options => {
  await expect(signJwt({}, key, options as unknown as SignJwtOptions)).rejects.toThrow(
    expect.toSatisfy(error => error instanceof ConfigError || error instanceof InvalidRequestError),
  )
})

describe('payload', () => {
  let deep: object = {}
  for (let level = 1; level < 33; level++) deep = { deep }
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle

  it.each<[string, unknown]>([
    ['no object', undefined],
    ['null', null],
    ['text', '{}'],
    ['an array', []],
    ['a date', new Date()],
    ['a Map', new Map()],
    ['bytes', new Uint8Array(3)],
    ['NaN', { a: Number.NaN }],
    ['Infinity', { a: [Number.POSITIVE_INFINITY] }],
    ['a big integer', { a: 1n }],
    ['a function', { a: () => 1 }],
    ['a symbol', { a: Symbol('a') }],
    ['a date inside', { a: new Date() }],
    ['an instance inside', { a: [new (class Claim {})()] }],
    ['a boxed string', { a: new String('x') }],
    ['undefined in an array', { a: [undefined] }],
    ['a hole in an array', { a: new Array(1) }],
    ['a lone surrogate', { a: '\ud800' }],
    ['a lone surrogate as a name', { '\udc00': 1 }],
    ['33 levels', deep],
    ['a cycle', cycle],
    ['iss as a number', { iss: 1 }],
    ['aud with a number', { aud: [1] }],
    ['exp as a date in text', { exp: '2030-01-01' }],
    ['exp beyond all dates', { exp: 1e30 }],
    ['iat null', { iat: null }],
    ['too much for a verifier', { a: 'x'.repeat(16_384) }],
  ])('refuses %s', async (_, payload) => {
    const signing = signJwt(payload as Record<string, unknown>, key)
    await expect(signing).rejects.toBeInstanceOf(InvalidRequestError)
    await expect(signing).rejects.toMatchObject({ code: 'claims_invalid' })
  })

  it('may be longer where the verifier agrees', async () => {
    const token = await signJwt({ a: 'x'.repeat(16_384) }, key, { maxLength: 30_000 })
    expect(await verifyJwt(token, key, { ...UNCHECKED, maxLength: 30_000 })).toBeDefined()
  })

  it('holds __proto__ as a name like any other, and asks no toJSON', async () => {
    const payload = JSON.parse('{"__proto__":{"a":1}}')
    expect(partsOf(await signJwt(payload, key))[1]).toBe('{"__proto__":{"a":1}}')
    await expect(signJwt({ toJSON: () => ({ sub: 'other' }) }, key)).rejects.toBeInstanceOf(
      InvalidRequestError,
    )
    expect(partsOf(await signJwt(Object.assign(Object.create(null), { a: 1 }), key))[1]).toBe('{"a":1}')
  })

  it('comes back unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' })),
        async claims => {
          fc.pre(!['iss', 'sub', 'jti', 'aud', 'exp', 'nbf', 'iat'].some(name => Object.hasOwn(claims, name)))
          const { payload } = await verifyJwt(await signJwt(claims, key), key, UNCHECKED)
          expect(JSON.stringify(payload)).toBe(JSON.stringify(claims))
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('key', () => {
  it('may be a JWK that names its algorithm, or one named in the options', async () => {
    const { privateJwk, publicJwk } = await backend.generateKey('ES256')
    expect(partsOf(await signJwt({}, { ...privateJwk, alg: 'ES256' }))[0]).toBe('{"alg":"ES256","typ":"JWT"}')
    const token = await signJwt({}, privateJwk, { algorithm: 'ES256' })
    const options = { ...UNCHECKED, algorithms: ['ES256'] } as const
    expect(await verifyJwt(token, publicJwk ?? {}, options)).toBeDefined()
    await expect(signJwt({}, privateJwk)).rejects.toBeInstanceOf(ConfigError)
    await expect(signJwt({}, publicJwk ?? {}, { algorithm: 'ES256' })).rejects.toBeInstanceOf(ConfigError)
  })

  it('may be one that signs elsewhere', async () => {
    const remote = { algorithm: 'HS256', kid: 'kms', sign: async () => new Uint8Array(32) } as const
    expect(partsOf(await signJwt({}, remote))[0]).toBe('{"alg":"HS256","typ":"JWT","kid":"kms"}')
  })

  it.each([undefined, null, 'secret', SECRET, {}, { algorithm: 'none', sign: () => SECRET }])(
    'refuses %o',
    async other => {
      await expect(signJwt({}, other as unknown as ImportedKey)).rejects.toBeInstanceOf(ConfigError)
    },
  )

  it('refuses a public key', async () => {
    const { publicJwk } = await backend.generateKey('EdDSA')
    const imported = await importKey(publicJwk ?? {}, { algorithm: 'EdDSA' })
    await expect(signJwt({}, imported)).rejects.toMatchObject({ code: 'key_invalid' })
  })
})
