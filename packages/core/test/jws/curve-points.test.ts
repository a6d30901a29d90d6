import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isEcdsaSignature, isEcPoint, isEd25519Point, toInteger } from '../../src/jws/curve-points.js'

/** Curves by the numbers of SEC 2, written another way than in the source. */
const CURVES = [
  {
    curve: 'P-256',
    length: 32,
    p: BigInt('0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff'),
    n: BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'),
  },
  {
    curve: 'P-384',
    length: 48,
    p: BigInt(`0x${'f'.repeat(63)}effffffff0000000000000000ffffffff`),
    n: BigInt(`0x${'f'.repeat(48)}c7634d81f4372ddf581a0db248b0a77aecec196accc52973`),
  },
  {
    curve: 'P-521',
    length: 66,
    p: BigInt(`0x1${'f'.repeat(130)}`),
    n: BigInt(`0x1${'f'.repeat(64)}fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`),
  },
] as const

function bytesOf(value: bigint, length: number): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex'))
}

describe.each(CURVES)('$curve', ({ curve, length, p, n }) => {
  const pair = generateKeyPairSync('ec', { namedCurve: curve })
  const jwk = pair.publicKey.export({ format: 'jwk' })
  const [x, y] = [jwk.x, jwk.y].map(text => toInteger(Buffer.from(String(text), 'base64url')))
  if (x === undefined || y === undefined) throw new Error('a public key has two coordinates')
  const isPoint = (left: bigint, right: bigint) =>
    isEcPoint(curve, bytesOf(left, length + 1), bytesOf(right, length + 1))

  it('has the points of its equation, and their negatives', () => {
    expect(isPoint(x, y)).toBe(true)
    expect(isPoint(x, p - y)).toBe(true)
    expect(isPoint(x, y ^ 1n)).toBe(false)
    expect(isPoint(x ^ 1n, y)).toBe(false)
    expect(isPoint(y, x)).toBe(false)
    expect(isPoint(0n, 0n)).toBe(false)
  })

  it('has no point with a coordinate beyond the field, although the equation holds for it', () => {
    expect(isPoint(x + p, y)).toBe(false)
    expect(isPoint(x, y + p)).toBe(false)
    expect(isPoint(x + p, y + p)).toBe(false)
  })

  it('has signatures with r and s from 1 to below its order', () => {
    const isSignature = (r: bigint, s: bigint) =>
      isEcdsaSignature(curve, Buffer.concat([bytesOf(r, length), bytesOf(s, length)]))
    const good = [1n, 2n, n - 1n]
    const bad = [0n, n, n + 1n, 2n ** BigInt(8 * length) - 1n]
    for (const one of good) {
      for (const other of good) expect(isSignature(one, other)).toBe(true)
      for (const other of bad) {
        expect(isSignature(one, other)).toBe(false)
        expect(isSignature(other, one)).toBe(false)
      }
    }
    const made = sign('sha256', Buffer.from('a'), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' })
    expect(isEcdsaSignature(curve, made)).toBe(true)
  })
})

describe('a coordinate equal to the prime', () => {
  it('is no coordinate, where zero is one', () => {
    // on P-256 x = 0 is a point; its y is a root of b
    const y = 0x66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4n
    const [{ p }] = CURVES
    expect(isEcPoint('P-256', bytesOf(0n, 32), bytesOf(y, 32))).toBe(true)
    expect(isEcPoint('P-256', bytesOf(p, 32), bytesOf(y, 32))).toBe(false)
    expect(isEcPoint('P-256', bytesOf(0n, 32), bytesOf(p, 32))).toBe(false)
  })
})

describe('Ed25519', () => {
  const prime = 2n ** 255n - 19n
  const encode = (y: bigint, sign = 0n) => bytesOf(y | (sign << 255n), 32).toReversed()

  it('has the public keys that a runtime makes', () => {
    for (let repeat = 0; repeat < 20; repeat++) {
      const { x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
      const bytes = new Uint8Array(Buffer.from(String(x), 'base64url'))
      expect(isEd25519Point(bytes)).toBe(true)
      expect(
        isEd25519Point(Uint8Array.from(bytes, (byte, index) => (index === 31 ? byte ^ 128 : byte))),
      ).toBe(true)
    }
  })

  it('has its base point, and not what is off the curve', () => {
    const base = 46316835694926478169428394003475163141307993866256225615783033603165251855960n
    expect(isEd25519Point(encode(base))).toBe(true)
    expect(isEd25519Point(encode(2n))).toBe(false)
  })

  it.each([0n, 1n])('has no point of small order, with the sign %i', sign => {
    const eight = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n
    for (const y of [0n, 1n, prime - 1n, eight, prime - eight]) {
      expect(isEd25519Point(encode(y, sign))).toBe(false)
    }
  })

  it('has one encoding of each point', () => {
    for (let y = prime; y < 2n ** 255n; y++) expect(isEd25519Point(encode(y))).toBe(false)
  })
})

describe('bytes as an integer', () => {
  it('are big-endian, and nothing is zero', () => {
    expect(toInteger(new Uint8Array())).toBe(0n)
    expect(toInteger(Uint8Array.of(1, 0, 255))).toBe(65_791n)
  })
})
