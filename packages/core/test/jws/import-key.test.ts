import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { backend as nodeBackend } from '../../src/crypto/node.js'
import { backend as webBackend } from '../../src/crypto/web.js'
import { ConfigError } from '../../src/errors.js'
import type { JsonObject } from '../../src/json.js'
import type { Algorithm } from '../../src/jws/algorithms.js'
import { importKeyWith, importSigningKey, type KeyInput } from '../../src/jws/import-key.js'
import { importKey } from '../../src/jwt.js'
import { CERTIFICATE } from './certificate.js'
import { SECRET } from './tokens.js'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' })
const ed25519 = generateKeyPairSync('ed25519')

function jwkOf(key: KeyObject): Record<string, string> & { kty: string } {
  return key.export({ format: 'jwk' }) as Record<string, string> & { kty: string }
}

function pemOf(key: KeyObject, type: 'spki' | 'pkcs8' | 'pkcs1' | 'sec1'): string {
  return String(key.export({ type: type as 'pkcs8', format: 'pem' }))
}

/** Both backends must refuse, with a message that names the place and never quotes the key. */
async function problemOf(key: unknown, algorithm?: Algorithm): Promise<string> {
  const messages = []
  for (const backend of [nodeBackend, webBackend]) {
    const imported = importKeyWith(backend, key as KeyInput, algorithm === undefined ? {} : { algorithm })
    const error = await imported.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(ConfigError)
    if (!(error instanceof ConfigError)) throw error
    expect(error.code).toBe('key_invalid')
    messages.push(error.problems.map(({ path, message }) => `${path}: ${message}`).join('; '))
  }
  expect(messages[0]).toBe(messages[1])
  return messages[0] ?? ''
}

describe('signatures', () => {
  // covers ASVS-11.6.1
  it('refuses ECDSA signatures in DER', async () => {
    const { sign } = await import('node:crypto')
    const der = sign('sha256', Buffer.from('a.b'), p256.privateKey)
    for (const backend of [nodeBackend, webBackend]) {
      const key = await importKeyWith(backend, jwkOf(p256.publicKey), { algorithm: 'ES256' })
      expect(await key.verify('a.b', der)).toBe(false)
    }
  })

  // covers RFC8725-3.4
  it('refuses ECDSA signatures with r or s of zero or of the order and above', async () => {
    const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
    const one = Buffer.alloc(32)
    one[31] = 1
    const values = [Buffer.alloc(32), order, Buffer.alloc(32, 255)]
    for (const backend of [nodeBackend, webBackend]) {
      const key = await importKeyWith(backend, jwkOf(p256.publicKey), { algorithm: 'ES256' })
      for (const value of values) {
        expect(await key.verify('a.b', Buffer.concat([value, one]))).toBe(false)
        expect(await key.verify('a.b', Buffer.concat([one, value]))).toBe(false)
      }
    }
  })
})

describe('an imported key', () => {
  // covers ASVS-16.2.5
  it('is frozen and shows no secret', async () => {
    for (const key of [
      await importKey(SECRET, { algorithm: 'HS256', kid: 'a' }),
      await importKey(jwkOf(ed25519.privateKey), { algorithm: 'EdDSA', kid: 'a' }),
    ]) {
      expect(Object.isFrozen(key)).toBe(true)
      expect(JSON.parse(JSON.stringify(key))).toEqual({ algorithm: key.algorithm, kid: 'a', type: key.type })
      const shown = inspect(key, { depth: 9, showHidden: true })
      expect(shown).not.toContain(Buffer.from(SECRET).toString('hex').slice(0, 8))
      expect(shown).not.toContain(jwkOf(ed25519.privateKey)['d'])
    }
  })

  it('keeps its own copy of the bytes', async () => {
    for (const backend of [nodeBackend, webBackend]) {
      const bytes = SECRET.slice()
      const importing = importKeyWith(backend, bytes, { algorithm: 'HS256' })
      bytes.fill(0)
      const key = await importing
      if (key.type === 'public') throw new Error('expected a secret key')
      const expected = createHmac('sha256', SECRET).update('a.b').digest()
      expect(Buffer.from(await key.sign('a.b'))).toEqual(expected)
    }
  })

  it('takes algorithm and kid from the JWK, the kid of the options first', async () => {
    const jwk = { ...jwkOf(p256.publicKey), alg: 'ES256', kid: 'a', use: 'sig', key_ops: ['verify'] }
    expect(await importKey(jwk)).toMatchObject({ algorithm: 'ES256', kid: 'a', type: 'public' })
    expect(await importKey(jwk, { kid: 'b', algorithm: 'ES256' })).toMatchObject({ kid: 'b' })
    const longest = 'k'.repeat(256)
    expect(await importKey(jwk, { kid: longest })).toMatchObject({ kid: longest })
    for (const kid of [7, ['a'], new String('a')]) {
      await expect(importKey(jwk, { kid: kid as string })).rejects.toMatchObject({
        problems: [{ path: 'kid', message: 'must be 1 to 256 characters' }],
      })
    }
    expect('kid' in (await importKey(SECRET, { algorithm: 'HS512' }))).toBe(false)
  })

  it('only verifies when key_ops say so', async () => {
    const jwk = { ...jwkOf(p256.privateKey), key_ops: ['verify'] }
    expect(await importKey(jwk, { algorithm: 'ES256' })).toMatchObject({ type: 'public' })
    await expect(importSigningKey(jwk, { algorithm: 'ES256' })).rejects.toBeInstanceOf(ConfigError)
    const signs = { ...jwkOf(p256.privateKey), key_ops: ['sign'] }
    expect(await importSigningKey(signs, { algorithm: 'ES256' })).toMatchObject({ type: 'private' })
    expect(await problemOf({ ...jwkOf(p256.publicKey), key_ops: ['sign'] }, 'ES256')).toBe(
      'key_ops: must hold verify for a public key',
    )
    await expect(importSigningKey(jwkOf(p256.publicKey), { algorithm: 'ES256' })).rejects.toMatchObject({
      problems: [{ path: '', message: 'a public key cannot sign' }],
    })
  })
})

describe('PEM', () => {
  it.each([
    ['PUBLIC KEY', pemOf(rsa.publicKey, 'spki'), 'PS256', 'public'],
    ['PRIVATE KEY', pemOf(rsa.privateKey, 'pkcs8'), 'RS256', 'private'],
    ['RSA PUBLIC KEY', pemOf(rsa.publicKey, 'pkcs1'), 'RS512', 'public'],
    ['RSA PRIVATE KEY', pemOf(rsa.privateKey, 'pkcs1'), 'PS384', 'private'],
    ['EC PRIVATE KEY', pemOf(p521.privateKey, 'sec1'), 'ES512', 'private'],
    ['EC PUBLIC KEY as SPKI', pemOf(p256.publicKey, 'spki'), 'ES256', 'public'],
    ['Ed25519 as SPKI', pemOf(ed25519.publicKey, 'spki'), 'EdDSA', 'public'],
    ['Ed25519 as PKCS #8', pemOf(ed25519.privateKey, 'pkcs8'), 'Ed25519', 'private'],
    ['CERTIFICATE', CERTIFICATE, 'ES256', 'public'],
    [
      'comments and Windows lines',
      `\ufeff# key\r\n${pemOf(p256.publicKey, 'spki').replaceAll('\n', '\r\n')}`,
      'ES256',
      'public',
    ],
    [
      'EC PARAMETERS before the key',
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${pemOf(p256.privateKey, 'sec1')}`,
      'ES256',
      'private',
    ],
  ] as const)('reads %s', async (_, pem, algorithm, type) => {
    for (const backend of [nodeBackend, webBackend]) {
      expect(await importKeyWith(backend, pem, { algorithm })).toMatchObject({ algorithm, type })
    }
  })

  it('refuses encrypted keys with a clear message', async () => {
    const encrypted = String(
      ed25519.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
    )
    const legacy = String(
      rsa.privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
    )
    expect(await problemOf(encrypted, 'EdDSA')).toMatch(/^: the PEM text is encrypted/)
    expect(await problemOf(legacy, 'RS256')).toMatch(/^: the PEM text is encrypted/)
  })

  it.each([
    ['text that is no PEM', 'your-256-bit-secret', 'HS256', 'pass secrets as bytes'],
    ['empty text', '', 'ES256', 'pass secrets as bytes'],
    ['PEM for HMAC', pemOf(rsa.publicKey, 'spki'), 'HS256', 'PUBLIC KEY'],
    ['another curve', pemOf(p521.publicKey, 'spki'), 'ES256', 'PUBLIC KEY'],
    ['another curve in SEC 1', pemOf(p521.privateKey, 'sec1'), 'ES256', 'EC PRIVATE KEY'],
    ['SEC 1 for RSA', pemOf(p521.privateKey, 'sec1'), 'RS256', 'EC PRIVATE KEY'],
    ['another type', pemOf(p256.publicKey, 'spki'), 'RS256', 'PUBLIC KEY'],
    ['two keys', pemOf(p256.publicKey, 'spki').repeat(2), 'ES256', 'exactly one'],
    ['half a key', pemOf(p256.publicKey, 'spki').slice(0, 60), 'ES256', 'exactly one'],
    ['a damaged body', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', 'ES256', 'PUBLIC KEY'],
    [
      'a body that is no base64',
      '-----BEGIN RSA PRIVATE KEY-----\n!\n-----END RSA PRIVATE KEY-----',
      'RS256',
      'RSA',
    ],
    [
      'another label',
      '-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----',
      'RS256',
      'not supported',
    ],
    ['long text', `-----BEGIN ${'x'.repeat(70_000)}`, 'ES256', 'at most'],
  ] as const)('refuses %s, as a whole', async (_, pem, algorithm, message) => {
    const problem = await problemOf(pem, algorithm)
    expect(problem).toContain(message)
    expect(problem.startsWith(': ')).toBe(true)
  })

  it('refuses what is wrong with the key in it', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
    expect(await problemOf(pemOf(weak, 'spki'), 'RS256')).toContain('n: has 1024 bits')
  })

  it('reads text of at most 65,536 characters', async () => {
    const pem = pemOf(p256.publicKey, 'spki')
    const padded = (length: number) => `${pem}${'#'.repeat(length - pem.length)}`
    expect(await importKey(padded(65_536), { algorithm: 'ES256' })).toMatchObject({ type: 'public' })
    expect(await problemOf(padded(65_537), 'ES256')).toBe(': PEM text may have at most 65536 characters')
  })
})

describe('JWK', () => {
  const publicRsa = jwkOf(rsa.publicKey)
  const privateRsa = jwkOf(rsa.privateKey)
  const publicEc = jwkOf(p256.publicKey)
  const privateEc = jwkOf(p256.privateKey)
  const publicOkp = jwkOf(ed25519.publicKey)
  const oct = { kty: 'oct', k: Buffer.from(SECRET).toString('base64url') }

  const number = (value: bigint, length = 32) =>
    Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex').toString('base64url')
  const littleEndian = (value: bigint) =>
    Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse().toString('base64url')
  const modulus = Buffer.from(String(publicRsa['n']), 'base64url')
  const evenModulus = Buffer.from(modulus)
  evenModulus[255] = (evenModulus[255] ?? 0) & 254

  it('drops leading zeros of RSA numbers', async () => {
    const n = Buffer.concat([Buffer.alloc(1), modulus]).toString('base64url')
    for (const backend of [nodeBackend, webBackend]) {
      const signer = await importKeyWith(backend, privateRsa, { algorithm: 'RS256' })
      if (signer.type === 'public') throw new Error('expected a private key')
      const key = await importKeyWith(backend, { ...publicRsa, n }, { algorithm: 'RS256' })
      expect(await key.verify('a.b', await signer.sign('a.b'))).toBe(true)
    }
  })

  it.each<[string, unknown, Algorithm | undefined, string | RegExp]>([
    ['no algorithm', publicEc, undefined, 'algorithm: is required'],
    ['an unknown algorithm', { ...publicEc, alg: 'none' }, undefined, 'algorithm: is not one'],
    ['alg that disagrees', { ...publicEc, alg: 'ES384' }, 'ES256', 'alg: must be ES256'],
    ['another type', publicRsa, 'ES256', 'kty: must be EC'],
    ['a public key for HMAC', publicRsa, 'HS256', 'kty: must be oct'],
    ['another curve', jwkOf(p521.publicKey), 'ES256', 'crv: must be P-256'],
    ['another curve by name', { ...publicEc, crv: 'secp256k1' }, 'ES256', 'crv'],
    ['X25519', { ...publicOkp, crv: 'X25519' }, 'EdDSA', 'crv'],
    ['use for encryption', { ...publicEc, use: 'enc' }, 'ES256', 'use: must be sig'],
    ['key_ops for encryption', { ...publicEc, key_ops: ['encrypt'] }, 'ES256', 'key_ops'],
    [
      'key_ops twice',
      { ...publicEc, key_ops: ['verify', 'verify'] },
      'ES256',
      'key_ops: must name sign or verify, each once',
    ],
    ['key_ops for nothing', { ...publicEc, key_ops: [] }, 'ES256', 'key_ops: must name'],
    ['key_ops for another use', { ...privateEc, key_ops: ['deriveKey'] }, 'ES256', 'key_ops: must name'],
    ['a long kid', { ...publicEc, kid: 'k'.repeat(257) }, 'ES256', 'kid: must be 1 to 256'],
    ['an exponent of 33 bits', { ...publicRsa, e: 'AQAAAAE' }, 'RS256', 'e: must be odd, at least 65537'],
    ['key_ops of another type', { ...publicEc, key_ops: 'verify' }, 'ES256', 'key_ops'],
    ['key_ops with other types', { ...publicEc, key_ops: ['verify', 1] }, 'ES256', 'key_ops'],
    ['kid of another type', { ...publicEc, kid: 1 }, 'ES256', 'kid: must be a string'],
    ['an empty kid', { ...publicEc, kid: '' }, 'ES256', 'kid: must be 1 to 256'],
    [
      'a short RSA key',
      jwkOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey),
      'RS256',
      'n: has 1024 bits',
    ],
    ['a huge RSA key', { ...publicRsa, n: number(1n << 16_384n, 2049) }, 'RS256', 'n: has 16385 bits'],
    ['an even modulus', { ...publicRsa, n: evenModulus.toString('base64url') }, 'RS256', 'n: is even'],
    ['exponent 1', { ...publicRsa, e: 'AQ' }, 'RS256', 'e: must be odd'],
    ['exponent 3', { ...publicRsa, e: 'Aw' }, 'PS256', 'e: must be odd'],
    ['an even exponent', { ...publicRsa, e: 'AQAC' }, 'RS256', 'e: must be odd'],
    ['a huge exponent', { ...publicRsa, e: 'AQAAAAE' }, 'RS256', 'e: must be odd'],
    ['no modulus', { kty: 'RSA', e: 'AQAB' }, 'RS256', 'n: is missing'],
    ['an empty modulus', { ...publicRsa, n: '' }, 'RS256', 'n: is not base64url'],
    ['a modulus with padding', { ...publicRsa, n: `${publicRsa['n']}==` }, 'RS256', 'n: is not base64url'],
    ['more than two primes', { ...privateRsa, oth: [] }, 'RS256', /^oth: RSA keys with more than two primes/],
    ['an RSA key without its primes', { ...publicRsa, d: privateRsa['d'] }, 'RS256', 'p: is missing'],
    ['primes of another key', { ...privateRsa, p: privateRsa['q'] }, 'RS256', 'n: is not the product'],
    ['a damaged private exponent', { ...privateRsa, dp: privateRsa['dq'], d: privateRsa['dq'] }, 'RS256', ''],
    ['a point off the curve', { ...publicEc, y: publicEc['x'] }, 'ES256', /^: the point is not on the curve/],
    ['the point (0, 0)', { ...publicEc, x: number(0n), y: number(0n) }, 'ES256', 'not on the curve'],
    [
      'a coordinate beyond the field',
      { ...publicEc, x: number(2n ** 256n - 1n) },
      'ES256',
      'not on the curve',
    ],
    ['a short coordinate', { ...publicEc, x: 'AQAB' }, 'ES256', 'x: must have 32 bytes'],
    [
      'a public part of another key',
      { ...privateEc, d: number(7n) },
      'ES256',
      /^: the key makes no signatures that its public part verifies$/,
    ],
    ['a private scalar of zero', { ...privateEc, d: number(0n) }, 'ES256', ''],
    ['a short private scalar', { ...privateEc, d: 'AQAB' }, 'ES256', 'd: must have 32 bytes'],
    ['Ed25519 off the curve', { ...publicOkp, x: littleEndian(2n) }, 'EdDSA', 'x: is not a point'],
    [
      'Ed25519 beyond the field',
      { ...publicOkp, x: littleEndian(2n ** 255n - 1n) },
      'EdDSA',
      'x: is not a point',
    ],
    ['Ed25519 of order 1', { ...publicOkp, x: littleEndian(1n) }, 'EdDSA', 'x: is not a point'],
    ['Ed25519 of order 2', { ...publicOkp, x: littleEndian(2n ** 255n - 20n) }, 'EdDSA', 'small order'],
    ['Ed25519 of order 4', { ...publicOkp, x: littleEndian(0n) }, 'EdDSA', 'small order'],
    [
      'Ed25519 of order 8',
      {
        ...publicOkp,
        x: Buffer.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'hex').toString(
          'base64url',
        ),
      },
      'EdDSA',
      'small order',
    ],
    ['Ed25519 of another length', { ...publicOkp, x: 'AQAB' }, 'EdDSA', 'x: must have 32 bytes'],
    [
      'Ed25519 of another key',
      { ...jwkOf(ed25519.privateKey), x: jwkOf(generateKeyPairSync('ed25519').publicKey)['x'] },
      'EdDSA',
      '',
    ],
    [
      'a short secret',
      { kty: 'oct', k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLg' },
      'HS256',
      'at least 32',
    ],
    ['a secret too short for the hash', { ...oct, k: oct.k.slice(0, 64) }, 'HS512', 'at least 64'],
    ['an empty secret', { kty: 'oct', k: '' }, 'HS256', 'k: is not base64url'],
    ['no secret', { kty: 'oct' }, 'HS256', 'k: is missing'],
    ['an unknown type', { kty: 'AKP' }, 'ES256', 'kty'],
    ['nothing', null, 'ES256', /^: is no key/],
    ['undefined', undefined, 'ES256', /^: is no key/],
    ['an array', [publicEc], 'ES256', /^: is no key/],
    ['a KeyObject', p256.publicKey, 'ES256', /^: is no key/],
    ['a number', 7, 'ES256', /^: is no key/],
  ])('refuses %s', async (_, jwk, algorithm, message) => {
    expect(await problemOf(jwk, algorithm)).toEqual(expect.stringMatching(message))
  })

  it('takes a modulus of 16,384 bits, and passes over members that RSA does not have', async () => {
    const n = number((1n << 16_383n) + 1n, 2048)
    for (const backend of [nodeBackend, webBackend]) {
      const key = await importKeyWith(backend, { ...publicRsa, n, crv: 'P-256' }, { algorithm: 'RS256' })
      expect(key).toMatchObject({ type: 'public' })
    }
  })

  it('names every disagreement at once', async () => {
    const problem = await problemOf({ ...publicRsa, use: 'enc', alg: 'RS256' }, 'ES256')
    expect(problem).toContain('kty')
    expect(problem).toContain('use')
    expect(problem).toContain('alg')
  })

  it('does not look at the JWK again after the first reading', async () => {
    const jwk: JsonObject & { kty: string } = { ...oct }
    const importing = importKey(jwk, { algorithm: 'HS256' })
    Object.assign(jwk, { k: 'AAAA' })
    expect(await importing).toMatchObject({ type: 'secret' })
  })
})

// covers RFC8725-3.5
describe('HMAC bytes', () => {
  const text = (content: string) => new TextEncoder().encode(content)
  const spki = pemOf(rsa.publicKey, 'spki')
  const utf16 = (content: string) => new Uint8Array(Buffer.from(content, 'utf16le'))

  it.each([
    ['PEM', text(spki)],
    ['PEM behind white space', text(`\n \t${spki}`)],
    ['PEM behind a byte order mark', text(`\ufeff${spki}`)],
    ['PEM behind comments', text(`# production key\nSubject: x\n${spki}`)],
    ['PEM as UTF-16', utf16(spki)],
    ['PEM in one line', text(spki.replaceAll('\n', '\\n'))],
    ['PEM as base64', text(Buffer.from(spki).toString('base64'))],
    ['the body of PEM', text(spki.replace(/-----.*-----|\n/g, ''))],
    ['DER', new Uint8Array(rsa.publicKey.export({ type: 'spki', format: 'der' }))],
    ['DER of PKCS #1', new Uint8Array(rsa.publicKey.export({ type: 'pkcs1', format: 'der' }))],
    ['DER of PKCS #8', new Uint8Array(ed25519.privateKey.export({ type: 'pkcs8', format: 'der' }))],
    ['a JWK', text(JSON.stringify(jwkOf(rsa.publicKey)))],
    ['a JWK behind white space', text(`\n ${JSON.stringify(jwkOf(p256.publicKey), null, 2)}`)],
    ['a JWK as base64url', text(Buffer.from(JSON.stringify(jwkOf(p256.publicKey))).toString('base64url'))],
    ['a JWK set', text(JSON.stringify({ keys: [] }).padEnd(64))],
    ['an SSH key', text(`ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'x'.repeat(43)} user@host`)],
    ['an SSH key with options', text(`from="a" ecdsa-sha2-nistp256 AAAAE2VjZHNh${'x'.repeat(43)}`)],
    ['an RFC 4716 key', text(`---- BEGIN SSH2 PUBLIC KEY ----\n${'x'.repeat(64)}`)],
    ['a PuTTY key', text(`PuTTY-User-Key-File-3: ssh-ed25519\n${'x'.repeat(64)}`)],
  ])('refuses %s', async (_, bytes) => {
    expect(await problemOf(bytes, 'HS256')).toContain('text of another key')
  })

  it.each([
    'secret',
    'your-256-bit-secret',
    'Your-512-Bit-Secret',
    'a-string-secret-at-least-256-bits-long',
    'secret\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\n',
  ])('refuses the published secret %s', async secret => {
    expect(await problemOf(text(secret), 'HS256')).toContain('documentation')
  })

  it.each([
    ['zeros', new Uint8Array(32)],
    ['one byte', new Uint8Array(64).fill(7)],
    ['a short pattern', text('correct horse '.repeat(8))],
    ['sixteen bytes twice', text('0123456789abcdef'.repeat(2))],
    ['an ascending sequence', Uint8Array.from({ length: 32 }, (_, index) => index)],
    ['a descending sequence', Uint8Array.from({ length: 64 }, (_, index) => 200 - 3 * index)],
    ['the alphabet', text('abcdefghijklmnopqrstuvwxyz012345')],
    ['few different bytes', text('abacadabacadaabcdabacadabcadabcdaabbdc')],
  ])('refuses %s', async (_, bytes) => {
    expect(await problemOf(bytes, 'HS256')).toContain('guessed')
  })

  it.each([
    ['HS256', 31],
    ['HS384', 47],
    ['HS512', 63],
  ] as const)('%s needs more than %i bytes', async (algorithm, length) => {
    expect(await problemOf(SECRET.slice(0, length), algorithm)).toContain(`needs at least ${length + 1}`)
    expect(await importKey(SECRET.slice(0, length + 1), { algorithm })).toMatchObject({ type: 'secret' })
  })

  it('are for HMAC only, and need an algorithm', async () => {
    expect(await problemOf(SECRET, 'RS256')).toContain('algorithm: RS256 does not use a secret')
    expect(await problemOf(SECRET.slice(0, 31), 'HS256')).toMatch(/^: has 31 bytes/)
    expect(await problemOf(SECRET)).toContain('algorithm: is required')
  })

  it('may be text from a random source', async () => {
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      const bytes = text(Buffer.from(SECRET).toString(encoding))
      expect(await importKey(bytes, { algorithm: 'HS256' })).toMatchObject({ type: 'secret' })
    }
  })
})
