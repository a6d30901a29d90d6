import { describe, expect, it } from 'vitest'
import { findSecretProblem } from '../../src/jws/hmac-secret.js'
import { SECRET } from './tokens.js'

const text = (content: string) => new TextEncoder().encode(content)
const random = (length: number) => SECRET.slice(0, length)

/** An ASN.1 sequence that holds an inner tag and noise, with its length in the form asked for. */
function der(inner: number, length: number, form: 'short' | 'long' | 'longer' = 'short'): Uint8Array {
  const head = { short: [length], long: [0x81, length], longer: [0x82, 0, length] }[form]
  return Uint8Array.from([0x30, ...head, inner, ...random(length - 1)])
}

describe('bytes that look like DER', () => {
  it.each([
    ['an integer first', der(0x02, 60)],
    ['a sequence first', der(0x30, 60)],
    ['a length in one more byte', der(0x02, 60, 'long')],
    ['a length in two more bytes', der(0x30, 60, 'longer')],
  ])('are the text of a key, with %s', (_, bytes) => {
    expect(findSecretProblem(bytes, 32)).toContain('text of another key')
  })

  it.each([
    ['another tag', Uint8Array.from([0x31, ...der(0x02, 60).subarray(1)])],
    ['another inner tag', der(0x04, 60)],
    ['a length that is too short', der(0x02, 60).subarray(0, -1)],
    ['a length that is too long', Uint8Array.from([...der(0x02, 60), 7])],
    ['the length of nothing', Uint8Array.from([0x30, 0x80, 0x02, ...random(40)])],
  ])('are noise with %s', (_, bytes) => {
    expect(findSecretProblem(bytes, 32)).toBeUndefined()
  })
})

describe('keys as base64', () => {
  it('are found with either alphabet, with padding and lines', () => {
    const bytes = Uint8Array.from([0x30, 62, 0x02, 0xfb, 0xff, 0xbf, ...random(58)])
    const encoded = Buffer.from(bytes)
    for (const form of [
      encoded.toString('base64'),
      encoded.toString('base64url'),
      encoded.toString('base64').replace(/.{16}/g, '$&\r\n\t '),
    ]) {
      expect(findSecretProblem(text(form), 32)).toContain('text of another key')
    }
  })

  it('of 12 bytes are long enough to be one', () => {
    const shortest = Buffer.from(der(0x02, 10)).toString('base64')
    expect(shortest).toHaveLength(16)
    expect(findSecretProblem(text(shortest), 16)).toContain('text of another key')
    const shorter = Buffer.from(der(0x02, 7)).toString('base64')
    expect(shorter).toHaveLength(12)
    expect(findSecretProblem(text(shorter), 8)).not.toContain('text of another key')
  })

  it('are no text that another character ends, or of a length that no bytes have', () => {
    const encoded = Buffer.from(der(0x02, 61)).toString('base64')
    for (const form of [`${encoded}!`, `!${encoded}`, `${encoded.slice(0, -3)}`]) {
      expect(findSecretProblem(text(form), 32)).toBeUndefined()
    }
  })
})

describe('what can be guessed', () => {
  const problemOf = (bytes: Uint8Array) => findSecretProblem(bytes, 32) ?? 'none'
  const repeated = (bytes: Uint8Array) =>
    Uint8Array.from({ length: 64 }, (_, index) => bytes[index % bytes.length] ?? 0)

  it.each([1, 2, 5, 15, 16])('is a pattern of %i bytes', period => {
    expect(
      problemOf(repeated(Uint8Array.from({ length: period }, (_, index) => (index * index * 7) & 255))),
    ).toContain('guessed')
  })

  it('is no pattern of 17 bytes', () => {
    expect(
      problemOf(repeated(Uint8Array.from({ length: 17 }, (_, index) => (index * index * 7) & 255))),
    ).toBe('none')
  })

  it('is four different bytes, or steps, in any order, and not five', () => {
    const order = [
      0, 1, 1, 2, 3, 0, 2, 2, 1, 3, 0, 0, 3, 1, 0, 2, 3, 3, 2, 0, 1, 3, 1, 0, 2, 1, 0, 3, 2, 2, 0, 1, 1, 3,
    ]
    const values = [3, 90, 140, 201, 250]
    const four = Uint8Array.from(order, index => values[index] ?? 0)
    const five = Uint8Array.from([...four, 250])
    expect(problemOf(four)).toContain('guessed')
    expect(problemOf(five)).toBe('none')
    const walk = (steps: Uint8Array) => {
      let at = 0
      return Uint8Array.from(steps, step => {
        at = (at + step) & 255
        return at
      })
    }
    expect(problemOf(walk(four))).toContain('guessed')
    expect(problemOf(walk(five))).toBe('none')
  })

  it('is told after what is worse: text of a key, then a published secret, then the length', () => {
    expect(findSecretProblem(der(0x02, 10), 32)).toContain('text of another key')
    expect(findSecretProblem(text('secret'), 32)).toContain('documentation')
    expect(findSecretProblem(new Uint8Array(31), 32)).toBe('has 31 bytes; this algorithm needs at least 32')
    expect(findSecretProblem(new Uint8Array(32), 32)).toContain('guessed')
    expect(findSecretProblem(random(32), 32)).toBeUndefined()
  })
})

describe('text of keys', () => {
  it.each([
    '----BEGIN X',
    '-----BEGIN X',
    '-----BEGIN PRIVATE KEY-----',
    '---- BEGIN SSH2 PUBLIC KEY ----',
    '{"kty":',
    '{ "kty" : "oct"',
    '{"keys"\n:',
    'ssh-rsa AAAA',
    ' ssh-dss AAAA',
    'ssh-ed25519 AAAA',
    'ecdsa-sha2-nistp521 AAAA',
    'sk-ssh-ed25519@openssh.com AAAA',
    'sk-ecdsa-sha2-nistp256@openssh.com AAAA',
    'options ssh-rsa AAAA',
    'PuTTY-User-Key-File-2',
  ])('begins with %s', start => {
    expect(findSecretProblem(text(`${start}${'x9Kq'.repeat(12)}`), 32)).toContain('text of another key')
  })

  it.each([
    '---BEGIN ',
    '-----BEGINX',
    "{'kty':",
    '"kty";',
    '"ktys":',
    'xssh-rsa AAAA',
    'ssh-rsa BAAA',
    'ssh-rsaAAAA',
    'ssh-x AAAA',
    'ecdsa-sha2-nistp AAAA',
    'sk-x AAAA',
    'PuTTY-Key',
  ])('does not begin with %s', start => {
    expect(findSecretProblem(text(`${start}${'x9Kq7!Zp2'.repeat(6)}aB3$`), 32)).toBeUndefined()
  })
})

it.each([
  'secret',
  'your-256-bit-secret',
  'your-384-bit-secret',
  'your-512-bit-secret',
  'a-string-secret-at-least-256-bits-long',
  'a-valid-string-secret-that-is-at-least-384-bits-long',
  'a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long',
  'qwertyuiopasdfghjklzxcvbnm123456',
  'cc7e0d44fd473002f1c42167459001140ec6389b7353f8088f4d9a95f2f596f2',
  'thisisasecretkeythatshouldbechanged',
  'this-is-a-secret-key-that-should-be-changed',
  'my-32-character-ultra-secure-and-ultra-long-secret',
  'my-super-secret-key-that-is-at-least-32-characters-long',
  'super-secret-jwt-token-with-at-least-32-characters-long',
  'your-super-secret-jwt-token-with-at-least-32-characters-long',
])('the published secret %s is known, in any case and with space around it', secret => {
  for (const form of [secret, secret.toUpperCase(), ` ${secret}\n`]) {
    expect(findSecretProblem(text(form), 1)).toContain('documentation')
  }
})
