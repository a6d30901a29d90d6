import { InvalidRequestError } from '@authcore/core'
import { type AuthRequest, readHeaderValues } from '../auth-request.js'
import { findClientAddress } from '../client-address.js'
import { DEFAULT_HTTP_SETTINGS, type HttpSettings } from '../http-settings.js'
import { CLIENT_CERTIFICATE_HEADERS, type ClientCertificateHeader } from './client-certificate-headers.js'

/** More than any certificate of a client; whoever reads it need not see the rest. */
const MAX_CERTIFICATE_BYTES = 16_384

/** A few certificates in URL-encoded PEM: each proxy may have added one. */
const MAX_HEADER_LENGTH = 65_536

/**
 * Finds the certificate whose key the client proved in a TLS handshake (RFC 8705 section 2): with this server, or
 * with a trusted proxy that says so in its header (RFC 9440 section 2.4). The same header from anybody else is
 * passed over. On a connection from a trusted proxy the certificate of that connection is the proxy's own and never
 * counts for the client.
 * @returns DER; what it says has not been looked at
 * @throws InvalidRequestError `credentials_malformed`, `credentials_repeated`
 */
export function findClientCertificate(
  request: AuthRequest,
  settings: HttpSettings = DEFAULT_HTTP_SETTINGS,
): Uint8Array | undefined {
  if (!findClientAddress(request, settings).isProxied) return checkBytes(request.clientCertificate)
  const { clientCertificateHeader: name } = settings
  return name === undefined ? undefined : readForwarded(request, name)
}

function readForwarded(request: AuthRequest, name: ClientCertificateHeader): Uint8Array | undefined {
  const [value, second] = readHeaderValues(request.headers, name, MAX_HEADER_LENGTH)
  if (value === undefined) return undefined
  // a proxy that adds its field beside that of the client lets the client choose
  if (name === 'client-cert' && (second !== undefined || value.includes(','))) {
    throw new InvalidRequestError('credentials_repeated')
  }
  // Fetch joins fields by a comma and a space, which Envoy never writes: refused there as here, in the same words
  const certificate = second === undefined ? CLIENT_CERTIFICATE_HEADERS[name](value) : undefined
  if (certificate === undefined) throw malformed(`The ${name} header holds no certificate.`)
  return checkBytes(certificate)
}

function checkBytes(certificate: unknown): Uint8Array | undefined {
  if (certificate === undefined) return undefined
  if (
    certificate instanceof Uint8Array &&
    certificate.length > 0 &&
    certificate.length <= MAX_CERTIFICATE_BYTES
  ) {
    return certificate
  }
  throw malformed('The client certificate is malformed or too long.')
}

function malformed(detail: string): InvalidRequestError {
  return new InvalidRequestError('credentials_malformed', { detail })
}
