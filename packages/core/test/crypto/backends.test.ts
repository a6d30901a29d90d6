import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backend as node } from '../../src/crypto/node.js'
import { backend as web } from '../../src/crypto/web.js'

const bytes = fc.uint8Array({ maxLength: 200 })
const content = fc.oneof(bytes, fc.string({ unit: 'grapheme' }))
const hex = (value: Uint8Array | undefined) => value && Buffer.from(value).toString('hex')

describe('both backends agree', () => {
  it('on SHA-256 (FIPS 180-4, example "abc")', () => {
    for (const { sha256 } of [node, web]) {
      expect(hex(sha256('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    }
    fc.assert(
      fc.property(content, value => {
        expect(node.sha256(value)).toEqual(web.sha256(value))
      }),
    )
  })

  it('on HMAC-SHA-256 (RFC 4231 section 4.3)', () => {
    const key = new TextEncoder().encode('Jefe')
    for (const { createMac } of [node, web]) {
      expect(hex(createMac(key).compute('what do ya want for nothing?'))).toBe(
        '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
      )
    }
    fc.assert(
      fc.property(bytes, content, (key, value) => {
        const [mac, other] = [node.createMac(key), web.createMac(key)]
        const tag = mac.compute(value)
        expect(tag).toEqual(other.compute(value))
        // the memory that a key keeps holds nothing of what came before
        expect(mac.compute(value)).toEqual(tag)
        for (const { isTagOf } of [mac, other]) {
          expect(isTagOf(node.encodeBase64url(tag), value)).toBe(true)
          expect(isTagOf(node.encodeBase64url(tag.slice(1)), value)).toBe(false)
          expect(isTagOf(`${node.encodeBase64url(tag)}=`, value)).toBe(false)
        }
      }),
    )
  })

  it('on HKDF-SHA-256 (RFC 5869 appendix A.3)', () => {
    for (const { deriveKey } of [node, web]) {
      expect(hex(deriveKey(new Uint8Array(22).fill(0x0b), '', 42))).toBe(
        '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
      )
    }
    expect(node.deriveKey(new Uint8Array(32), 'label', 64)).toEqual(
      web.deriveKey(new Uint8Array(32), 'label', 64),
    )
  })

  it('on comparing', () => {
    for (const { equalBytes } of [node, web]) {
      expect(equalBytes(new Uint8Array([1, 2]), new Uint8Array([1, 2]))).toBe(true)
      expect(equalBytes(new Uint8Array([1, 2]), new Uint8Array([1, 3]))).toBe(false)
      expect(equalBytes(new Uint8Array([1, 2]), new Uint8Array([1, 2, 0]))).toBe(false)
      expect(equalBytes(new Uint8Array(), new Uint8Array())).toBe(true)
    }
  })

  it('on sealing, which either can open, and neither after any change', async () => {
    const key = new Uint8Array(32).fill(1)
    const iv = new Uint8Array(12).fill(2)
    await fc.assert(
      fc.asyncProperty(bytes, fc.nat(), async (plaintext, position) => {
        const sealed = await node.seal(key, iv, plaintext, 'kid')
        expect(await web.seal(key, iv, plaintext, 'kid')).toEqual(sealed)
        const changed = sealed.slice()
        const index = position % sealed.length
        changed[index] = (changed[index] ?? 0) ^ 1
        for (const { open } of [node, web]) {
          expect(await open(key, iv, sealed, 'kid')).toEqual(plaintext)
          expect(await open(key, iv, sealed, 'other')).toBeUndefined()
          expect(await open(key, iv, changed, 'kid')).toBeUndefined()
          expect(await open(key, iv, sealed.subarray(0, 15), 'kid')).toBeUndefined()
        }
      }),
      { numRuns: 30 },
    )
  })
})

describe('base64url', () => {
  it('is what Buffer writes', () => {
    fc.assert(
      fc.property(bytes, value => {
        const text = Buffer.from(value).toString('base64url')
        for (const { encodeBase64url, decodeBase64url } of [node, web]) {
          expect(encodeBase64url(value)).toBe(text)
          expect(decodeBase64url(text)).toEqual(value)
        }
      }),
    )
  })

  it('is decoded exactly when encoding again gives the same text', () => {
    const texts = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'ABCDwxyz0189-_'), maxLength: 12 }),
      fc.string({ unit: fc.constantFrom(...'AQgw-_+/= \n\u0000éĀ'), maxLength: 6 }),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(texts, text => {
        const decoded = node.decodeBase64url(text)
        expect(web.decodeBase64url(text)).toEqual(decoded)
        const isStrict = Buffer.from(text, 'base64url').toString('base64url') === text
        expect(decoded !== undefined).toBe(isStrict)
        if (decoded !== undefined) expect(web.encodeBase64url(decoded)).toBe(text)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('a backend asked for what checked material never asks', () => {
  it.each([node, web])(
    '$name binds no secret to a key pair algorithm, and no key pair to HMAC',
    async backend => {
      const secret = { type: 'secret', bytes: new Uint8Array(32) } as const
      const { publicJwk = {}, privateJwk } = await backend.generateKey('ES256')
      const bind = [
        async () => backend.createVerificationKey(secret, 'RS256'),
        async () => backend.createSigningKey(secret, 'EdDSA'),
        async () => backend.createVerificationKey({ type: 'public', jwk: publicJwk }, 'HS256'),
        async () => backend.createSigningKey({ type: 'private', jwk: privateJwk }, 'HS256'),
      ]
      for (const attempt of bind) await expect(attempt()).rejects.toThrow()
    },
  )
})
