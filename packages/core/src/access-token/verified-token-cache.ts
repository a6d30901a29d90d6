import type { JwsHeader, VerificationKey } from '../jws/types.js'
import type { AccessTokenPrincipal } from '../principal.js'

/** A token whose signature and form were verified under one key. Whether it is acceptable is asked every time. */
export interface VerifiedToken {
  readonly principal: AccessTokenPrincipal
  /** The same, inheriting nothing: what the checks read, so that a polluted Object.prototype adds nothing. */
  readonly facts: AccessTokenPrincipal
  readonly notBefore: number | undefined
  readonly header: JwsHeader
  readonly key: VerificationKey
}

/** Remembers verified tokens by their whole text. */
export interface VerifiedTokenCache {
  find(token: string): VerifiedToken | undefined
  remember(token: string, verified: VerifiedToken): void
}

/** Creates a cache of at most `size` tokens that forgets the one that was seen first; 0 remembers nothing. */
export function createVerifiedTokenCache(size: number): VerifiedTokenCache {
  const tokens = new Map<string, VerifiedToken>()
  return {
    find: token => tokens.get(token),
    remember(token, verified) {
      if (size === 0) return
      if (tokens.size >= size) forgetFirst(tokens)
      tokens.set(token, verified)
    },
  }
}

function forgetFirst(tokens: Map<string, VerifiedToken>): void {
  const first = tokens.keys().next()
  if (!first.done) tokens.delete(first.value)
}
