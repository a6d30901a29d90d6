import { createAccessTokenVerifier, type JwkSet } from '@authcore/core'
import { verdictOf } from './check.js'
import { AUDIENCE, ISSUER, NOW } from './deployment.js'

/** Tokens, good and bad, with the keys that they claim to be of. */
export interface Corpus {
  readonly jwks: JwkSet
  readonly tokens: readonly string[]
}

/** The verdict on each token, in order. */
export async function judgeCorpus({ jwks, tokens }: Corpus): Promise<readonly string[]> {
  const verifier = createAccessTokenVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    jwks,
    clock: () => NOW,
    cacheSize: 0,
  })
  const verdicts: string[] = []
  for (const token of tokens) verdicts.push(await verdictOf(() => verifier.verify(token)))
  return verdicts
}
