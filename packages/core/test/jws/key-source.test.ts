import { beforeAll, describe, expect, it } from 'vitest'
import { backend } from '../../src/crypto/node.js'
import { ConfigError, InvalidTokenError, StoreError } from '../../src/errors.js'
import type { JsonObject } from '../../src/json.js'
import { importSigningKey } from '../../src/jws/import-key.js'
import { toKeySource } from '../../src/jws/key-source.js'
import { createJwsSigner } from '../../src/jws/sign.js'
import { SECRET } from './tokens.js'

let ec: JsonObject
let rsa: JsonObject

beforeAll(async () => {
  ec = (await backend.generateKey('ES256')).publicJwk ?? {}
  rsa = (await backend.generateKey('RS256')).publicJwk ?? {}
})

describe('one key', () => {
  it('is imported once for a JWK, as long as it is asked about in the same way', async () => {
    const find = async (jwk: JsonObject, ...algorithms: readonly ('ES256' | 'ES384')[]) =>
      (await toKeySource(jwk, algorithms)).findKey({ alg: 'ES256' })
    const first = await find(ec, 'ES256')
    expect(await find(ec, 'ES256')).toBe(first)
    expect(await find(ec, 'ES256', 'ES384')).toBe(first)
    expect(await find({ ...ec }, 'ES256')).not.toBe(first)
  })

  it('is bound to the algorithms that the caller accepts', async () => {
    const source = await toKeySource(rsa, ['RS256', 'ES256'])
    expect(await source.findKey({ alg: 'RS256' })).toMatchObject({ algorithm: 'RS256' })
    for (const alg of ['PS256', 'ES256'] as const) {
      expect(() => source.findKey({ alg })).toThrow(
        expect.objectContaining({ name: 'InvalidTokenError', code: 'token_algorithm_not_allowed' }),
      )
    }
  })

  it('that fits none of the algorithms is no mistake of the developer: the token chose badly', async () => {
    const source = await toKeySource(ec, ['RS256'])
    expect(() => source.findKey({ alg: 'RS256' })).toThrow(InvalidTokenError)
  })

  it('that is too short for one of the algorithms serves the others', async () => {
    const source = await toKeySource(crypto.getRandomValues(new Uint8Array(32)), ['HS256', 'HS512'])
    expect(await source.findKey({ alg: 'HS256' })).toMatchObject({ algorithm: 'HS256' })
    expect(() => source.findKey({ alg: 'HS512' })).toThrow(InvalidTokenError)
  })

  it.each([
    ['text', 'text is no key here; import PEM text with importKey first', ''],
    [{ keys: {} }, 'must be an array of JWKs', 'keys'],
    [{ verify: 7, algorithm: 'HS256' }, 'is no key: expected a JWK, PEM text or bytes', ''],
    [{ findKey: 7 }, 'is no key: expected a JWK, PEM text or bytes', ''],
  ])('is not %j', async (key, message, path) => {
    await expect(toKeySource(key, ['HS256'])).rejects.toMatchObject({
      name: 'ConfigError',
      problems: [{ path, message }],
    })
  })
})

describe('a function that finds keys', () => {
  const errorOf = async (answer: unknown) => {
    const source = await toKeySource(() => answer, ['HS256'])
    return Promise.resolve(source.findKey({ alg: 'HS256' })).then(
      key => ({ key }),
      (error: unknown) => error,
    )
  }

  it.each([undefined, null])('says with %s that there is none', async answer => {
    expect(await errorOf(answer)).toEqual({ key: undefined })
  })

  it.each([
    [() => SECRET, 'a function that returns a function is no key'],
    ['text', 'text is no key here; import PEM text with importKey first'],
    [{}, 'is no key: expected a JWK, PEM text or bytes'],
    [new Uint8Array(31), 'has 31 bytes; this algorithm needs at least 32'],
  ])('refuses the token when it answers with %o, and tells the developer why', async (answer, message) => {
    const error = await errorOf(answer)
    expect(error).toBeInstanceOf(InvalidTokenError)
    expect(error).toMatchObject({ code: 'token_key_unknown', cause: { problems: [{ path: '', message }] } })
    expect(Object(error).cause).toBeInstanceOf(ConfigError)
  })

  it('that fails tells the developer why, and the caller nothing', async () => {
    const cause = new TypeError('connection reset')
    const error = await errorOf(Promise.reject(cause))
    expect(error).toBeInstanceOf(StoreError)
    expect(error).toMatchObject({ code: 'jwk_set_unavailable', cause })
    expect(Object(error).message).not.toContain('reset')
  })
})

it('bytes are signed as they stand, text as UTF-8', async () => {
  const key = await importSigningKey(SECRET, { algorithm: 'HS256' })
  const sign = createJwsSigner(key)
  const payloadOf = async (payload: string | Uint8Array) => String(await sign(payload)).split('.')[1]
  expect(await payloadOf(Uint8Array.of(0, 255))).toBe('AP8')
  expect(await payloadOf('é')).toBe('w6k')
})
