import type { JwkSet } from '@authcore/core'
import { createAccessTokenVerifier } from '@authcore/core'
import { ALGORITHMS, type Algorithm } from '@authcore/core/jwt'
import { verdictOf } from './check.js'
import { AUDIENCE, deploy, ISSUER, NOW } from './deployment.js'

/** A token that one runtime issued, for the others to verify. */
export interface IssuedToken {
  readonly algorithm: Algorithm
  readonly accessToken: string
  readonly jwks: JwkSet
}

/** What a runtime makes of one algorithm. */
export type Issued = IssuedToken | { readonly algorithm: Algorithm; readonly missing: string }

/** Those with a public key: a secret is shared with nobody. */
const PUBLIC: readonly Algorithm[] = ALGORITHMS.filter(algorithm => !algorithm.startsWith('HS'))

/** Issues a token in every algorithm that the runtime has; one that it lacks ends with a named error. */
export async function issueTokens(): Promise<readonly Issued[]> {
  const issued: Issued[] = []
  for (const algorithm of PUBLIC) issued.push(await issueToken(algorithm))
  return issued
}

async function issueToken(algorithm: Algorithm): Promise<Issued> {
  const { auth } = deploy({ algorithm })
  const issue = async () => {
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', scope: ['read'] })
    return { algorithm, accessToken, jwks: await auth.signingKeys.jwks() }
  }
  let issued: IssuedToken | undefined
  const missing = await verdictOf(async () => {
    issued = await issue()
  })
  return issued ?? { algorithm, missing }
}

/** Verifies a token of another runtime. */
export async function verifyIssued({ accessToken, jwks }: IssuedToken): Promise<string> {
  return verdictOf(async () => {
    const verifier = createAccessTokenVerifier({ issuer: ISSUER, audience: AUDIENCE, jwks, clock: () => NOW })
    const { subject, scope } = await verifier.verify(accessToken)
    if (subject !== 'user-1' || scope.join() !== 'read') throw new Error('another principal')
  })
}
