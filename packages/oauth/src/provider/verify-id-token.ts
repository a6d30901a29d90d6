import { InvalidTokenError, StoreError } from '@authcore/core'
import { type Algorithm, createRemoteJwkSet, type KeySource, verifyJws } from '@authcore/core/jwt'
import type { AuthorizationServer } from 'oauth4webapi'
import { membersOf, parseJson } from '../text.js'
import { type ProviderHttp, toKeySetFetch } from './provider-http.js'
import { refuseIdentity, SignInFailure } from './sign-in-failure.js'

/** Verifies the signature of an ID token under the keys of its provider. Nothing else about it has been verified. */
export type VerifyIdTokenSignature = (
  idToken: unknown,
  server: AuthorizationServer,
) => Promise<ReadonlyMap<string, unknown>>

/** Asymmetric ones only: a client secret is no key that a provider signs with. */
const ALGORITHMS: readonly Algorithm[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
]

/**
 * Prepares the verification (OpenID Connect Core 1.0 section 3.1.3.7, steps 6 to 8). The key set is fetched again when a
 * token names a key that is not in it, so that a provider may replace its keys at any time.
 */
export function createIdTokenVerifier(http: ProviderHttp): VerifyIdTokenSignature {
  let keys: { readonly url: string; readonly source: KeySource } | undefined

  const keysOf = ({ jwks_uri: url = '' }: AuthorizationServer): KeySource => {
    if (keys?.url !== url) keys = { url, source: createKeys(url, http) }
    return keys.source
  }

  return async (idToken, server) => {
    if (typeof idToken !== 'string') throw refuseIdentity('id_token_missing')
    try {
      const { payload } = await verifyJws(idToken, keysOf(server), { algorithms: ALGORITHMS })
      return membersOf(parseJson(new TextDecoder('utf-8', { fatal: true }).decode(payload)))
    } catch (error) {
      if (error instanceof StoreError) {
        throw new SignInFailure('unreachable', new StoreError('provider_unavailable'))
      }
      const isRefused = error instanceof InvalidTokenError
      throw refuseIdentity(isRefused ? 'id_token_signature_invalid' : 'id_token_claims_invalid')
    }
  }
}

function createKeys(url: string, http: ProviderHttp): KeySource {
  return createRemoteJwkSet({
    url,
    allowHttpOnLoopback: http.allowLoopback,
    clock: http.clock,
    fetch: toKeySetFetch(http.fetch),
    createTimeout: http.createTimeout,
    timeoutSeconds: http.timeoutSeconds,
  })
}
