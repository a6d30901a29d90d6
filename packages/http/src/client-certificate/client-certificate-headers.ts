import { parseClientCert } from './client-cert-header.js'
import { parseForwardedClientCert } from './forwarded-client-cert.js'

/** In which header a trusted proxy passes on the certificate of its client. */
export type ClientCertificateHeader = 'client-cert' | 'x-forwarded-client-cert'

/** How each of them is read. */
export const CLIENT_CERTIFICATE_HEADERS: Readonly<
  Record<ClientCertificateHeader, (value: string) => Uint8Array | undefined>
> = Object.freeze({
  'client-cert': parseClientCert,
  'x-forwarded-client-cert': parseForwardedClientCert,
})

/** Whether a value names one of them. */
export function isClientCertificateHeader(value: unknown): value is ClientCertificateHeader {
  return typeof value === 'string' && Object.hasOwn(CLIENT_CERTIFICATE_HEADERS, value)
}
