import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthError } from '../../src/errors.js'
import { createAccessTokenVerifier } from '../../src/index.js'
import type { VerificationKey } from '../../src/jws/types.js'
import { importKey, verifyJwt } from '../../src/jwt.js'
import { createDice } from '../differential/dice.js'
import { encodePart, SECRET, signText } from './tokens.js'

// What a token may cost, as counts of work: times would depend on the machine.

const NOW = 1_800_000_000
const HEADER = { alg: 'HS256', typ: 'at+jwt' }
const OPTIONS = {
  issuer: 'https://issuer.example.com',
  audience: 'https://api.example.com',
  algorithms: ['HS256' as const],
  clock: () => NOW * 1000,
}
const MEGABYTE = 2 ** 20

/** A key that counts how often it is asked. */
async function createCountingKey() {
  const key = await importKey(SECRET, { algorithm: 'HS256' })
  const verify = vi.fn(key.verify)
  const counting: VerificationKey = { algorithm: 'HS256', verify }
  return { key: counting, verify, findKey: vi.fn(() => counting) }
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'accepted'
  } catch (error) {
    expect(error).toBeInstanceOf(AuthError)
    return error instanceof AuthError ? error.code : 'other'
  }
}

function claimsOf(tokenId: string): object {
  const { issuer: iss, audience: aud } = OPTIONS
  return { iss, aud, sub: 'user-1', jti: tokenId, iat: NOW, exp: NOW + 900 }
}

/** Text of the given length at most, nested as deep as it can be. */
const nested = (opening: string, levels: number) => `{"a":${opening.repeat(levels)}`

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a token of 1 MB, nested 110,000 deep', () => {
  const inPayload = ['[', '{"a":'].map(opening => signText(HEADER, nested(opening, 110_000)))
  const inHeader = ['[', '{"a":'].map(opening =>
    signText(`{"alg":"HS256","a":${nested(opening, 110_000)}`, {}),
  )
  const tokens = [...inPayload, ...inHeader]

  it('is refused by its length before anything is read', async () => {
    const { findKey } = await createCountingKey()
    const verifier = createAccessTokenVerifier({ ...OPTIONS, keys: [(await createCountingKey()).key] })
    const parse = vi.spyOn(JSON, 'parse')
    const decode = vi.spyOn(Buffer, 'from')
    for (const token of tokens) {
      expect(await codeOf(verifyJwt(token, findKey, OPTIONS))).toBe('token_too_long')
      expect(await codeOf(verifier.verify(token))).toBe('token_too_long')
    }
    expect(parse).not.toHaveBeenCalled()
    expect(decode).not.toHaveBeenCalled()
    expect(findKey).not.toHaveBeenCalled()
  })

  it('is refused without recursion where the cap is raised, and is never given to JSON.parse', async () => {
    const { key } = await createCountingKey()
    const options = { ...OPTIONS, maxLength: MEGABYTE }
    const verifier = createAccessTokenVerifier({ ...options, keys: [key] })
    const parse = vi.spyOn(JSON, 'parse')
    for (const token of tokens) {
      expect(await codeOf(verifyJwt(token, key, options))).toBe('token_malformed')
      expect(await codeOf(verifier.verify(token))).toBe('token_malformed')
    }
    for (const [text] of parse.mock.calls) expect(text.length).toBeLessThan(100)
  })

  it('is not read at all when its signature is wrong', async () => {
    const { key, verify } = await createCountingKey()
    const parse = vi.spyOn(JSON, 'parse')
    const [token = ''] = inPayload
    const forged = `${token.slice(0, token.lastIndexOf('.'))}.${encodePart(new Uint8Array(32))}`
    expect(await codeOf(verifyJwt(forged, key, { ...OPTIONS, maxLength: MEGABYTE }))).toBe(
      'token_signature_invalid',
    )
    expect(parse).toHaveBeenCalledTimes(1)
    expect(verify).toHaveBeenCalledTimes(1)
  })
})

describe('one token', () => {
  it('costs at most one search for a key, one check of a signature and two readings of JSON', async () => {
    const { findKey, verify } = await createCountingKey()
    const genuine = signText(HEADER, claimsOf('a'))
    const dice = createDice(5)
    const parse = vi.spyOn(JSON, 'parse')
    for (let count = 0; count < 1000; count++) {
      const at = dice.roll(genuine.length)
      const token = genuine.slice(0, at) + dice.pick([...'Aa-_.=']) + genuine.slice(at + dice.roll(3))
      for (const spy of [findKey, verify, parse]) spy.mockClear()
      await codeOf(verifyJwt(token, findKey, OPTIONS))
      expect(findKey.mock.calls.length).toBeLessThanOrEqual(1)
      expect(verify.mock.calls.length).toBeLessThanOrEqual(findKey.mock.calls.length)
      // JSON with escapes or white space before colons is also read string by string
      const whole = parse.mock.calls.filter(([text]) => text.startsWith('{'))
      expect(whole.length).toBeLessThanOrEqual(1 + verify.mock.calls.length)
    }
  })
})

describe('what is remembered', () => {
  it('is as many verified tokens as was said, the oldest forgotten first', async () => {
    const { key, verify } = await createCountingKey()
    const verifier = createAccessTokenVerifier({ ...OPTIONS, keys: [key], cacheSize: 10 })
    const tokens = Array.from({ length: 30 }, (_, index) => signText(HEADER, claimsOf(`token-${index}`)))
    for (const token of tokens) await verifier.verify(token)
    expect(verify).toHaveBeenCalledTimes(30)
    for (const token of tokens.slice(-10)) await verifier.verify(token)
    expect(verify).toHaveBeenCalledTimes(30)
    await verifier.verify(tokens[0] ?? '')
    expect(verify).toHaveBeenCalledTimes(31)
  })

  it('is nothing of a token that is refused, so nobody can push others out', async () => {
    const { key, verify } = await createCountingKey()
    const verifier = createAccessTokenVerifier({ ...OPTIONS, keys: [key], cacheSize: 1 })
    const genuine = signText(HEADER, claimsOf('a'))
    await verifier.verify(genuine)
    const before = verify.mock.calls.length
    const noType = signText({ alg: 'HS256' }, claimsOf('a'))
    const noSubject = signText(HEADER, { ...claimsOf('a'), sub: undefined })
    const forgeries = Array.from({ length: 100 }, (_, index) =>
      genuine.replace(/[^.]*$/, encodePart(new Uint8Array(32).fill(index))),
    )
    for (const token of [...forgeries, noType, noSubject]) {
      expect(await codeOf(verifier.verify(token))).not.toBe('accepted')
      expect(await codeOf(verifier.verify(token))).not.toBe('accepted')
    }
    expect(verify.mock.calls.length - before).toBe(2 * (forgeries.length + 2))
    await verifier.verify(genuine)
    expect(verify.mock.calls.length - before).toBe(2 * (forgeries.length + 2))
  })
})
