import { type AuthenticationResponseJSON, verifyAuthenticationResponse } from '@simplewebauthn/server'
import { isoBase64URL } from '@simplewebauthn/server/helpers'
import type { StoredPasskey } from '../factor.js'
import type { PasskeySettings } from '../options.js'
import type { ParsedResponse } from './passkey-response.js'

/** What a signature of a passkey says; its counter has not been compared. */
export interface VerifiedAssertion {
  readonly counter: number
  readonly isBackupEligible: boolean
  readonly isBackedUp: boolean
}

/**
 * Verifies an assertion (WebAuthn section 7.2) but for the counter, which is compared where it is written.
 * @returns `undefined` for whatever is not accepted
 */
export async function verifyAssertion(
  { response, challenge }: ParsedResponse<AuthenticationResponseJSON>,
  { credentialId, publicKey, userHandle }: StoredPasskey,
  { rpId, origins }: PasskeySettings,
): Promise<VerifiedAssertion | undefined> {
  const presented = response.response.userHandle
  if (response.id !== credentialId || (presented !== undefined && presented !== userHandle)) return undefined
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: [...origins],
      expectedRPID: rpId,
      requireUserVerification: true,
      // 0 lets every counter pass: two answers at the same time must be told apart by one write, not by two reads
      credential: { id: credentialId, publicKey: isoBase64URL.toBuffer(publicKey), counter: 0 },
    })
    if (!verified) return undefined
    const { newCounter, credentialDeviceType, credentialBackedUp } = authenticationInfo
    return {
      counter: newCounter,
      isBackupEligible: credentialDeviceType === 'multiDevice',
      isBackedUp: credentialBackedUp,
    }
  } catch {
    // the library throws at whatever is not accepted; there is nothing of a store in here
    return undefined
  }
}
