import { InvalidLoginError } from '@authcore/core'
import {
  AuthorizationResponseError,
  type AuthorizationServer,
  authorizationCodeGrantRequest,
  processAuthorizationCodeResponse,
  type TokenEndpointResponse,
  validateAuthResponse,
} from 'oauth4webapi'
import { membersOf } from '../text.js'
import { toProtocolFailure } from './protocol-failure.js'
import type { Provider, ProviderContext } from './provider.js'
import { protocolOptions } from './provider-http.js'
import { type ProviderTokens, toProviderTokens } from './provider-tokens.js'
import { readUserInfo } from './read-user-info.js'
import { refuseAnswer, refuseIdentity, refuseResponse, SignInFailure } from './sign-in-failure.js'
import { toProfile, type VerifiedProfile } from './verified-profile.js'
import type { VerifyIdTokenSignature } from './verify-id-token.js'

/** What the browser brought back, and what was sent with it. */
export interface CodeExchange {
  readonly parameters: URLSearchParams
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** Whom the provider vouches for, and its tokens. */
export interface RedeemedCode {
  readonly profile: VerifiedProfile
  readonly tokens: ProviderTokens
}

interface Redemption {
  readonly provider: Provider
  readonly context: ProviderContext
  readonly verifySignature: VerifyIdTokenSignature
}

/**
 * Validates the answer to an authorization request, redeems its code, and finds out who it is (OpenID Connect Core 1.0
 * sections 3.1.2.7 to 3.1.3.7).
 * @throws SignInFailure
 */
export async function redeemCode(exchange: CodeExchange, redemption: Redemption): Promise<RedeemedCode> {
  const parameters = validateResponse(exchange, redemption.context)
  const response = await sendCode(parameters, exchange, redemption)
  const { provider } = redemption
  return provider.findProfile === undefined
    ? readOpenIdAnswer(response, exchange, redemption)
    : readOAuthAnswer(response, provider.findProfile, redemption)
}

/** Issuer and state first (RFC 9207 section 2.4): an error of somebody else's is none of this provider's. */
function validateResponse({ parameters, state }: CodeExchange, context: ProviderContext): URLSearchParams {
  const { server, client } = context
  // RFC 6749 section 3.1: none may come twice
  const names = [...parameters.keys()]
  if (new Set(names).size !== names.length) throw refuseResponse('response_malformed')
  const iss = parameters.get('iss')
  const isExpected =
    iss === null ? server.authorization_response_iss_parameter_supported !== true : iss === server.issuer
  if (!isExpected) throw refuseResponse('response_issuer_mismatch')
  try {
    return validateAuthResponse(server, client, parameters, state)
  } catch (error) {
    if (error instanceof AuthorizationResponseError) throw toDenial(error.error)
    throw refuseResponse('response_malformed')
  }
}

/** RFC 6749 section 4.1.2.1, OpenID Connect Core 1.0 section 3.1.2.6. */
const DENIALS: readonly string[] = [
  'access_denied',
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
  // Apple
  'user_cancelled_authorize',
]

function toDenial(error: string): SignInFailure {
  return DENIALS.includes(error)
    ? new SignInFailure('denied', new InvalidLoginError('sign_in_denied'))
    : refuseResponse('provider_error')
}

async function sendCode(
  parameters: URLSearchParams,
  { redirectUri, codeVerifier }: CodeExchange,
  { provider, context: { server, client, http } }: Redemption,
): Promise<Response> {
  if (parameters.get('code') === null) throw refuseResponse('response_malformed')
  try {
    const authentication = await provider.authenticate(http.clock)
    return await authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      parameters,
      redirectUri,
      codeVerifier,
      protocolOptions(http),
    )
  } catch (error) {
    throw toProtocolFailure(error, 'token_response_invalid')
  }
}

async function readOpenIdAnswer(
  response: Response,
  { nonce }: CodeExchange,
  { provider, context, verifySignature }: Redemption,
): Promise<RedeemedCode> {
  const { server, client } = context
  const { idToken, answer } = await readIdToken(response)
  // without one the answer is processed all the same: it says what is wrong
  const claims = idToken === undefined ? new Map() : await verifySignature(idToken, server)
  const issuer = provider.expectedIssuer === undefined ? server.issuer : provider.expectedIssuer(claims)
  if (issuer === undefined) throw refuseIdentity('id_token_issuer_mismatch')
  const tokens = await processAnswer(answer, () =>
    processAuthorizationCodeResponse({ ...server, issuer }, client, answer, {
      expectedNonce: nonce,
      requireIdToken: true,
      ...(provider.maxAgeSeconds !== undefined && { maxAge: provider.maxAgeSeconds }),
    }),
  )
  const known = { provider: context.id, issuer, isEmailVerified: provider.isEmailVerified(claims) }
  const profile = toProfile(claims, known)
  return finish(await addUserInfo(profile, tokens, { provider, context }), tokens, provider, context)
}

async function readOAuthAnswer(
  response: Response,
  findProfile: NonNullable<Provider['findProfile']>,
  { provider, context }: Redemption,
): Promise<RedeemedCode> {
  const tokens = await processAnswer(response, () =>
    processAuthorizationCodeResponse(context.server, context.client, response),
  )
  try {
    return finish(await findProfile(tokens.access_token, context), tokens, provider, context)
  } catch (error) {
    throw toProtocolFailure(error, 'user_info_invalid')
  }
}

function finish(
  profile: VerifiedProfile,
  answer: TokenEndpointResponse,
  { scope }: Provider,
  { http: { clock } }: ProviderContext,
): RedeemedCode {
  return { profile, tokens: toProviderTokens(answer, { clock, scope: scope.join(' ') }) }
}

/** A body can be read once; the copy is for `oauth4webapi`. */
async function readIdToken(
  response: Response,
): Promise<{ readonly idToken: unknown; readonly answer: Response }> {
  if (response.status !== 200) return { idToken: undefined, answer: response }
  const answer = response.clone()
  try {
    const members = membersOf(await response.json())
    if (members.get('id_token') === undefined) throw refuseIdentity('id_token_missing')
    return { idToken: members.get('id_token'), answer }
  } catch (error) {
    throw error instanceof SignInFailure ? error : refuseAnswer('token_response_invalid')
  }
}

async function processAnswer(
  { status }: Response,
  process: () => Promise<TokenEndpointResponse>,
): Promise<TokenEndpointResponse> {
  try {
    return await process()
  } catch (error) {
    const failure = toProtocolFailure(error, 'token_response_invalid')
    if (status < 500) throw failure
    throw new SignInFailure('unreachable', failure.error)
  }
}

async function addUserInfo(
  profile: VerifiedProfile,
  { access_token: accessToken }: TokenEndpointResponse,
  { provider, context }: { readonly provider: Provider; readonly context: ProviderContext },
): Promise<VerifiedProfile> {
  const isMissing = profile.email === undefined && provider.scope.includes('email')
  const hasEndpoint: (server: AuthorizationServer) => boolean = server =>
    server.userinfo_endpoint !== undefined
  if (!provider.readsUserInfo || !isMissing || !hasEndpoint(context.server)) return profile
  try {
    return await readUserInfo(profile, accessToken, { provider, context })
  } catch (error) {
    throw toProtocolFailure(error, 'user_info_invalid')
  }
}
