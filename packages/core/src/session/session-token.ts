import type { TokenKind } from './token-text.js'

/**
 * A session token, which browsers keep in a cookie: `st_` and what `token-text.ts` lays out. It stays the same for as
 * long as its session lives, so its generation is 0 whatever the record counts.
 */
export const SESSION_TOKEN: TokenKind = Object.freeze({
  prefix: 'st_',
  purpose: 'session_token',
  malformed: 'session_token_malformed',
  invalid: 'session_token_invalid',
})

/** What stands in the text so that revocations can be looked up beside the record, not after it. */
export interface SessionTokenGrant {
  readonly subject: string
  readonly clientId?: string
  /** Epoch milliseconds. */
  readonly startedAt: number
}
