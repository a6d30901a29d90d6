import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { ConfigError, InvalidTokenError } from '../../src/errors.js'
import {
  createRemoteJwkSet,
  type ImportedKey,
  importKey,
  type Jwk,
  signJwt,
  type VerificationKeyInput,
  type VerifyJwtOptions,
  verifyJwt,
} from '../../src/jwt.js'
import { SECRET, signText } from '../jws/tokens.js'

const NOW = 1_700_000_000
const ISSUER = 'https://issuer.example'
const AUDIENCE = 'https://api.example'
const CLAIMS = { iss: ISSUER, aud: AUDIENCE, sub: 'user', iat: NOW, exp: NOW + 900 }
const OPTIONS: VerifyJwtOptions = {
  issuer: ISSUER,
  audience: AUDIENCE,
  algorithms: ['HS256'],
  clock: () => NOW * 1000,
}
let key: ImportedKey

beforeAll(async () => {
  key = await importKey(SECRET, { algorithm: 'HS256', kid: 'a' })
})

async function codeOf(
  payload: object | string,
  options: Partial<Record<keyof VerifyJwtOptions, unknown>> = {},
  header: object = { alg: 'HS256' },
): Promise<string> {
  // options that a type checker would refuse are part of the test
  const given = { ...OPTIONS, ...options } as VerifyJwtOptions
  return resultOf(verifyJwt(signText(header, payload), key, given))
}

async function resultOf(verification: Promise<unknown>): Promise<string> {
  try {
    await verification
    return 'accepted'
  } catch (error) {
    if (error instanceof InvalidTokenError || error instanceof ConfigError) return error.code
    throw error
  }
}

describe('claims', () => {
  it('accepts a token that fulfils all, and returns it frozen', async () => {
    const result = await verifyJwt(signText({ alg: 'HS256', typ: 'JWT' }, CLAIMS), key, OPTIONS)
    expect(result).toEqual({ header: { alg: 'HS256', typ: 'JWT' }, payload: CLAIMS })
    expect([result, result.header, result.payload].every(Object.isFrozen)).toBe(true)
  })

  it.each<[string, object, string]>([
    ['no iss', { iss: undefined }, 'token_claim_missing'],
    ['another iss', { iss: 'https://other.example' }, 'token_issuer_mismatch'],
    ['iss with a slash more', { iss: `${ISSUER}/` }, 'token_issuer_mismatch'],
    ['iss as an array', { iss: [ISSUER] }, 'token_claim_invalid'],
    ['iss null', { iss: null }, 'token_claim_invalid'],
    ['no aud', { aud: undefined }, 'token_claim_missing'],
    ['another aud', { aud: 'x' }, 'token_audience_mismatch'],
    ['an empty list of aud', { aud: [] }, 'token_audience_mismatch'],
    ['aud that contains ours', { aud: `${AUDIENCE} x` }, 'token_audience_mismatch'],
    ['aud with a number', { aud: [AUDIENCE, 1] }, 'token_claim_invalid'],
    ['aud as an object', { aud: { 0: AUDIENCE } }, 'token_claim_invalid'],
    ['aud null', { aud: null }, 'token_claim_invalid'],
    ['no exp', { exp: undefined }, 'token_claim_missing'],
    ['exp null', { exp: null }, 'token_claim_invalid'],
    ['exp as text', { exp: `${NOW + 900}` }, 'token_claim_invalid'],
    ['exp true', { exp: true }, 'token_claim_invalid'],
    ['exp out of range', { exp: 1e30 }, 'token_claim_invalid'],
    ['exp in milliseconds, which is in range', { exp: NOW * 1000 }, 'accepted'],
    ['exp in the past', { exp: NOW - 1 }, 'token_expired'],
    ['exp now', { exp: NOW }, 'token_expired'],
    ['exp in a moment', { exp: NOW + 0.001 }, 'accepted'],
    ['a negative exp', { exp: -1 }, 'token_expired'],
    ['nbf now', { nbf: NOW }, 'accepted'],
    ['nbf in the future', { nbf: NOW + 1 }, 'token_not_yet_valid'],
    ['nbf as text', { nbf: '0' }, 'token_claim_invalid'],
    ['nbf far below', { nbf: -1e30 }, 'token_claim_invalid'],
    ['iat in the future', { iat: NOW + 1 }, 'token_not_yet_valid'],
    ['iat as an array', { iat: [NOW] }, 'token_claim_invalid'],
    ['no iat', { iat: undefined }, 'accepted'],
    ['sub as a number', { sub: 1 }, 'token_claim_invalid'],
    ['jti as a number', { jti: 1 }, 'token_claim_invalid'],
    ['several aud', { aud: ['x', AUDIENCE] }, 'accepted'],
  ])('%s: %o', async (_, change, code) => {
    expect(await codeOf({ ...CLAIMS, ...change })).toBe(code)
  })

  it('refuses exp that overflows', async () => {
    expect(await codeOf(JSON.stringify(CLAIMS).replace(`${NOW + 900}`, '1e999'))).toBe('token_malformed')
  })

  it('knows several issuers and audiences', async () => {
    const options = { issuer: ['x', ISSUER], audience: ['y', AUDIENCE] }
    expect(await codeOf(CLAIMS, options)).toBe('accepted')
    expect(await codeOf({ ...CLAIMS, iss: 'y' }, options)).toBe('token_issuer_mismatch')
  })

  it('leaves a claim unchecked only when that is said, and its type never', async () => {
    const options = { issuer: null, audience: null, requireExpiration: false }
    expect(await codeOf({}, options)).toBe('accepted')
    expect(await codeOf({ iss: 1 }, options)).toBe('token_claim_invalid')
    expect(await codeOf({ aud: 1 }, options)).toBe('token_claim_invalid')
    expect(await codeOf({ exp: NOW }, options)).toBe('token_expired')
    expect(await codeOf({ exp: null }, options)).toBe('token_claim_invalid')
  })

  it('gives the clocks as much room as is asked for, in every direction', async () => {
    const options = { clockToleranceSeconds: 5 }
    expect(await codeOf({ ...CLAIMS, exp: NOW - 4 }, options)).toBe('accepted')
    expect(await codeOf({ ...CLAIMS, exp: NOW - 5 }, options)).toBe('token_expired')
    expect(await codeOf({ ...CLAIMS, nbf: NOW + 5, iat: NOW + 5 }, options)).toBe('accepted')
    expect(await codeOf({ ...CLAIMS, nbf: NOW + 6 }, options)).toBe('token_not_yet_valid')
    expect(await codeOf({ ...CLAIMS, iat: NOW + 6 }, options)).toBe('token_not_yet_valid')
  })

  it('asks the clock of the runtime when there is no other', async () => {
    const seconds = Math.floor(Date.now() / 1000)
    expect(await codeOf({ ...CLAIMS, iat: seconds, exp: seconds + 60 }, { clock: undefined })).toBe(
      'accepted',
    )
    expect(await codeOf(CLAIMS, { clock: undefined })).toBe('token_expired')
  })
})

describe('typ', () => {
  it.each<[unknown, string | undefined, string]>([
    ['at+jwt', 'at+jwt', 'accepted'],
    ['AT+JWT', 'at+jwt', 'accepted'],
    ['application/at+jwt', 'at+jwt', 'accepted'],
    ['Application/At+Jwt', 'at+jwt', 'accepted'],
    ['at+jwt', 'application/at+jwt', 'accepted'],
    ['application/a/b', 'a/b', 'token_type_invalid'],
    ['text/at+jwt', 'at+jwt', 'token_type_invalid'],
    ['at+jwt ', 'at+jwt', 'token_type_invalid'],
    ['JWT', 'at+jwt', 'token_type_invalid'],
    [undefined, 'at+jwt', 'token_type_invalid'],
    [undefined, undefined, 'accepted'],
    ['anything', undefined, 'accepted'],
  ])('%s where %s is asked for: %s', async (typ, expected, code) => {
    expect(await codeOf(CLAIMS, { typ: expected }, { alg: 'HS256', typ })).toBe(code)
  })
})

describe('options', () => {
  it.each<Partial<Record<keyof VerifyJwtOptions, unknown>>>([
    { issuer: undefined },
    { issuer: '' },
    { issuer: [] },
    { issuer: [''] },
    { issuer: [null] },
    { issuer: /x/ },
    { audience: undefined },
    { audience: [] },
    { audience: 7 },
    { algorithms: undefined },
    { algorithms: [] },
    { algorithms: ['none'] },
    { clock: 7 },
    { clock: () => Number.NaN },
    { clock: () => undefined },
    { clock: () => Number.POSITIVE_INFINITY },
    { clockToleranceSeconds: -1 },
    { clockToleranceSeconds: Number.POSITIVE_INFINITY },
    { clockToleranceSeconds: Number.NaN },
    { clockToleranceSeconds: '5' },
    { typ: '' },
    { typ: 7 },
    { requireExpiration: 'no' },
    { requireExpiration: null },
    { maxLength: 0 },
    { maxLength: Number.NaN },
    { maxLength: Number.POSITIVE_INFINITY },
    { maxLength: '16384' },
  ])('%o is a mistake of the developer', async options => {
    expect(await codeOf(CLAIMS, options)).toBe('config_invalid')
  })

  it.each([undefined, null, 'HS256'])('so are options %o', async options => {
    const given = options as unknown as VerifyJwtOptions
    await expect(verifyJwt(signText({ alg: 'HS256' }, CLAIMS), key, given)).rejects.toBeInstanceOf(
      ConfigError,
    )
  })
})

describe('kinds of keys', () => {
  const oct = { kty: 'oct', k: Buffer.from(SECRET).toString('base64url') }
  let rsa: Jwk
  let rsaPrivate: ImportedKey
  let otherRsa: Jwk

  beforeAll(async () => {
    const pair = await generateKeyPair('RS256', { extractable: true })
    rsa = await toJwk(pair.publicKey)
    rsaPrivate = await importKey(await toJwk(pair.privateKey), { algorithm: 'RS256', kid: 'r1' })
    otherRsa = await toJwk((await generateKeyPair('RS256', { extractable: true })).publicKey)
  })

  async function toJwk(cryptoKey: Parameters<typeof exportJWK>[0]): Promise<Jwk> {
    const { kty = '', ...members } = await exportJWK(cryptoKey)
    return { kty, ...members } as Jwk
  }

  async function run(token: unknown, given: unknown, algorithms: string[] = ['RS256']): Promise<string> {
    const options = { ...OPTIONS, algorithms } as VerifyJwtOptions
    return resultOf(verifyJwt(token, given as VerificationKeyInput, options))
  }

  it('a JWK is bound to the algorithm of the token only where the caller accepts that', async () => {
    const token = await signJwt(CLAIMS, rsaPrivate)
    expect(await run(token, rsa)).toBe('accepted')
    expect(await run(token, rsa, ['PS256', 'RS256'])).toBe('accepted')
    expect(await run(token, rsa, ['PS256'])).toBe('token_algorithm_not_allowed')
    expect(await run(token, { ...rsa, alg: 'PS256' }, ['PS256', 'RS256'])).toBe('token_algorithm_not_allowed')
    expect(await run(token, { ...rsa, alg: 'RS256' }, ['PS256', 'RS256'])).toBe('accepted')
    expect(await run(token, otherRsa)).toBe('token_signature_invalid')
  })

  // covers ASVS-9.1.2, RFC8725-3.1
  it('a public key never becomes a secret', async () => {
    const { createPublicKey } = await import('node:crypto')
    const publicKey = createPublicKey({ key: { ...rsa }, format: 'jwk' })
    const pem = new TextEncoder().encode(publicKey.export({ type: 'spki', format: 'pem' }).toString())
    const { createHmac } = await import('node:crypto')
    const input = (await signJwt(CLAIMS, key)).split('.').slice(0, 2).join('.')
    for (const secret of [pem, new TextEncoder().encode(JSON.stringify(rsa))]) {
      const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
      expect(await run(token, rsa, ['HS256', 'RS256'])).toBe('token_algorithm_not_allowed')
      expect(await run(token, await importKey(rsa, { algorithm: 'RS256' }), ['HS256', 'RS256'])).toBe(
        'token_algorithm_not_allowed',
      )
      expect(await run(token, { keys: [rsa] }, ['HS256', 'RS256'])).toBe('token_key_unknown')
      expect(await run(token, secret, ['HS256'])).toBe('key_invalid')
      expect(await run(token, () => secret, ['HS256'])).toBe('token_key_unknown')
    }
  })

  it('bytes are an HMAC secret, checked like every other', async () => {
    const token = signText({ alg: 'HS256' }, CLAIMS)
    expect(await run(token, SECRET, ['HS256', 'HS512'])).toBe('accepted')
    expect(await run(token, SECRET, ['HS512'])).toBe('token_algorithm_not_allowed')
    expect(await run(token, SECRET.slice(0, 31), ['HS256'])).toBe('key_invalid')
    expect(await run(token, SECRET, ['RS256'])).toBe('token_algorithm_not_allowed')
  })

  it.each([
    undefined,
    null,
    '',
    'secret',
    7,
    true,
    {},
    [],
    new Map(),
    { keys: {} },
    { kty: 'oct', k: '' },
    { kty: 'RSA' },
  ])('the key %o is a mistake of the developer', async given => {
    expect(await run(signText({ alg: 'HS256' }, CLAIMS), given, ['HS256', 'RS256'])).toBe('key_invalid')
  })

  it('a JWK that fails is looked at again the next time', async () => {
    const jwk = { kty: 'oct', k: 'AAAA' }
    const token = signText({ alg: 'HS256' }, CLAIMS)
    expect(await run(token, jwk, ['HS256'])).toBe('key_invalid')
    jwk.k = oct.k
    expect(await run(token, jwk, ['HS256'])).toBe('accepted')
  })

  it('a JWK is imported once', async () => {
    let reads = 0
    const jwk = {
      kty: 'oct',
      get k() {
        reads++
        return oct.k
      },
    }
    const token = signText({ alg: 'HS256' }, CLAIMS)
    expect(await run(token, jwk, ['HS256'])).toBe('accepted')
    const before = reads
    const { k } = jwk
    expect(k).toBe(oct.k)
    expect(await run(token, jwk, ['HS256'])).toBe('accepted')
    expect(reads - before).toBeLessThanOrEqual(2)
  })

  describe('in a set', () => {
    it('are chosen by kid and algorithm', async () => {
      const token = await signJwt(CLAIMS, rsaPrivate)
      const named = { ...rsa, kid: 'r1' }
      expect(await run(token, { keys: [{ ...otherRsa, kid: 'r2' }, named] })).toBe('accepted')
      expect(await run(token, { keys: [{ ...otherRsa, kid: 'r1', alg: 'PS256' }, named] })).toBe('accepted')
      expect(await run(token, { keys: [{ ...otherRsa, kid: 'r1', use: 'enc' }, named] })).toBe('accepted')
      expect(await run(token, { keys: [null, 7, { kty: 'AKP', kid: 'r1' }, named] })).toBe('accepted')
      expect(await run(token, { keys: [{ ...otherRsa, kid: 'r1' }, named] })).toBe('token_key_unknown')
      expect(await run(token, { keys: [{ ...otherRsa, kid: 'r1' }] })).toBe('token_signature_invalid')
      expect(await run(token, { keys: [rsa] })).toBe('token_key_unknown')
      expect(await run(token, { keys: [] })).toBe('token_key_unknown')
    })

    it('are found without kid only when exactly one fits', async () => {
      const unnamed = signText({ alg: 'HS256' }, CLAIMS)
      expect(await run(unnamed, { keys: [{ ...oct, kid: 'a' }, rsa] }, ['HS256', 'RS256'])).toBe('accepted')
      expect(await run(unnamed, { keys: [oct, { ...oct, kid: 'b' }] }, ['HS256'])).toBe('token_key_unknown')
    })

    it('are imported once per set', async () => {
      const set = { keys: [{ ...oct, kid: 'a' }] }
      const token = signText({ alg: 'HS256', kid: 'a' }, CLAIMS)
      expect(await run(token, set, ['HS256'])).toBe('accepted')
      set.keys.length = 0
      expect(await run(token, set, ['HS256'])).toBe('accepted')
    })
  })

  describe('from a function', () => {
    const token = signText({ alg: 'HS256', kid: 'a' }, CLAIMS)

    it('may be of any kind, at once or later, and are asked for with the header', async () => {
      for (const found of [key, oct, SECRET, { keys: [{ ...oct, kid: 'a' }] }, { findKey: () => key }]) {
        expect(
          await run(token, (header: { kid?: string }) => (header.kid === 'a' ? found : undefined), ['HS256']),
        ).toBe('accepted')
        expect(await run(token, async () => found, ['HS256'])).toBe('accepted')
      }
    })

    it.each([
      undefined,
      null,
      '',
      'secret',
      0,
      false,
      {},
      [],
      new Uint8Array(),
      new Uint8Array(32),
      { kty: 'oct', k: '' },
      () => SECRET,
    ])('%o refuses the token and is no server error', async found => {
      expect(await run(token, () => found, ['HS256'])).toBe('token_key_unknown')
      expect(await run(token, async () => found, ['HS256'])).toBe('token_key_unknown')
    })

    it('is checked against the algorithm like every other', async () => {
      expect(await run(token, () => rsa, ['HS256', 'RS256'])).toBe('token_algorithm_not_allowed')
      expect(await run(token, () => rsaPrivate, ['HS256', 'RS256'])).toBe('token_algorithm_not_allowed')
    })

    it('that fails is an outage, not a verdict', async () => {
      const fail = () => {
        throw new Error('database away')
      }
      for (const find of [fail, async () => fail()]) {
        await expect(verifyJwt(token, find, OPTIONS)).rejects.toMatchObject({ code: 'jwk_set_unavailable' })
      }
      const refuse = () => {
        throw new InvalidTokenError('token_revoked')
      }
      await expect(verifyJwt(token, refuse, OPTIONS)).rejects.toMatchObject({ code: 'token_revoked' })
    })

    it('is not asked about malformed tokens', async () => {
      const never = () => {
        throw new Error('asked')
      }
      for (const bad of [undefined, 'a.b.c', `${token}=`, signText({ alg: 'none' }, {})]) {
        await expect(verifyJwt(bad, never, OPTIONS)).rejects.toBeInstanceOf(InvalidTokenError)
      }
    })
  })

  it('a key source may be an instance of a class', async () => {
    class Source {
      readonly #key = key
      findKey() {
        return this.#key
      }
    }
    expect(await run(signText({ alg: 'HS256' }, CLAIMS), new Source(), ['HS256'])).toBe('accepted')
  })

  it('a remote set is a key like the others', async () => {
    const remote = createRemoteJwkSet({
      url: 'https://issuer.example/jwks.json',
      fetch: async () => new Response(JSON.stringify({ keys: [{ ...rsa, kid: 'r1' }] })),
    })
    expect(await run(await signJwt(CLAIMS, rsaPrivate), remote)).toBe('accepted')
  })
})

describe('jose', () => {
  const algorithms = [
    'RS256',
    'RS512',
    'PS256',
    'PS512',
    'ES256',
    'ES384',
    'ES512',
    'EdDSA',
    'Ed25519',
  ] as const

  it.each(algorithms)('%s: signs what we verify, verifies what we sign', async algorithm => {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
    const jwk = { ...(await exportJWK(privateKey)), alg: algorithm, kid: 'k' } as Jwk
    const options = { ...OPTIONS, algorithms: [algorithm] }
    const theirs = await new SignJWT(CLAIMS).setProtectedHeader({ alg: algorithm, kid: 'k' }).sign(privateKey)
    expect((await verifyJwt(theirs, jwk, options)).payload).toEqual(CLAIMS)
    const ours = await signJwt(CLAIMS, jwk)
    const peer = await jwtVerify(ours, publicKey, {
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: 'JWT',
      currentDate: new Date(NOW * 1000),
    })
    expect(peer.payload).toEqual(CLAIMS)
    expect(peer.protectedHeader).toEqual({ alg: algorithm, typ: 'JWT', kid: 'k' })
  })
})
