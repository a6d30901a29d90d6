import type { Clock } from '@authcore/core'
import type { TokenEndpointResponse } from 'oauth4webapi'
import { isText } from '../text.js'
import { refuseAnswer } from './sign-in-failure.js'

/** What a provider issued. Secrets of somebody else's service: sealed wherever they are kept. */
export interface ProviderTokens {
  readonly accessToken: string
  /** Absent when it does not expire, or the provider does not say when. Epoch milliseconds. */
  readonly expiresAt?: number
  readonly refreshToken?: string
  /** As the provider writes it; the scope that was asked for when it says nothing. */
  readonly scope: string
}

const MAX_TOKEN = 12_288
const MAX_SCOPE = 2048
const MAX_EXPIRES_IN = 10 * 365 * 86_400

/**
 * Reads an answer that `oauth4webapi` has processed.
 * @throws SignInFailure for tokens too long to be kept, and for such that demand a proof of possession
 */
export function toProviderTokens(
  answer: TokenEndpointResponse,
  { clock, scope }: { readonly clock: Clock; readonly scope: string },
): ProviderTokens {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn } = answer
  const areGood =
    isText(accessToken, MAX_TOKEN) &&
    (refreshToken === undefined || isText(refreshToken, MAX_TOKEN)) &&
    answer.token_type === 'bearer' &&
    (answer.scope === undefined || answer.scope.length <= MAX_SCOPE)
  if (!areGood) throw refuseAnswer('token_response_invalid')
  return Object.freeze({
    accessToken,
    ...(expiresIn !== undefined && { expiresAt: clock() + 1000 * Math.min(expiresIn, MAX_EXPIRES_IN) }),
    ...(refreshToken !== undefined && { refreshToken }),
    scope: answer.scope ?? scope,
  })
}
