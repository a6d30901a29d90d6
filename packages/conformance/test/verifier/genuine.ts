import { createHmac, createPublicKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto'
import type { VerifierMaterial, VerifyToken } from '../../src/index.js'

/**
 * A verifier that looks for anything that the issuer signed, in whatever form, and for nothing else: the counterpart
 * of a strict one. A token that it refuses was not signed by the issuer.
 */
export function createLenientVerifier(material: VerifierMaterial): VerifyToken {
  const check = createCheck(material)
  const isPossible = createLengthCheck(material)
  return token => {
    const isGenuine = findCandidates(token).some(([input, signature]) =>
      decodeLoosely(signature).some(bytes =>
        toForms(bytes, material).some(form => isPossible(form) && check(input, form)),
      ),
    )
    if (!isGenuine) throw new Error('nothing here was signed')
  }
}

type Candidate = readonly [input: string, signature: string]

/** Every three parts in a row, however they are separated, and the two JSON serializations. */
function findCandidates(token: string): readonly Candidate[] {
  const json =
    /"payload":"([^"]*)","(?:protected":"([^"]*)|signatures":\[\{"protected":"([^"]*))","signature":"([^"]*)/
  const [, payload = '', flattened, general, signature = ''] = json.exec(token) ?? []
  const splits = [/\./, /[.\u3002,;#"\s\0\ufeff\u200b]+/].map(separator => token.split(separator))
  return [
    [`${flattened ?? general}.${payload}`, signature],
    ...splits.flatMap(parts =>
      [parts, parts.filter(part => part !== '')].flatMap(given =>
        given.map((part, at): Candidate => [`${part}.${given[at + 1]}`, given[at + 2] ?? '']),
      ),
    ),
  ]
}

function decodeLoosely(text: string): readonly Buffer[] {
  const plain = Buffer.from(text, 'base64url')
  const unescaped = text.replace(/%([0-9a-f]{2})/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return [
    plain,
    Buffer.from(unescaped, 'base64url'),
    Buffer.from(text, 'hex'),
    Buffer.from(plain.toString('latin1'), 'base64url'),
    Buffer.from(plain.toString('latin1'), 'hex'),
  ]
}

/** What may be meant by bytes that are too many, or numbers that are too large. */
function toForms(bytes: Buffer, { algorithm, publicJwks }: VerifierMaterial): readonly Uint8Array[] {
  const half = bytes.length >> 1
  const forms = [bytes, bytes.subarray(1), bytes.subarray(0, -1), bytes.subarray(0, half)]
  if (algorithm.startsWith('ES')) {
    forms.push(Buffer.concat([bytes.subarray(1, half), bytes.subarray(half + 1)]))
  }
  if (algorithm.startsWith('RS') || algorithm.startsWith('PS')) {
    const modulus = toInteger(Buffer.from(publicJwks.keys[0]?.n ?? '', 'base64url'))
    const integer = toInteger(bytes)
    if (integer > modulus) forms.push(toBytes(integer - modulus, bytes.length))
  }
  if (algorithm.startsWith('Ed') && bytes.length === 64) {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n
    const scalar = toInteger(Buffer.from(bytes.subarray(32)).reverse())
    if (scalar > order)
      forms.push(Buffer.concat([bytes.subarray(0, 32), toBytes(scalar - order, 32).reverse()]))
  }
  return forms
}

/** Most forms need no look at the key. */
function createLengthCheck({
  algorithm,
  secret,
  publicPem,
}: VerifierMaterial): (signature: Uint8Array) => boolean {
  if (secret !== undefined) return ({ length }) => [32, 48, 64].includes(length)
  const { modulusLength = 0 } = createPublicKey(publicPem ?? '').asymmetricKeyDetails ?? {}
  const length =
    { ES256: 64, ES384: 96, ES512: 132, EdDSA: 64, Ed25519: 64 }[String(algorithm)] ?? modulusLength / 8
  return signature => signature.length === length || (algorithm.startsWith('ES') && signature[0] === 0x30)
}

function createCheck({ algorithm, secret, publicPem }: VerifierMaterial) {
  if (secret !== undefined) {
    return (input: string, signature: Uint8Array) =>
      ['sha256', 'sha384', 'sha512'].some(hash => {
        const expected = createHmac(hash, secret).update(input).digest()
        return expected.length === signature.length && timingSafeEqual(expected, signature)
      })
  }
  const key = createPublicKey(publicPem ?? '')
  return (input: string, signature: Uint8Array) => isSigned(algorithm, key, input, signature)
}

function isSigned(algorithm: string, key: KeyObject, input: string, signature: Uint8Array): boolean {
  const content = Buffer.from(input)
  if (algorithm.startsWith('Ed')) return verify(null, content, key, signature)
  const settings = algorithm.startsWith('ES')
    ? [{ dsaEncoding: 'ieee-p1363' as const }, { dsaEncoding: 'der' as const }]
    : [{ padding: 1 }, { padding: 6 }]
  return settings.some(setting =>
    hashesOf(algorithm).some(hash => verify(hash, content, { key, ...setting }, signature)),
  )
}

/** A key of RSA serves every hash, a curve has its own. */
function hashesOf(algorithm: string): readonly string[] {
  return algorithm.startsWith('ES') ? [`sha${algorithm.slice(2)}`] : ['sha256', 'sha384', 'sha512']
}

function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString('hex')}`)
}

function toBytes(integer: bigint, length: number): Buffer {
  return Buffer.from(integer.toString(16).padStart(length * 2, '0'), 'hex')
}
