import { ownMembers } from './own-members.js'
import type { Confirmation } from './principal.js'

/** The members of a confirmation that can be checked. */
export const CONFIRMATION_MEMBERS = ['x5t#S256', 'jkt'] as const

/**
 * Says whether a caller proved every key that a credential is bound to.
 * @param bound the confirmation of the credential; none binds to nothing
 * @param proved what the caller proved
 */
export function isProved(bound: Confirmation | undefined, proved: Confirmation | undefined): boolean {
  if (bound === undefined) return true
  // a polluted Object.prototype must prove nothing
  const demanded = ownMembers(bound)
  const shown = ownMembers(proved ?? {})
  return CONFIRMATION_MEMBERS.every(name => demanded[name] === undefined || demanded[name] === shown[name])
}
