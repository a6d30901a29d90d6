import { generateKeyPairSync } from 'node:crypto'
import { toPem } from '../../verifier/public-key-texts.js'
import { type CertificateFields, writeCertificate } from './write-certificate.js'

/** A certificate and its key. */
export interface TlsIdentity {
  /** PEM, as TLS of Node takes them. */
  readonly cert: string
  readonly key: string
  /** The certificate as it goes over the wire. */
  readonly der: Uint8Array
}

/** An authority for tests. */
export interface CertificateAuthority {
  readonly cert: string
  issue(subject: string, fields?: IssuedFields): TlsIdentity
}

/** What a certificate says beside the name of its subject; it is good from 2020 to 2049 unless told. */
export type IssuedFields = Partial<Pick<CertificateFields, 'validFrom' | 'validUntil' | 'uri' | 'address'>>

// of both clocks: TLS looks at that of the machine, the application at that of the table
const VALIDITY = { validFrom: Date.UTC(2020, 0), validUntil: Date.UTC(2049, 0) } as const

/** Makes an authority with a key of its own. */
export function createCertificateAuthority(issuer: string): CertificateAuthority {
  const own = generateKeys()
  let serialNumber = 1n
  const write = (fields: Pick<CertificateFields, 'subject' | 'publicKey' | 'isAuthority'> & IssuedFields) =>
    writeCertificate({ ...VALIDITY, serialNumber: serialNumber++, issuer, ...fields }, own.privateKey)
  const root = write({ subject: issuer, publicKey: own.publicKey, isAuthority: true })
  return {
    cert: toPem(root, 'CERTIFICATE'),
    issue(subject, fields = {}) {
      const { publicKey, privateKey } = generateKeys()
      const der = write({ subject, publicKey, ...fields })
      const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      return { cert: toPem(der, 'CERTIFICATE'), key, der }
    },
  }
}

function generateKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}
