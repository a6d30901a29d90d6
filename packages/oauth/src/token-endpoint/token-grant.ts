import type { Confirmation } from '@authcore/core'
import type { OAuthClient } from '../client/oauth-clients.js'
import type { OpaqueTokens } from '../opaque-token/opaque-tokens.js'
import type { TokenEndpointHost } from './token-endpoint-host.js'

/** One request of a client that proved who it is and may use the grant. */
export interface TokenGrantCall {
  readonly auth: TokenEndpointHost
  readonly client: OAuthClient
  readonly audience: readonly string[]
  /** Where the access token is to be opaque. */
  readonly opaqueTokens: OpaqueTokens | undefined
  /** The keys that the sender proved. */
  readonly confirmation: Confirmation | undefined
}

/** What a grant came to. */
export interface GrantedTokens {
  readonly accessToken: string
  readonly tokenType: 'Bearer' | 'DPoP'
  readonly expiresInSeconds: number
  readonly scope: readonly string[]
  readonly refreshToken?: string
}
