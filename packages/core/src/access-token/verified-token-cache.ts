import type { JwsHeader, VerificationKey } from '../jws/types.js'
import type { AccessTokenPrincipal, Confirmation } from '../principal.js'

/** A token whose signature and form were verified under one key. Whether it is acceptable is asked every time. */
export interface VerifiedToken {
  readonly principal: AccessTokenPrincipal
  /** What the checks read of it. */
  readonly facts: AccessTokenFacts
  readonly notBefore: number | undefined
  readonly header: JwsHeader
  readonly key: VerificationKey
}

/**
 * What a principal says, absent members as `undefined`: each is a member of the object itself, so that a polluted
 * Object.prototype adds nothing.
 */
export interface AccessTokenFacts
  extends Pick<
    AccessTokenPrincipal,
    'tokenId' | 'subject' | 'issuer' | 'audience' | 'scope' | 'issuedAt' | 'expiresAt'
  > {
  readonly sessionId: string | undefined
  readonly clientId: string | undefined
  readonly authenticatedAt: number | undefined
  readonly confirmation: Confirmation | undefined
}

/** Takes the facts out of a principal. */
export function toFacts(principal: AccessTokenPrincipal): AccessTokenFacts {
  const own = <Name extends keyof AccessTokenPrincipal>(
    name: Name,
  ): AccessTokenPrincipal[Name] | undefined => (Object.hasOwn(principal, name) ? principal[name] : undefined)
  const { tokenId, subject, issuer, audience, scope, issuedAt, expiresAt } = principal
  return {
    tokenId,
    subject,
    issuer,
    audience,
    scope,
    issuedAt,
    expiresAt,
    sessionId: own('sessionId'),
    clientId: own('clientId'),
    authenticatedAt: own('authenticatedAt'),
    confirmation: own('confirmation'),
  }
}

/** Remembers verified tokens by their whole text. */
export interface VerifiedTokenCache {
  find(token: string): VerifiedToken | undefined
  remember(token: string, verified: VerifiedToken): void
}

/** Creates a cache of at most `size` tokens that forgets the one that was seen first; 0 remembers nothing. */
export function createVerifiedTokenCache(size: number): VerifiedTokenCache {
  // asking an empty map would still hash the whole token
  if (size === 0) return { find: () => undefined, remember() {} }
  const tokens = new Map<string, VerifiedToken>()
  return {
    find: token => tokens.get(token),
    remember(token, verified) {
      if (tokens.size >= size) forgetFirst(tokens)
      tokens.set(token, verified)
    },
  }
}

function forgetFirst(tokens: Map<string, VerifiedToken>): void {
  const first = tokens.keys().next()
  if (!first.done) tokens.delete(first.value)
}
