import { describe, expect, it } from 'vitest'
import { findHotpCounter, findTotpStep, toKeyUri } from '../../src/otp/one-time-passwords.js'
import rfc4226 from '../vectors/rfc4226-appendix-d.json' with { type: 'json' }
import rfc6238 from '../vectors/rfc6238-appendix-b.json' with { type: 'json' }

const bytes = (text: string) => new TextEncoder().encode(text)
const ALGORITHMS = { SHA1: 'SHA1', SHA256: 'SHA256', SHA512: 'SHA512' } as const

describe('RFC 4226, appendix D', () => {
  const parameters = { method: 'hotp', algorithm: 'SHA1', digits: 6, periodSeconds: 0 } as const
  const secret = bytes(rfc4226.secretText)

  it.each(rfc4226.codes.map((code, counter) => [counter, code] as const))(
    'counter %i: %s',
    (counter, code) => {
      expect(findHotpCounter(code, secret, parameters, counter)).toBe(counter)
      expect(findHotpCounter(code, secret, parameters, 0)).toBe(counter)
      expect(findHotpCounter(code, secret, parameters, counter + 1)).toBeUndefined()
    },
  )

  it('looks ten ahead and not further', () => {
    const codes = (counter: number) => findHotpCounter('520489', secret, parameters, counter)
    expect(codes(0)).toBe(9)
    expect(findHotpCounter('403154', secret, parameters, 0)).toBe(10)
    expect(findHotpCounter('481090', secret, parameters, 0)).toBeUndefined()
    expect(findHotpCounter('481090', secret, parameters, 1)).toBe(11)
  })
})

describe('RFC 6238, appendix B', () => {
  it.each(rfc6238.vectors)('$algorithm at $seconds: $code', ({ algorithm, secretText, seconds, code }) => {
    const known = Object.values(ALGORITHMS).find(name => name === algorithm) ?? 'SHA1'
    const parameters = { method: 'totp', algorithm: known, digits: 8, periodSeconds: 30 } as const
    const step = Math.floor(seconds / 30)
    const find = (now: number) => findTotpStep(code, bytes(secretText), parameters, now * 1000)
    expect(find(seconds)).toBe(step)
    // one step to either side, and no more
    expect([find((step - 1) * 30), find((step + 1) * 30 + 29)]).toEqual([step, step])
    expect([find((step - 2) * 30 + 29), find((step + 2) * 30)]).toEqual([undefined, undefined])
  })
})

describe('the key URI', () => {
  it('carries everything that an app needs', () => {
    const label = { issuerName: 'Example Shop', accountName: 'ada@example.com' }
    const totp = { method: 'totp', algorithm: 'SHA1', digits: 6, periodSeconds: 30 } as const
    expect(toKeyUri(bytes('12345678901234567890'), totp, label)).toEqual({
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      uri: 'otpauth://totp/Example%20Shop:ada%40example.com?issuer=Example%20Shop&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30',
    })
    const hotp = { ...totp, method: 'hotp' } as const
    expect(toKeyUri(bytes('12345678901234567890'), hotp, label).uri).toMatch(
      /^otpauth:\/\/hotp\/.*&counter=0$/,
    )
  })
})
