import { type CredentialMethod, missingVerifier } from './credential-method.js'

/** `Authorization: Bearer` (RFC 6750 section 2.1). */
export const accessTokenMethod: CredentialMethod = {
  verifier: 'accessTokens',
  find: ({ bearer, verifiers: { accessTokens } }) => {
    if (bearer === undefined) return undefined
    if (accessTokens === undefined) throw missingVerifier('accessTokens')
    return demands => accessTokens.verify(bearer, demands)
  },
}
