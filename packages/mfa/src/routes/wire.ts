import type { SentCode } from '../codes/code-factors.js'
import type { Factor } from '../factor.js'
import type { PasskeyChallenge, PasskeyEnrolment } from '../passkeys/passkey-factors.js'

/** Instants on the wire are NumericDate (RFC 7519 section 2). */
export function toNumericDate(instant: number): number {
  return Math.floor(instant / 1000)
}

/** A factor as its owner sees it. */
export function toWireFactor({ factorId, method, name, createdAt, sentTo, isBackedUp }: Factor): object {
  return {
    factor_id: factorId,
    method,
    name,
    created_at: toNumericDate(createdAt),
    ...(sentTo !== undefined && { sent_to: sentTo }),
    ...(isBackedUp !== undefined && { backed_up: isBackedUp }),
  }
}

/** A code that is on its way. */
export function toWireSentCode({ factorId, channel, sentTo, expiresAt }: SentCode): object {
  return { factor_id: factorId, method: channel, sent_to: sentTo, expires_at: toNumericDate(expiresAt) }
}

/** What the page hands to the browser, in the JSON of WebAuthn. */
export function toWireCeremony({ options, expiresAt }: PasskeyEnrolment | PasskeyChallenge): object {
  return { options, expires_at: toNumericDate(expiresAt) }
}
