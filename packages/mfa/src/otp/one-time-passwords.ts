import { HOTP, Secret, TOTP } from 'otpauth'
import type { OtpAlgorithm } from '../factor.js'

/** How the codes of one secret are made. */
export interface OtpParameters {
  readonly method: 'totp' | 'hotp'
  readonly algorithm: OtpAlgorithm
  readonly digits: number
  /** Of `totp`. */
  readonly periodSeconds: number
}

/** The steps before and after the present one that are accepted: clocks of phones are off by that much. */
const STEP_WINDOW = 1

/** So many codes may be made and never presented (RFC 4226 section 7.4). */
const LOOK_AHEAD = 10

/**
 * Finds the time step of a code (RFC 6238 section 5.2), by the time of the server.
 * @param code digits, of the length that the parameters name
 * @param now epoch milliseconds
 * @returns `undefined` when the code belongs to none of the accepted steps
 */
export function findTotpStep(
  code: string,
  secret: Uint8Array,
  { algorithm, digits, periodSeconds }: OtpParameters,
  now: number,
): number | undefined {
  const delta = TOTP.validate({
    token: code,
    secret: toSecret(secret),
    algorithm,
    digits,
    period: periodSeconds,
    timestamp: now,
    window: STEP_WINDOW,
  })
  return delta === null ? undefined : TOTP.counter({ period: periodSeconds, timestamp: now }) + delta
}

/**
 * Finds the counter of a code at or shortly after the next one that is expected (RFC 4226 section 7.2).
 * @returns `undefined` when there is none
 */
export function findHotpCounter(
  code: string,
  secret: Uint8Array,
  { algorithm, digits }: OtpParameters,
  nextCounter: number,
): number | undefined {
  const key = toSecret(secret)
  for (let counter = nextCounter; counter <= nextCounter + LOOK_AHEAD; counter += 1) {
    // one after the other without a window: a window would also accept codes of the past
    const delta = HOTP.validate({ token: code, secret: key, algorithm, digits, counter, window: 0 })
    if (delta !== null) return counter
  }
  return undefined
}

/** What an authenticator app is told. */
export interface OtpLabel {
  readonly issuerName: string
  readonly accountName: string
}

/** The secret as people type it in, and the `otpauth://` URI that carries everything. */
export function toKeyUri(
  secret: Uint8Array,
  { method, algorithm, digits, periodSeconds }: OtpParameters,
  { issuerName, accountName }: OtpLabel,
): { readonly secret: string; readonly uri: string } {
  const key = toSecret(secret)
  const shared = { issuer: issuerName, label: accountName, secret: key, algorithm, digits }
  const otp =
    method === 'totp' ? new TOTP({ ...shared, period: periodSeconds }) : new HOTP({ ...shared, counter: 0 })
  return { secret: key.base32, uri: otp.toString() }
}

function toSecret(bytes: Uint8Array): Secret {
  return new Secret({ buffer: Uint8Array.from(bytes).buffer })
}
