import 'reflect-metadata'
import {
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** What a certificate is to say. */
export interface CertificateRequest {
  readonly name?: string
  readonly dnsNames?: readonly string[]
  readonly uris?: readonly string[]
  readonly emails?: readonly string[]
  readonly validFrom: number
  readonly validUntil: number
}

/** Makes a certificate that vouches for itself, as DER. */
export async function makeCertificate(request: CertificateRequest): Promise<Uint8Array> {
  const { name = 'CN=billing, O=Example', dnsNames = [], uris = [], emails = [] } = request
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const names = [
    ...dnsNames.map(value => ({ type: 'dns', value }) as const),
    ...uris.map(value => ({ type: 'url', value }) as const),
    ...emails.map(value => ({ type: 'email', value }) as const),
  ]
  const extensions: Extension[] = [new KeyUsagesExtension(KeyUsageFlags.digitalSignature)]
  if (names.length > 0) extensions.push(new SubjectAlternativeNameExtension(names))
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01ab',
    name,
    notBefore: new Date(request.validFrom),
    notAfter: new Date(request.validUntil),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions,
  })
  return new Uint8Array(certificate.rawData)
}
