import { verifyBoundToken } from '../proof-of-key/verify-bound-token.js'
import { type CredentialMethod, missingVerifier } from './credential-method.js'

/** An opaque token of the deployment, presented like an access token. */
export const opaqueTokenMethod: CredentialMethod = {
  verifier: 'opaqueTokens',
  acceptsDpop: true,
  isBearer: (text, { opaqueTokens }) => opaqueTokens?.isOpaqueToken(text) === true,
  find: search => {
    const { presented, verifiers } = search
    const { opaqueTokens } = verifiers
    if (presented === undefined) return undefined
    if (opaqueTokens === undefined) throw missingVerifier('opaqueTokens')
    return demands =>
      verifyBoundToken(search, presented, confirmation =>
        opaqueTokens.verify(presented.token, { ...demands, confirmation }),
      )
  },
}
