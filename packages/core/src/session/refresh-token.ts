import type { Confirmation } from '../principal.js'
import type { TokenKind } from './token-text.js'

/**
 * A refresh token: `rt_` and what `token-text.ts` lays out. Every old generation is recognised for ever without
 * keeping it; the grant stands in the text so that a wrong client, key or scope is refused before the token is spent.
 */
export const REFRESH_TOKEN: TokenKind = Object.freeze({
  prefix: 'rt_',
  purpose: 'refresh_token',
  malformed: 'refresh_token_malformed',
  invalid: 'refresh_token_invalid',
})

/** What a session was granted at its start; the same in each of its refresh tokens. */
export interface RefreshGrant {
  readonly subject: string
  readonly clientId?: string
  readonly scope: readonly string[]
  readonly confirmation?: Confirmation
  /** Epoch milliseconds. */
  readonly startedAt: number
}
