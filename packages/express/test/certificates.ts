import 'reflect-metadata'
import {
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const DAY = 86_400_000

type KeyPair = Awaited<ReturnType<typeof generateKeys>>

/** A certificate and its key, as TLS of Node takes them. */
export interface Identity {
  readonly cert: string
  readonly key: string
  readonly der: Uint8Array
}

/** An authority that issues certificates to others. */
export interface Authority {
  readonly cert: string
  /** @param days how long from now it is good; less than zero for one that has expired */
  issue(
    name: string,
    options?: { readonly uri?: string; readonly host?: string; readonly days?: number },
  ): Promise<Identity>
}

/** Makes an authority with a key of its own. */
export async function createAuthority(name: string): Promise<Authority> {
  const keys = await generateKeys()
  const root = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - 10 * DAY),
    notAfter: new Date(Date.now() + 10 * DAY),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  })
  let serial = 0
  return {
    cert: root.toString('pem'),
    issue: async (subject, { uri, host, days = 1 } = {}) => {
      serial += 1
      const own = await generateKeys()
      const certificate = await X509CertificateGenerator.create({
        serialNumber: serial.toString(16).padStart(2, '0'),
        subject: `CN=${subject}`,
        issuer: root.subject,
        notBefore: new Date(Date.now() - 5 * DAY),
        notAfter: new Date(Date.now() + days * DAY),
        signingAlgorithm: ALGORITHM,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: alternativeNames(uri, host),
      })
      return {
        cert: certificate.toString('pem'),
        key: await toPem(own),
        der: new Uint8Array(certificate.rawData),
      }
    },
  }
}

function alternativeNames(uri: string | undefined, host: string | undefined): Extension[] {
  const names = [
    ...(uri === undefined ? [] : [{ type: 'url', value: uri } as const]),
    ...(host === undefined ? [] : [{ type: 'ip', value: host } as const]),
  ]
  return names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]
}

function generateKeys() {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
}

async function toPem({ privateKey }: KeyPair): Promise<string> {
  const bytes = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey))
  return `-----BEGIN PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END PRIVATE KEY-----\n`
}
