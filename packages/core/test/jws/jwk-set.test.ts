import { beforeAll, describe, expect, it } from 'vitest'
import { backend } from '../../src/crypto/node.js'
import type { JsonObject } from '../../src/json.js'
import { ALGORITHMS, isAlgorithm, profileOf } from '../../src/jws/algorithms.js'
import { createJwkSetSource } from '../../src/jws/jwk-set.js'
import { algorithmsOf, usesOf } from '../../src/jws/key-material.js'
import { SECRET } from './tokens.js'

let privateJwk: JsonObject
let publicJwk: JsonObject
const oct: JsonObject = { kty: 'oct', k: Buffer.from(SECRET).toString('base64url') }

beforeAll(async () => {
  const pair = await backend.generateKey('ES256')
  privateJwk = pair.privateJwk
  publicJwk = pair.publicJwk ?? {}
})

describe('the algorithms of a JWK', () => {
  it.each([
    [{ kty: 'oct' }, ['HS256', 'HS384', 'HS512']],
    [{ kty: 'RSA' }, ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
    [{ kty: 'RSA', alg: 'PS384' }, ['PS384']],
    [{ kty: 'RSA', alg: 'ES256' }, []],
    [{ kty: 'EC', crv: 'P-256' }, ['ES256']],
    [{ kty: 'EC', crv: 'P-384' }, ['ES384']],
    [{ kty: 'EC', crv: 'P-521' }, ['ES512']],
    [{ kty: 'EC', crv: 'secp256k1' }, []],
    [{ kty: 'EC' }, []],
    [{ kty: 'OKP', crv: 'Ed25519' }, ['EdDSA', 'Ed25519']],
    [{ kty: 'OKP', crv: 'Ed25519', alg: 'Ed25519' }, ['Ed25519']],
    [{ kty: 'OKP', crv: 'X25519' }, []],
    [{ kty: 'AKP' }, []],
    [{}, []],
  ])('%j are %j', (jwk, algorithms) => {
    expect(algorithmsOf(jwk)).toEqual(algorithms)
  })

  it.each([
    ['HS256', { scheme: 'hmac', keyType: 'oct', hash: 'sha256', hashLength: 32 }],
    ['HS384', { scheme: 'hmac', keyType: 'oct', hash: 'sha384', hashLength: 48 }],
    ['HS512', { scheme: 'hmac', keyType: 'oct', hash: 'sha512', hashLength: 64 }],
    ['RS256', { scheme: 'rsa-pkcs1', keyType: 'RSA', hash: 'sha256', hashLength: 32 }],
    ['RS384', { scheme: 'rsa-pkcs1', keyType: 'RSA', hash: 'sha384', hashLength: 48 }],
    ['RS512', { scheme: 'rsa-pkcs1', keyType: 'RSA', hash: 'sha512', hashLength: 64 }],
    ['PS256', { scheme: 'rsa-pss', keyType: 'RSA', hash: 'sha256', hashLength: 32 }],
    ['PS384', { scheme: 'rsa-pss', keyType: 'RSA', hash: 'sha384', hashLength: 48 }],
    ['PS512', { scheme: 'rsa-pss', keyType: 'RSA', hash: 'sha512', hashLength: 64 }],
    ['ES256', { scheme: 'ecdsa', keyType: 'EC', curve: 'P-256', hash: 'sha256', coordinateLength: 32 }],
    ['ES384', { scheme: 'ecdsa', keyType: 'EC', curve: 'P-384', hash: 'sha384', coordinateLength: 48 }],
    ['ES512', { scheme: 'ecdsa', keyType: 'EC', curve: 'P-521', hash: 'sha512', coordinateLength: 66 }],
    ['EdDSA', { scheme: 'eddsa', keyType: 'OKP', curve: 'Ed25519' }],
    ['Ed25519', { scheme: 'eddsa', keyType: 'OKP', curve: 'Ed25519' }],
  ] as const)('%s is made of what RFC 7518 and RFC 8037 say', (name, profile) => {
    expect(profileOf(name)).toEqual(profile)
  })

  it('are named exactly', () => {
    for (const name of [...ALGORITHMS]) expect(isAlgorithm(name)).toBe(true)
    for (const name of ['none', 'hs256', '', 'toString', undefined, null, 7, ['HS256'], {}]) {
      expect(isAlgorithm(name)).toBe(false)
    }
    expect(ALGORITHMS.every(name => Object.isFrozen(profileOf(name)))).toBe(true)
  })

  it('are used as key_ops says, or for all where it says nothing', () => {
    expect(usesOf({})).toEqual({ sign: true, verify: true })
    expect(usesOf({ key_ops: ['sign'] })).toEqual({ sign: true, verify: false })
    expect(usesOf({ key_ops: ['verify'] })).toEqual({ sign: false, verify: true })
    expect(usesOf({ key_ops: [] })).toEqual({ sign: false, verify: false })
  })
})

describe('a set', () => {
  const find = (keys: readonly unknown[], options = {}) => createJwkSetSource(keys, options)

  it('has secrets and private keys where they are at hand, and not where it was fetched', async () => {
    const header = { alg: 'ES256' } as const
    expect(await find([privateJwk]).findKey(header)).toMatchObject({ type: 'private' })
    expect(await find([privateJwk], { publicOnly: true }).findKey(header)).toBeUndefined()
    expect(await find([publicJwk], { publicOnly: true }).findKey(header)).toMatchObject({ type: 'public' })
    expect(await find([oct]).findKey({ alg: 'HS256' })).toMatchObject({ type: 'secret' })
    expect(await find([oct], { publicOnly: true }).findKey({ alg: 'HS256' })).toBeUndefined()
  })

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])(
    'that was fetched has no key with the private member %s, whatever its value',
    async name => {
      const header = { alg: 'ES256' } as const
      const jwk = { ...publicJwk, [name]: null }
      expect(await find([jwk], { publicOnly: true }).findKey(header)).toBeUndefined()
      expect(await find([publicJwk, jwk], { publicOnly: true }).findKey(header)).toBeDefined()
    },
  )

  it('has a key for an algorithm only where the JWK allows it', async () => {
    const source = find([
      { ...publicJwk, alg: 'ES256' },
      { ...publicJwk, alg: 'ES384', kid: 'other' },
    ])
    expect(await source.findKey({ alg: 'ES256' })).toMatchObject({ algorithm: 'ES256' })
    expect(await source.findKey({ alg: 'ES384' })).toBeUndefined()
    expect(await source.findKey({ alg: 'RS256' })).toBeUndefined()
  })
})
