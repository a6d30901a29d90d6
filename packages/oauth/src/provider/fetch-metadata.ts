import { type AuthorizationServer, discoveryRequest, processDiscoveryResponse } from 'oauth4webapi'
import { isSafeScheme } from '../loopback.js'
import { toProtocolFailure } from './protocol-failure.js'
import type { Provider } from './provider.js'
import { type ProviderHttp, protocolOptions } from './provider-http.js'
import { refuseAnswer, SignInFailure } from './sign-in-failure.js'

const MAX_AGE_MS = 3_600_000
const MAX_STALE_MS = 86_400_000
const COOLDOWN_MS = 30_000

const ENDPOINTS = [
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'userinfo_endpoint',
  'revocation_endpoint',
] as const

/**
 * Prepares the metadata of a provider (OpenID Connect Discovery 1.0 section 4). Fetched when it is first needed, one
 * fetch at a time, used for an hour, and for a day while it cannot be fetched again; after a failure there is a pause
 * of 30 seconds.
 * @throws SignInFailure when there is none that may be used
 */
export function createMetadataSource(
  provider: Provider,
  http: ProviderHttp,
): () => Promise<AuthorizationServer> {
  if (provider.metadata !== undefined) {
    const { metadata } = provider
    return async () => metadata
  }
  let current: { readonly server: AuthorizationServer; readonly fetchedAt: number } | undefined
  let failed: { readonly failure: unknown; readonly at: number } | undefined
  let pending: Promise<AuthorizationServer> | undefined

  // a clock that was set back proves nothing about age, so it counts as too old
  const isWithin = (since: number, durationMs: number): boolean => {
    const elapsed = http.clock() - since
    return elapsed >= 0 && elapsed < durationMs
  }

  const fetchOnce = (): Promise<AuthorizationServer> => {
    const fetchedAt = http.clock()
    pending ??= fetchMetadata(provider, http)
      .then(server => {
        current = { server, fetchedAt }
        return server
      })
      .catch((failure: unknown) => {
        failed = { failure, at: http.clock() }
        throw failure
      })
      .finally(() => {
        pending = undefined
      })
    return pending
  }

  return async () => {
    if (current !== undefined && isWithin(current.fetchedAt, MAX_AGE_MS)) return current.server
    const stale = current !== undefined && isWithin(current.fetchedAt, MAX_STALE_MS) ? current : undefined
    if (failed !== undefined && isWithin(failed.at, COOLDOWN_MS)) {
      if (stale !== undefined) return stale.server
      throw failed.failure
    }
    try {
      return await fetchOnce()
    } catch (failure) {
      if (stale !== undefined) return stale.server
      throw failure
    }
  }
}

async function fetchMetadata(
  { issuer, discoveryUrl = issuer }: Provider,
  http: ProviderHttp,
): Promise<AuthorizationServer> {
  try {
    const options = { algorithm: 'oidc', ...protocolOptions(http) } as const
    const response = await discoveryRequest(new URL(discoveryUrl), options)
    const server = await processDiscoveryResponse(new URL(issuer), response)
    // the comparison above is one of URLs; the issuer of tokens is compared character by character
    if (server.issuer !== issuer) throw refuseAnswer('metadata_invalid')
    validateEndpoints(server, http)
    return server
  } catch (error) {
    if (error instanceof SignInFailure) throw error
    throw toProtocolFailure(error, 'metadata_invalid')
  }
}

/** Browsers are sent to one of these and secrets to another: `javascript:` or `http:` must not get through. */
function validateEndpoints(server: AuthorizationServer, { allowLoopback }: ProviderHttp): void {
  const required = ['authorization_endpoint', 'token_endpoint', 'jwks_uri']
  for (const name of ENDPOINTS) {
    const value: unknown = server[name]
    const isMissing = value === undefined
    if (isMissing ? required.includes(name) : !isEndpoint(value, allowLoopback)) {
      throw refuseAnswer('metadata_invalid')
    }
  }
}

function isEndpoint(value: unknown, allowLoopback: boolean): boolean {
  return typeof value === 'string' && URL.canParse(value) && isSafeScheme(new URL(value), allowLoopback)
}
