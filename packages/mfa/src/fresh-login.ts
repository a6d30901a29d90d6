import { InvalidRequestError, InvalidTokenError } from '@authcore/core'
import type { AnyPrincipal } from '@authcore/core/extension'

/** A person whose login is recent. */
export interface FreshLogin {
  readonly subject: string
  /** The session, or the access token where there is none: what belongs to this login is bound to it. */
  readonly loginId: string
}

/**
 * Says whose login it is.
 * @throws InvalidRequestError `credentials_missing` for a caller that is no person who logged in
 */
export function readLogin(principal: AnyPrincipal): FreshLogin & { readonly authenticatedAt: number } {
  const { method } = principal
  // keys, certificates and tokens of other applications may act for people, not change how they log in
  if (method !== 'access_token' && method !== 'session') throw new InvalidRequestError('credentials_missing')
  const { subject, sessionId, authenticatedAt } = principal
  const tokenId = method === 'access_token' ? principal.tokenId : ''
  return {
    subject,
    loginId: sessionId === undefined ? `token:${tokenId}` : `session:${sessionId}`,
    authenticatedAt: authenticatedAt ?? 0,
  }
}

/**
 * Demands a recent login: whoever finds an unlocked browser must not be able to add a factor or remove one.
 * @throws InvalidTokenError `authentication_too_old`
 * @throws InvalidRequestError `credentials_missing`
 */
export function requireFreshLogin(
  principal: AnyPrincipal,
  { now, freshLoginSeconds }: { readonly now: number; readonly freshLoginSeconds: number },
): FreshLogin {
  const { subject, loginId, authenticatedAt } = readLogin(principal)
  if (now - authenticatedAt > freshLoginSeconds * 1000) {
    throw new InvalidTokenError('authentication_too_old')
  }
  return { subject, loginId }
}
