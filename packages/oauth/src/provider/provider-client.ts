import { InvalidGrantError, StoreError } from '@authcore/core'
import {
  type AuthorizationServer,
  calculatePKCECodeChallenge,
  processRefreshTokenResponse,
  processRevocationResponse,
  ResponseBodyError,
  refreshTokenGrantRequest,
  revocationRequest,
} from 'oauth4webapi'
import { createMetadataSource } from './fetch-metadata.js'
import { toProtocolFailure } from './protocol-failure.js'
import type { Provider, ProviderContext } from './provider.js'
import { type ProviderHttp, protocolOptions, skewOf } from './provider-http.js'
import { type ProviderTokens, toProviderTokens } from './provider-tokens.js'
import { type CodeExchange, type RedeemedCode, redeemCode } from './redeem-code.js'
import { SignInFailure } from './sign-in-failure.js'
import { createIdTokenVerifier } from './verify-id-token.js'

/** What one authorization request is made of. */
export interface AuthorizationRequest {
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** One provider, ready to be asked. */
export interface ProviderClient {
  readonly id: string
  readonly provider: Provider
  /** Where to send the browser (RFC 6749 section 4.1.1, RFC 7636 section 4.3). @throws SignInFailure */
  authorizationUrl(request: AuthorizationRequest): Promise<string>
  /** Validates the answer of the browser and redeems its code. @throws SignInFailure */
  redeem(exchange: CodeExchange): Promise<RedeemedCode>
  /**
   * Gets new tokens (RFC 6749 section 6).
   * @throws InvalidGrantError `provider_grant_ended` when the provider takes this refresh token no more
   * @throws StoreError `provider_unavailable`, `provider_response_invalid`
   */
  refresh(tokens: ProviderTokens): Promise<ProviderTokens>
  /** Ends the grant (RFC 7009). @returns whether the provider has confirmed it; never throws */
  revoke(tokens: ProviderTokens): Promise<boolean>
}

/** Wires one provider. Does no input or output. */
export function createProviderClient(id: string, provider: Provider, http: ProviderHttp): ProviderClient {
  const findServer = createMetadataSource(provider, http)
  const verifySignature = createIdTokenVerifier(http)
  const contextOf = (server: AuthorizationServer): ProviderContext => ({
    id,
    server,
    client: { client_id: provider.clientId, ...skewOf(http.clock) },
    http,
  })

  return Object.freeze({
    id,
    provider,
    authorizationUrl: async request => toAuthorizationUrl(await findServer(), provider, request),
    redeem: async exchange =>
      redeemCode(exchange, { provider, context: contextOf(await findServer()), verifySignature }),
    refresh: async tokens => {
      try {
        return await refreshTokens(tokens, provider, contextOf(await findServer()))
      } catch (error) {
        throw toRefreshError(error)
      }
    },
    revoke: async tokens => {
      try {
        return await revokeTokens(tokens, provider, contextOf(await findServer()))
      } catch {
        return false
      }
    },
  } satisfies ProviderClient)
}

async function toAuthorizationUrl(
  { authorization_endpoint: endpoint = '' }: AuthorizationServer,
  { clientId, scope, responseMode, parameters, maxAgeSeconds, metadata }: Provider,
  { redirectUri, state, nonce, codeVerifier }: AuthorizationRequest,
): Promise<string> {
  const url = new URL(endpoint)
  const query: Readonly<Record<string, string>> = {
    ...parameters,
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: scope.join(' '),
    state,
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    // a provider with fixed metadata has no ID tokens that a nonce could come back in
    ...(metadata === undefined && { nonce }),
    ...(responseMode === 'form_post' && { response_mode: 'form_post' }),
    ...(maxAgeSeconds !== undefined && { max_age: String(maxAgeSeconds) }),
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

async function refreshTokens(
  tokens: ProviderTokens,
  provider: Provider,
  { server, client, http }: ProviderContext,
): Promise<ProviderTokens> {
  const { refreshToken = '', scope } = tokens
  const authentication = await provider.authenticate(http.clock)
  const options = protocolOptions(http)
  const response = await refreshTokenGrantRequest(server, client, authentication, refreshToken, options)
  const answer = await processRefreshTokenResponse(server, client, await withoutIdToken(response))
  const refreshed = toProviderTokens(answer, { clock: http.clock, scope })
  // RFC 6749 section 6: without a new refresh token the old one stays good
  return Object.freeze({ refreshToken, ...refreshed })
}

/** Nobody reads the ID token of a refresh: one that does not fit must not cost the tokens beside it. */
async function withoutIdToken(response: Response): Promise<Response> {
  if (response.status !== 200) return response
  const answer: unknown = await response.json()
  const { id_token: _, ...rest } = Object(answer)
  return Response.json(rest)
}

function toRefreshError(error: unknown): InvalidGrantError | StoreError {
  if (error instanceof ResponseBodyError && error.error === 'invalid_grant') {
    return new InvalidGrantError('provider_grant_ended')
  }
  const failure = error instanceof SignInFailure ? error : toProtocolFailure(error, 'token_response_invalid')
  return failure.error instanceof StoreError ? failure.error : new StoreError('provider_response_invalid')
}

async function revokeTokens(
  { accessToken, refreshToken }: ProviderTokens,
  provider: Provider,
  context: ProviderContext,
): Promise<boolean> {
  if (provider.revoke !== undefined) {
    await provider.revoke(accessToken, context)
    return true
  }
  const { server, client, http } = context
  if (server.revocation_endpoint === undefined) return false
  const authentication = await provider.authenticate(http.clock)
  // RFC 7009 section 2.1: with the refresh token go the access tokens of its grant
  const token = refreshToken ?? accessToken
  await processRevocationResponse(
    await revocationRequest(server, client, authentication, token, protocolOptions(http)),
  )
  return true
}
