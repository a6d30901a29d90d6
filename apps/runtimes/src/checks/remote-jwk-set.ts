import { createAccessTokenVerifier } from '@authcore/core'
import { type Check, expectEqual, expectRefused } from '../check.js'
import { AUDIENCE, deploy, ISSUER, NOW } from '../deployment.js'

const JWKS_URI = 'https://auth.example.com/.well-known/jwks.json'

/** Remote key sets, with an injected fetch that answers with a real `Response`. */
export const remoteJwkSetChecks: readonly Check[] = [
  {
    name: 'a remote key set is fetched once for many callers',
    run: async () => {
      const { auth } = deploy()
      const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
      const jwks = await auth.signingKeys.jwks()
      let calls = 0
      const verifier = createAccessTokenVerifier({
        issuer: ISSUER,
        audience: AUDIENCE,
        jwksUri: JWKS_URI,
        clock: () => NOW,
        fetch: async () => {
          calls += 1
          return new Response(JSON.stringify(jwks), {
            headers: { 'content-type': 'application/jwk-set+json' },
          })
        },
      })
      await Promise.all(Array.from({ length: 20 }, () => verifier.verify(accessToken)))
      expectEqual(calls, 1, 'fetches')
    },
  },
  {
    name: 'a key set that cannot be had is an outage, not a verdict',
    run: async () => {
      const { auth } = deploy()
      const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
      const verifier = createAccessTokenVerifier({
        issuer: ISSUER,
        audience: AUDIENCE,
        jwksUri: JWKS_URI,
        clock: () => NOW,
        fetch: async () => new Response('no', { status: 502 }),
      })
      await expectRefused(() => verifier.verify(accessToken), 'jwk_set_unavailable')
    },
  },
]
