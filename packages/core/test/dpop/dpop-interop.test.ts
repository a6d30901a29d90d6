import * as dpop from 'dpop'
import * as oauth from 'oauth4webapi'
import { describe, expect, it } from 'vitest'
import { createDpopProofVerifier } from '../../src/index.js'
import { createThumbprint } from '../../src/jwt.js'
import { MemoryOneTimeStore } from '../../src/memory/index.js'
import { SECRET } from '../fixtures.js'

const URL_OF_REQUEST = 'https://api.example.com/reports?page=2'
const ACCESS_TOKEN = 'eyJhbGciOi.J9.x'

// these libraries take the time from the runtime, so this verifier does, too
const createVerifier = (options = {}) =>
  createDpopProofVerifier({ oneTime: new MemoryOneTimeStore(), ...options })

async function thumbprintOf(key: dpop.KeyPair['publicKey']): Promise<string> {
  const { kty = '', crv, x, y, n, e } = await crypto.subtle.exportKey('jwk', key)
  return createThumbprint(JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })))
}

describe('proofs of other implementations', () => {
  it.each(['ES256', 'Ed25519', 'RS256', 'PS256'] as const)('dpop with %s', async alg => {
    const keys = await dpop.generateKeyPair(alg, { extractable: true })
    const proof = await dpop.generateProof(keys, URL_OF_REQUEST, 'GET', undefined, ACCESS_TOKEN)
    const request = { method: 'GET', url: URL_OF_REQUEST, accessToken: ACCESS_TOKEN }
    const { jkt } = await createVerifier().verify(proof, request)
    expect(jkt).toBe(await thumbprintOf(keys.publicKey))
  })

  it('oauth4webapi, which learns the nonce from the challenge', async () => {
    const verifier = createVerifier({ nonceSecrets: [SECRET] })
    const keys = await oauth.generateKeyPair('ES256', { extractable: true })
    const handle = oauth.DPoP({}, keys)
    const nonces: (string | undefined)[] = []

    const send = () =>
      oauth.protectedResourceRequest(ACCESS_TOKEN, 'GET', new URL(URL_OF_REQUEST), undefined, undefined, {
        DPoP: handle,
        [oauth.customFetch]: async (url: string, { headers }: { headers: Record<string, string> }) => {
          const request = { method: 'GET', url, accessToken: ACCESS_TOKEN }
          try {
            const { jkt } = await verifier.verify(headers['dpop'], request)
            return Response.json({ jkt, scheme: headers['authorization']?.split(' ')[0] })
          } catch (error) {
            const { nonce = '' } = Object(error) as { readonly nonce?: string }
            nonces.push(nonce)
            const challenge = 'DPoP error="use_dpop_nonce"'
            return new Response(null, {
              status: 401,
              headers: { 'www-authenticate': challenge, 'dpop-nonce': nonce },
            })
          }
        },
      })

    await expect(send()).rejects.toMatchObject({ status: 401 })
    const answer = await send()
    expect(await answer.json()).toEqual({ jkt: await thumbprintOf(keys.publicKey), scheme: 'DPoP' })
    expect(nonces).toHaveLength(1)
  })
})
