import { type KeyObject, sign } from 'node:crypto'
import { concat, fromHex } from '../../verifier/big-integers.js'
import { der, derInteger } from '../../verifier/public-key-texts.js'

/** What a certificate says. */
export interface CertificateFields {
  readonly serialNumber: bigint
  /** The common names of both. */
  readonly issuer: string
  readonly subject: string
  /** Epoch milliseconds, of the years 1950 to 2049. */
  readonly validFrom: number
  readonly validUntil: number
  readonly publicKey: KeyObject
  /** May issue others. */
  readonly isAuthority?: boolean
  /** Names beside the subject's own. */
  readonly uri?: string
  /** An IPv4 address. */
  readonly address?: string
}

const SEQUENCE = 0x30
/** ecdsa-with-SHA256 (RFC 5758 section 3.2). */
const ALGORITHM = der(SEQUENCE, oid('2a8648ce3d040302'))

/**
 * Writes a certificate of version 3 (RFC 5280 section 4.1), for tests.
 * @param key of the issuer, on P-256
 * @returns DER
 */
export function writeCertificate(fields: CertificateFields, key: KeyObject): Uint8Array {
  const signed = der(
    SEQUENCE,
    der(0xa0, derInteger(2n)),
    derInteger(fields.serialNumber),
    ALGORITHM,
    writeName(fields.issuer),
    der(SEQUENCE, writeTime(fields.validFrom), writeTime(fields.validUntil)),
    writeName(fields.subject),
    fields.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, ...writeExtensions(fields))),
  )
  return der(SEQUENCE, signed, ALGORITHM, bits(0, sign('sha256', signed, key)))
}

/** One attribute, the common name. */
function writeName(commonName: string): Uint8Array {
  return der(SEQUENCE, der(0x31, der(SEQUENCE, oid('550403'), der(0x0c, text(commonName)))))
}

/** UTCTime: two digits of the year (RFC 5280 section 4.1.2.5.1). */
function writeTime(instant: number): Uint8Array {
  const digits = new Date(instant).toISOString().replace(/\.\d+|[-:T]/g, '')
  return der(0x17, text(digits.slice(2)))
}

/** RFC 5280 section 4.2.1: basic constraints, key usage (signs certificates), alternative names. */
function writeExtensions({ isAuthority = false, uri, address }: CertificateFields): readonly Uint8Array[] {
  const names = [
    ...(uri === undefined ? [] : [der(0x86, text(uri))]),
    ...(address === undefined ? [] : [der(0x87, Uint8Array.from(address.split('.'), Number))]),
  ]
  const isTrue = der(1, Uint8Array.of(0xff))
  return [
    writeExtension('551d13', der(SEQUENCE, ...(isAuthority ? [isTrue] : [])), isTrue),
    ...(isAuthority ? [writeExtension('551d0f', bits(2, Uint8Array.of(0b0000_0100)), isTrue)] : []),
    ...(names.length === 0 ? [] : [writeExtension('551d11', der(SEQUENCE, ...names))]),
  ]
}

function writeExtension(id: string, value: Uint8Array, ...critical: readonly Uint8Array[]): Uint8Array {
  return der(SEQUENCE, oid(id), ...critical, der(4, value))
}

function bits(unused: number, bytes: Uint8Array): Uint8Array {
  return der(3, concat(Uint8Array.of(unused), bytes))
}

function oid(hex: string): Uint8Array {
  return der(6, fromHex(hex))
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}
