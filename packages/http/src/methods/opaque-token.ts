import { type CredentialMethod, missingVerifier } from './credential-method.js'

/** `Authorization: Bearer` with an opaque token of the deployment (RFC 6750 section 2.1). */
export const opaqueTokenMethod: CredentialMethod = {
  verifier: 'opaqueTokens',
  isBearer: (text, { opaqueTokens }) => opaqueTokens?.isOpaqueToken(text) === true,
  find: ({ bearer, verifiers: { opaqueTokens } }) => {
    if (bearer === undefined) return undefined
    if (opaqueTokens === undefined) throw missingVerifier('opaqueTokens')
    return demands => opaqueTokens.verify(bearer, demands)
  },
}
