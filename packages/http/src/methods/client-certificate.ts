import { InvalidRequestError } from '@authcore/core'
import { type CredentialMethod, missingVerifier, refuseLoginAge } from './credential-method.js'

/** More than any certificate of a client; its parser need not see the rest. */
const MAX_CERTIFICATE_BYTES = 16_384

/** The certificate whose key the client proved in the TLS handshake (RFC 8705 section 2). */
export const clientCertificateMethod: CredentialMethod = {
  verifier: 'clientCertificates',
  find: ({ request: { clientCertificate }, verifiers: { clientCertificates } }) => {
    if (clientCertificate === undefined) return undefined
    if (!isCertificate(clientCertificate)) throw new InvalidRequestError('credentials_malformed')
    if (clientCertificates === undefined) throw missingVerifier('clientCertificates')
    return async demands => {
      const { scope } = demands
      const principal = await clientCertificates.verify(
        clientCertificate,
        scope === undefined ? {} : { scope },
      )
      refuseLoginAge(demands)
      return principal
    }
  },
}

function isCertificate(value: unknown): boolean {
  return value instanceof Uint8Array && value.length > 0 && value.length <= MAX_CERTIFICATE_BYTES
}
