import { createHmac, timingSafeEqual, verify } from 'node:crypto'
import type { BenchKey } from '../setup/tokens.js'

/**
 * The least that verifying a token can cost: the signature check of node:crypto, decoding, and `JSON.parse` of the
 * payload. Nothing else is checked, so nobody should use it.
 */
export function createFloor(key: BenchKey): (token: string) => unknown {
  const check = createRawCheck(key)
  return token => {
    const second = token.lastIndexOf('.')
    const first = token.indexOf('.')
    const signature = Buffer.from(token.slice(second + 1), 'base64url')
    if (!check(token.slice(0, second), signature)) throw new Error('The signature is wrong.')
    return JSON.parse(Buffer.from(token.slice(first + 1, second), 'base64url').toString())
  }
}

function createRawCheck(key: BenchKey): (input: string, signature: Buffer) => boolean {
  const { publicKey } = key
  switch (key.algorithm) {
    case 'HS256':
      return (input, signature) =>
        timingSafeEqual(createHmac('sha256', publicKey).update(input).digest(), signature)
    case 'RS256':
      return (input, signature) => verify('sha256', Buffer.from(input, 'latin1'), publicKey, signature)
    case 'ES256': {
      const settings = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const
      return (input, signature) => verify('sha256', Buffer.from(input, 'latin1'), settings, signature)
    }
    case 'EdDSA':
      return (input, signature) => verify(null, Buffer.from(input, 'latin1'), publicKey, signature)
  }
}
