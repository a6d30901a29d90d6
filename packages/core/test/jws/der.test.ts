import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { wrapPkcs1PrivateKey, wrapPkcs1PublicKey, wrapSec1PrivateKey } from '../../src/jws/der.js'

const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 })
const CURVES = [
  ['ES256', 'P-256'],
  ['ES384', 'P-384'],
  ['ES512', 'P-521'],
] as const

function derOf(key: KeyObject, type: 'spki' | 'pkcs1' | 'pkcs8' | 'sec1'): Uint8Array {
  return new Uint8Array(key.export({ type: type as 'pkcs8', format: 'der' }))
}

describe('keys in their old forms', () => {
  it('of RSA become what the runtime writes, byte for byte', () => {
    expect(wrapPkcs1PublicKey(derOf(rsa.publicKey, 'pkcs1'))).toEqual(derOf(rsa.publicKey, 'spki'))
    expect(wrapPkcs1PrivateKey(derOf(rsa.privateKey, 'pkcs1'))).toEqual(derOf(rsa.privateKey, 'pkcs8'))
  })

  it('write lengths of one, two and three bytes', () => {
    for (const length of [105, 106, 107, 108, 109, 110, 127, 128, 255, 256, 65_535, 65_536]) {
      const inner = new Uint8Array(length)
      const outer = wrapPkcs1PrivateKey(inner)
      expect(sizeOf(outer)).toBe(outer.length)
      const extra = [127, 255, 65_535].filter(limit => length > limit).length
      const octets = outer.subarray(outer.length - length - 2 - extra)
      expect(octets[0]).toBe(4)
      expect(sizeOf(octets)).toBe(octets.length)
    }
  })

  it.each(CURVES)('of %s become keys of %s', (algorithm, namedCurve) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
    const wrapped = wrapSec1PrivateKey(derOf(privateKey, 'sec1'), algorithm)
    if (wrapped === undefined) throw new Error('expected the key to fit')
    const read = createPrivateKey({ key: Buffer.from(wrapped), format: 'der', type: 'pkcs8' })
    expect(derOf(createPublicKey(read), 'spki')).toEqual(derOf(publicKey, 'spki'))
  })

  it.each(CURVES)('are no keys of another algorithm than %s', (algorithm, namedCurve) => {
    const der = derOf(generateKeyPairSync('ec', { namedCurve }).privateKey, 'sec1')
    for (const other of ['ES256', 'ES384', 'ES512', 'RS256', 'HS256', 'EdDSA'] as const) {
      if (other !== algorithm) expect(wrapSec1PrivateKey(der, other)).toBeUndefined()
    }
    expect(wrapSec1PrivateKey(new Uint8Array(), algorithm)).toBeUndefined()
  })
})

/** The size of a DER value by its own length, header included. */
function sizeOf(der: Uint8Array): number {
  const first = der[1] ?? 0
  if (first < 0x80) return 2 + first
  const count = first & 0x7f
  // the shortest form is the only one
  expect(der[2]).not.toBe(0)
  let length = 0
  for (const byte of der.subarray(2, 2 + count)) length = length * 256 + byte
  expect(length).toBeGreaterThan(127)
  return 2 + count + length
}
