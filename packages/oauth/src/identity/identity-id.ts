import type { SecretBox } from '@authcore/core'
import type { VerifiedProfile } from '../provider/verified-profile.js'

/** The purpose of the box that names identities: the same for the directory and the vault. */
export const IDENTITY_PURPOSE = 'oauth.identity'

/** Names an identity: 43 letters, digits, `-` and `_`, whatever issuer and subject look like. */
export function identityIdOf(
  box: Pick<SecretBox, 'hash'>,
  { issuer, subject }: Pick<VerifiedProfile, 'issuer' | 'subject'>,
): string {
  // JSON keeps the two apart: no pair of texts can be read as another pair
  return box.hash(JSON.stringify([issuer, subject]))
}

/** The tag by which what belongs to an account is found. */
export function accountTag(box: Pick<SecretBox, 'hash'>, subject: string): string {
  return `account:${box.hash(subject)}`
}
