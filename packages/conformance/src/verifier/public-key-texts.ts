import type { Jwk } from '@authcore/core/jwt'
import { decodeBase64url, encodeBase64 } from './base64.js'
import { concat, toBytes, toHex, toInteger } from './big-integers.js'
import type { PublicKeyForm } from './token-recipe.js'

/** A public key in the forms that everybody can get it in. */
export interface PublicKeyTexts {
  readonly jwk: Jwk
  /** SPKI. */
  readonly der: Uint8Array
  readonly pem: string
}

const LINE = 64

/** SPKI bytes as PEM text (RFC 7468 section 13). */
export function toPem(bytes: Uint8Array, label = 'PUBLIC KEY'): string {
  const lines = encodeBase64(bytes).match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

/** The bytes of a public key in one form, which a confused verifier takes for a secret. */
export function toPublicKeyBytes({ jwk, der: spki, pem }: PublicKeyTexts, form: PublicKeyForm): Uint8Array {
  const encode = (text: string) => new TextEncoder().encode(text)
  switch (form) {
    case 'pem':
      return encode(pem)
    case 'pem_trimmed':
      return encode(pem.trim())
    case 'pem_crlf':
      return encode(pem.replaceAll('\n', '\r\n'))
    case 'pem_one_line':
      return encode(pem.replaceAll('\n', ''))
    case 'pem_pkcs1':
      return encode(toPem(toPkcs1(jwk), 'RSA PUBLIC KEY'))
    case 'der':
      return spki
    case 'der_base64':
      return encode(encodeBase64(spki))
    case 'jwk':
      return encode(JSON.stringify(jwk))
    case 'jwk_set':
      return encode(JSON.stringify({ keys: [jwk] }))
    case 'jwk_member':
      return member(jwk, jwk.kty === 'RSA' ? 'n' : 'x')
    case 'ssh':
      return encode(toSsh(jwk))
  }
}

/** One value of DER: tag, length, content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const bytes = concat(...content)
  const { length } = bytes
  if (length < 128) return concat(Uint8Array.of(tag, length), bytes)
  const size = toHex(toBytes(BigInt(length), length < 256 ? 1 : 2) ?? Uint8Array.of(0))
  return concat(
    Uint8Array.of(tag, 0x80 | (size.length / 2)),
    toBytes(BigInt(length), size.length / 2) ?? bytes,
    bytes,
  )
}

/** A DER integer that is not negative. */
export function derInteger(integer: bigint): Uint8Array {
  return der(2, toSignedBytes(integer))
}

/** As few bytes as hold it, the highest bit clear. */
function toSignedBytes(integer: bigint): Uint8Array {
  const bits = integer.toString(2).length
  return toBytes(integer, (bits >> 3) + 1) ?? new Uint8Array(1)
}

function toPkcs1(jwk: Jwk): Uint8Array {
  return der(0x30, derInteger(toInteger(member(jwk, 'n'))), derInteger(toInteger(member(jwk, 'e'))))
}

/** The line of an SSH public key (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4). */
function toSsh(jwk: Jwk): string {
  const text = (value: string) => new TextEncoder().encode(value)
  const integer = (name: keyof Jwk) => toSignedBytes(toInteger(member(jwk, name)))
  const curve = String(jwk.crv).toLowerCase().replace('p-', 'nistp')
  const [name, ...parts] =
    jwk.kty === 'RSA'
      ? ['ssh-rsa', integer('e'), integer('n')]
      : jwk.kty === 'OKP'
        ? ['ssh-ed25519', member(jwk, 'x')]
        : [`ecdsa-sha2-${curve}`, text(curve), concat(Uint8Array.of(4), member(jwk, 'x'), member(jwk, 'y'))]
  const fields = [text(String(name)), ...parts.filter(part => typeof part !== 'string')]
  return `${name} ${encodeBase64(concat(...fields.map(withLength)))}`
}

function withLength(bytes: Uint8Array): Uint8Array {
  return concat(toBytes(BigInt(bytes.length), 4) ?? new Uint8Array(4), bytes)
}

function member(jwk: Jwk, name: keyof Jwk): Uint8Array {
  return decodeBase64url(String(jwk[name]))
}
