import type { CertificateFields } from '../client-certificate/client-certificate.js'

/** A certificate as node:crypto shows it. */
export interface CertificateText {
  /** One `name=value` a line, the most general first; absent or empty where there are none. */
  readonly subject: string | undefined
  readonly issuer: string | undefined
  readonly serialNumber: string
  readonly subjectAltName: string | undefined
  /** Such as `Jan 15 12:00:00 2026 GMT`. */
  readonly validFrom: string
  readonly validTo: string
}

/** One alternative name as node:crypto writes it; a value with special characters is a JSON string. */
const ALTERNATIVE_NAME = /([A-Za-z][A-Za-z0-9 ]*):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/y

/** Takes apart what node:crypto tells of a certificate; `undefined` for what it does not write. */
export function parseCertificateText(certificate: CertificateText): CertificateFields | undefined {
  const names = readAlternativeNames(certificate.subjectAltName ?? '')
  const validFrom = Date.parse(certificate.validFrom)
  const validUntil = Date.parse(certificate.validTo)
  if (names === undefined || Number.isNaN(validFrom) || Number.isNaN(validUntil)) return undefined
  return {
    subjectName: toDistinguishedName(certificate.subject),
    issuerName: toDistinguishedName(certificate.issuer),
    serialNumber: certificate.serialNumber,
    dnsNames: names.flatMap(([type, name]) => (type === 'DNS' ? [name] : [])),
    uris: names.flatMap(([type, name]) => (type === 'URI' ? [name] : [])),
    validFrom,
    validUntil,
  }
}

function readAlternativeNames(text: string): readonly (readonly [string, string])[] | undefined {
  const names: (readonly [string, string])[] = []
  for (let at = 0; at < text.length; at = ALTERNATIVE_NAME.lastIndex) {
    ALTERNATIVE_NAME.lastIndex = at
    const [, type = '', value = ''] = ALTERNATIVE_NAME.exec(text) ?? []
    if (type === '') return undefined
    names.push([type, value.startsWith('"') ? String(JSON.parse(value)) : value])
  }
  return names
}

/** One line for each part, the most general first; RFC 4514 section 2.1 has the most specific first. */
function toDistinguishedName(lines: string | undefined): string {
  return (lines ?? '')
    .split('\n')
    .filter(line => line !== '')
    .toReversed()
    .map(line => line.replaceAll(' + ', '+'))
    .join(',')
}
