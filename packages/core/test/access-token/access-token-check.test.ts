import { beforeAll, describe, expect, it } from 'vitest'
import {
  type AccessTokenCheckOptions,
  createAccessTokenCheck,
} from '../../src/access-token/access-token-check.js'
import { createVerifiedTokenCache, type VerifiedToken } from '../../src/access-token/verified-token-cache.js'
import { importSigningKey } from '../../src/jws/import-key.js'
import { createJwsSigner } from '../../src/jws/sign.js'
import type { ImportedSigningKey, VerificationKey } from '../../src/jws/types.js'
import { AUDIENCE, holdClock, ISSUER, START } from '../fixtures.js'

const second = Math.floor(START / 1000)
const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'user-1', iat: second, exp: second + 600, jti: 'token-1' }
let signer: ImportedSigningKey

beforeAll(async () => {
  const secret = crypto.getRandomValues(new Uint8Array(32))
  signer = await importSigningKey(secret, { algorithm: 'HS256', kid: 'key-1' })
})

async function sign(payload: object, typ?: string): Promise<string> {
  return createJwsSigner(signer, typ === undefined ? {} : { typ })(JSON.stringify(payload))
}

/** A check that counts how often a signature is verified. */
function observe(options: Partial<AccessTokenCheckOptions> = {}) {
  const clock = holdClock()
  const verified: string[] = []
  const key: VerificationKey = {
    ...signer,
    verify(signingInput, signature) {
      verified.push(signingInput)
      return signer.verify(signingInput, signature)
    },
  }
  const ring = { key }
  const check = createAccessTokenCheck({
    issuer: [ISSUER],
    audience: [AUDIENCE],
    algorithms: ['HS256'],
    types: ['at+jwt'],
    maxLength: 4096,
    cacheSize: 2,
    clock,
    clockToleranceSeconds: 0,
    findKey: () => ring.key,
    isRevoked: async () => false,
    ...options,
  })
  return { check, clock, verified, ring, key }
}

describe('remembered tokens', () => {
  it('have their signature verified once, and everything else every time', async () => {
    const { check, clock, verified } = observe()
    const token = await sign(claims, 'at+jwt')
    const first = await check(token)
    expect(await check(token)).toBe(first)
    await expect(check(token, { audience: 'https://other.example' })).rejects.toMatchObject({
      code: 'token_audience_mismatch',
    })
    expect(verified).toHaveLength(1)
    clock.advance(600)
    await expect(check(token)).rejects.toMatchObject({ code: 'token_expired' })
    expect(verified).toHaveLength(1)
  })

  it('are forgotten in the order in which they were seen first', async () => {
    const { check, verified } = observe()
    const tokens = await Promise.all(['a', 'b', 'c'].map(jti => sign({ ...claims, jti }, 'at+jwt')))
    for (const token of [...tokens, tokens[2], tokens[1], tokens[0]]) await check(token)
    expect(verified).toHaveLength(4)
  })

  it('are none where the size is zero', async () => {
    const { check, verified } = observe({ cacheSize: 0 })
    const token = await sign(claims, 'at+jwt')
    await check(token)
    await check(token)
    expect(verified).toHaveLength(2)
  })

  it('count only under the very same key', async () => {
    const { check, verified, ring, key } = observe()
    const token = await sign(claims, 'at+jwt')
    await check(token)
    ring.key = { ...key }
    await check(token)
    expect(verified).toHaveLength(2)
    const withdrawn = observe({ findKey: () => undefined })
    await expect(withdrawn.check(token)).rejects.toMatchObject({ code: 'token_key_unknown' })
  })

  it('are no tokens that were refused', async () => {
    const { check, verified } = observe()
    const token = await sign(claims, 'JWT')
    for (let repeat = 1; repeat <= 2; repeat++) {
      await expect(check(token)).rejects.toMatchObject({ code: 'token_type_invalid' })
      expect(verified).toHaveLength(repeat)
    }
  })

  it('are at most as many as the cache may hold', () => {
    const cache = createVerifiedTokenCache(1)
    const verified = {} as VerifiedToken
    cache.remember('a', verified)
    expect(cache.find('a')).toBe(verified)
    cache.remember('b', verified)
    expect(cache.find('a')).toBeUndefined()
    expect(cache.find('b')).toBe(verified)
    const none = createVerifiedTokenCache(0)
    none.remember('a', verified)
    expect(none.find('a')).toBeUndefined()
  })
})

describe('the type', () => {
  it('must be there', async () => {
    const { check } = observe()
    await expect(check(await sign(claims))).rejects.toMatchObject({ code: 'token_type_invalid' })
  })

  it('is a media type: application/ counts only in front', async () => {
    const { check } = observe()
    for (const typ of ['at+application/jwt', 'x-application/at+jwt', 'application/application/at+jwt']) {
      await expect(check(await sign(claims, typ))).rejects.toMatchObject({ code: 'token_type_invalid' })
    }
  })
})

describe('instants', () => {
  it('of a token that is not valid yet are allowed the tolerance and no more', async () => {
    const { check, clock } = observe({ clockToleranceSeconds: 10 })
    const token = await sign({ ...claims, nbf: second + 20 }, 'at+jwt')
    clock.advanceMs(10_000 - 251)
    await expect(check(token)).rejects.toMatchObject({ code: 'token_not_yet_valid' })
    clock.advanceMs(1)
    await expect(check(token)).resolves.toBeDefined()
  })

  it('of a login are allowed the tolerance and no more', async () => {
    const { check, clock } = observe({ clockToleranceSeconds: 10 })
    const token = await sign({ ...claims, auth_time: second }, 'at+jwt')
    clock.advanceMs(40_000 - 250)
    await expect(check(token, { maxAgeSeconds: 30 })).resolves.toBeDefined()
    clock.advanceMs(1)
    await expect(check(token, { maxAgeSeconds: 30 })).rejects.toMatchObject({
      code: 'authentication_too_old',
    })
    const silent = await sign(claims, 'at+jwt')
    await expect(check(silent, { maxAgeSeconds: Number.POSITIVE_INFINITY })).rejects.toMatchObject({
      code: 'authentication_too_old',
    })
  })

  it('of issuing may be a minute ahead, or the tolerance where that is more', async () => {
    const ahead = async (seconds: number, clockToleranceSeconds: number) =>
      observe({ clockToleranceSeconds }).check(await sign({ ...claims, iat: second + seconds }, 'at+jwt'))
    await expect(ahead(60, 0)).resolves.toBeDefined()
    await expect(ahead(61, 0)).rejects.toMatchObject({ code: 'token_not_yet_valid' })
    await expect(ahead(90, 90)).resolves.toBeDefined()
    await expect(ahead(91, 90)).rejects.toMatchObject({ code: 'token_not_yet_valid' })
  })
})

describe('what a caller demands', () => {
  it('is one audience or several', async () => {
    const { check } = observe()
    const token = await sign({ ...claims, aud: ['a', 'bc'] }, 'at+jwt')
    await expect(check(token, { audience: 'a' })).resolves.toBeDefined()
    await expect(check(token, { audience: ['x', 'bc'] })).resolves.toBeDefined()
    // a part of the name is not the name
    await expect(check(token, { audience: 'abc' })).rejects.toMatchObject({ code: 'token_audience_mismatch' })
  })

  it('is that each key of a bound token is proved, and no other', async () => {
    const { check } = observe()
    const [jkt, x5t] = ['A'.repeat(43), 'B'.repeat(43)]
    const one = await sign({ ...claims, cnf: { jkt } }, 'at+jwt')
    const two = await sign({ ...claims, cnf: { jkt, 'x5t#S256': x5t } }, 'at+jwt')
    await expect(check(one, { confirmation: { jkt, 'x5t#S256': x5t } })).resolves.toBeDefined()
    await expect(check(two, { confirmation: { jkt, 'x5t#S256': x5t } })).resolves.toBeDefined()
    for (const confirmation of [{ jkt }, { 'x5t#S256': x5t }, { jkt: x5t, 'x5t#S256': jkt }]) {
      await expect(check(two, { confirmation })).rejects.toMatchObject({ code: 'token_binding_mismatch' })
    }
  })
})

describe('a schema of the claims', () => {
  it('that fails is no verdict about the token', async () => {
    const broken = {
      '~standard': { version: 1, vendor: 'x', validate: () => Promise.reject(new TypeError('bug')) },
    }
    const { check } = observe({ claims: broken as never })
    await expect(check(await sign(claims, 'at+jwt'))).rejects.toThrow(TypeError)
  })
})
