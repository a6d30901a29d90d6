import type { Context } from '../context.js'
import { StoreError } from '../errors.js'
import type { RevocationCheck } from './revocation-check.js'
import { type RevocableCredential, toRevocationMarks } from './revocation-marks.js'

/**
 * Looks up every mark that could refuse a credential, in one round trip, as stale as the deployment allows.
 * @param kid the key that signed it, if one did
 * @throws StoreError unless the deployment accepts what cannot be checked, which is then told as an event
 */
export async function askRevocation(
  credential: RevocableCredential,
  kid: string | undefined,
  check: RevocationCheck,
  { settings, emit }: Pick<Context, 'settings' | 'emit'>,
): Promise<boolean> {
  const { tokenId, subject, issuedAt } = credential
  try {
    return await check.isRevoked({ marks: toRevocationMarks(credential, kid), issuedAt })
  } catch (error) {
    if (settings.revocation.whenUnavailable === 'accept' && error instanceof StoreError) {
      emit('revocation.check_skipped', { tokenId, subject })
      return false
    }
    throw error
  }
}
