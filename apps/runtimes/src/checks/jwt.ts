import { ALGORITHMS, importKey, signJwt, verifyJwt } from '@authcore/core/jwt'
import { type Check, expectEqual, expectRefused, verdictOf } from '../check.js'
import { AUDIENCE, deploy, ISSUER, NOW } from '../deployment.js'

const CLAIMS = { iss: ISSUER, aud: AUDIENCE, sub: 'user-1', exp: NOW / 1000 + 900 }
const OPTIONS = { issuer: ISSUER, audience: AUDIENCE, clock: () => NOW }

/** What an algorithm that the runtime lacks may end with. */
const NAMED = ['key_invalid', 'signing_key_unavailable', 'config_invalid']

/** Plain JWTs. */
export const jwtChecks: readonly Check[] = [
  ...(['HS256', 'HS384', 'HS512'] as const).map(algorithm => ({
    name: `${algorithm} signs and verifies`,
    run: async () => {
      const key = await importKey(crypto.getRandomValues(new Uint8Array(64)), { algorithm })
      const token = await signJwt(CLAIMS, key)
      const { payload } = await verifyJwt(token, key, { ...OPTIONS, algorithms: [algorithm] })
      expectEqual(payload['sub'], 'user-1', 'subject')
      // characters whose low bits are zero can end a signature of any length
      const changed = `${token.slice(0, -2)}${token.endsWith('AA') ? 'QQ' : 'AA'}`
      const verify = () => verifyJwt(changed, key, { ...OPTIONS, algorithms: [algorithm] })
      await expectRefused(verify, 'token_signature_invalid')
    },
  })),
  {
    name: 'an algorithm is there or ends with a named error',
    run: async () => {
      for (const algorithm of ALGORITHMS) {
        const { auth } = deploy({ algorithm })
        const verdict = await verdictOf(async () => {
          const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
          await auth.accessTokens.verify(accessToken)
        })
        if (verdict !== 'accepted' && !NAMED.includes(verdict)) throw new Error(`${algorithm}: ${verdict}`)
      }
    },
  },
  {
    name: 'none and confused algorithms are refused',
    run: async () => {
      const { publicKey, privateKey } = await crypto.subtle.generateKey(
        { name: 'ECDSA', namedCurve: 'P-256' },
        true,
        ['sign', 'verify'],
      )
      const privateJwk = JSON.parse(JSON.stringify(await crypto.subtle.exportKey('jwk', privateKey)))
      const publicJwk = JSON.parse(JSON.stringify(await crypto.subtle.exportKey('jwk', publicKey)))
      delete privateJwk.key_ops
      delete publicJwk.key_ops
      const token = await signJwt(CLAIMS, { ...privateJwk, alg: 'ES256' })
      const key = await importKey({ ...publicJwk, alg: 'ES256' })
      await verifyJwt(token, key, { ...OPTIONS, algorithms: ['ES256'] })
      const [, payload] = token.split('.')
      const none = `${btoa('{"alg":"none"}').replaceAll('=', '')}.${payload}.`
      const verdict = await verdictOf(() => verifyJwt(none, key, { ...OPTIONS, algorithms: ['ES256'] }))
      if (verdict === 'accepted') throw new Error('none was accepted')
      const asSecret = () =>
        importKey(new TextEncoder().encode(JSON.stringify(publicJwk)), { algorithm: 'HS256' })
      await expectRefused(asSecret, 'key_invalid')
    },
  },
]
