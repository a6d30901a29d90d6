import { verifyBoundToken } from '../proof-of-key/verify-bound-token.js'
import { type CredentialMethod, missingVerifier } from './credential-method.js'

/** `Authorization: Bearer` (RFC 6750 section 2.1) or `Authorization: DPoP` (RFC 9449 section 7.1). */
export const accessTokenMethod: CredentialMethod = {
  verifier: 'accessTokens',
  acceptsDpop: true,
  find: search => {
    const { presented, verifiers } = search
    const { accessTokens } = verifiers
    if (presented === undefined) return undefined
    if (accessTokens === undefined) throw missingVerifier('accessTokens')
    return demands =>
      verifyBoundToken(search, presented, confirmation =>
        accessTokens.verify(presented.token, { ...demands, confirmation }),
      )
  },
}
