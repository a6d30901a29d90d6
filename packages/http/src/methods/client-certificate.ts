import { findClientCertificate } from '../client-certificate/find-client-certificate.js'
import { type CredentialMethod, missingVerifier, refuseLoginAge } from './credential-method.js'

/** The certificate whose key the client proved in the TLS handshake (RFC 8705 section 2). */
export const clientCertificateMethod: CredentialMethod = {
  verifier: 'clientCertificates',
  find: ({ request, verifiers: { clientCertificates, http } }) => {
    const certificate = findClientCertificate(request, http)
    if (certificate === undefined) return undefined
    if (clientCertificates === undefined) throw missingVerifier('clientCertificates')
    return async demands => {
      const { scope } = demands
      const principal = await clientCertificates.verify(certificate, scope === undefined ? {} : { scope })
      refuseLoginAge(demands)
      return principal
    }
  },
}
