import { RateLimitError } from '@authcore/core'
import type { AuthHost } from '@authcore/core/extension'
import { toIdentityKey } from './account-identity.js'
import { toAddressBucket } from './address-bucket.js'
import { createKnownDevices } from './known-devices.js'
import type {
  LoginAttempt,
  LoginAttemptOutcome,
  LoginThrottle,
  LoginThrottleOptions,
  ThrottleLimit,
} from './login-throttle.js'
import { parseThrottleOptions } from './throttle-options.js'

/** Long enough that nothing comes back by waiting: NIST SP 800-63B-4 section 3.2.2 counts failures in a row. */
const NEVER_SECONDS = 100 * 365 * 86_400

/** Names that no account has must not be remembered for as long. */
const UNKNOWN_SECONDS = 86_400

/** The part of the failures in a row that is kept for known devices, so that nobody else can use it up. */
const DEVICE_SHARE = 5

interface Bucket extends ThrottleLimit {
  readonly key: string
  readonly code: 'login_throttled' | 'login_restricted'
}

/**
 * Prepares the counting of attempts on the rate limits of a deployment.
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * ```ts
 * import { createAuthCore } from '@authcore/core'
 * import { memoryStores } from '@authcore/core/memory'
 * import { createLoginThrottle } from '@authcore/password'
 *
 * const auth = createAuthCore({
 *   issuer: 'https://api.example.com',
 *   audience: 'https://api.example.com',
 *   secrets: [process.env.AUTHCORE_SECRET],
 *   stores: memoryStores(),
 * })
 * const throttle = createLoginThrottle(auth, { account: [{ limit: 5, windowSeconds: 60 }] })
 * const { outcome } = await throttle.take({ identifier: 'ada', ip: '192.0.2.1' })
 * ```
 */
export function createLoginThrottle(auth: AuthHost, options: LoginThrottleOptions = {}): LoginThrottle {
  const settings = parseThrottleOptions(options)
  const { rateLimits } = auth.stores
  const box = auth.secretBox('password.throttle')
  const devices = createKnownDevices(auth, settings.deviceSeconds)
  const forDevices = Math.floor(settings.maxConsecutiveFailures / DEVICE_SHARE)
  const forOthers = settings.maxConsecutiveFailures - forDevices

  const toBuckets = (kind: string, name: string, limits: readonly ThrottleLimit[]): readonly Bucket[] =>
    limits.map(({ limit, windowSeconds }) => ({
      // a hash: names and addresses of people do not belong into the keys of a database
      key: `login:${kind}:${windowSeconds}:${box.hash(`${kind} ${name}`)}`,
      limit,
      windowSeconds,
      code: 'login_throttled',
    }))
  const inARow = (kind: string, name: string, limit: number, windowSeconds: number): Bucket => ({
    key: `login:${kind}:row:${box.hash(`${kind} ${name}`)}`,
    limit,
    windowSeconds,
    code: 'login_restricted',
  })
  const ofOthers = (attempt: LoginAttempt): readonly Bucket[] => {
    const name = toIdentityKey(attempt)
    const seconds = attempt.subject === undefined ? UNKNOWN_SECONDS : NEVER_SECONDS
    return [...toBuckets('account', name, settings.account), inARow('account', name, forOthers, seconds)]
  }
  const ofDevice = (subject: string, deviceId: string): readonly Bucket[] => [
    ...toBuckets('device', deviceId, settings.account),
    inARow('devices', subject, forDevices, NEVER_SECONDS),
  ]
  const findDeviceId = async ({ deviceToken, subject }: LoginAttempt): Promise<string | undefined> =>
    deviceToken === undefined || subject === undefined
      ? undefined
      : devices.findDeviceId(deviceToken, subject)

  const takeAll = async (
    buckets: readonly Bucket[],
  ): Promise<(Bucket & { readonly retryAfterMs: number }) | undefined> => {
    let refusal: (Bucket & { readonly retryAfterMs: number }) | undefined
    for (const bucket of buckets) {
      const { key, limit, windowSeconds } = bucket
      // after a refusal the rest is only asked: an attempt costs as many calls whether it is refused or not
      const cost = refusal === undefined ? 1 : 0
      const { allowed, retryAfterMs } = await rateLimits.take({
        key,
        limit,
        windowSeconds,
        cost,
        now: auth.clock(),
      })
      if (!allowed) refusal ??= { ...bucket, retryAfterMs }
    }
    return refusal
  }

  return Object.freeze({
    take: async (attempt): Promise<LoginAttemptOutcome> => {
      if (attempt.ip !== undefined) {
        const refusal = await takeAll(toBuckets('address', toAddressBucket(attempt.ip), settings.address))
        if (refusal !== undefined) throw new RateLimitError('rate_limited', refusal.retryAfterMs / 1000)
      }
      const deviceId = await findDeviceId(attempt)
      const isKnownDevice = deviceId !== undefined && attempt.subject !== undefined
      const refusal = await takeAll(isKnownDevice ? ofDevice(attempt.subject, deviceId) : ofOthers(attempt))
      if (refusal === undefined) return { outcome: 'allowed', isKnownDevice }
      const retryAfterSeconds = Math.max(1, Math.ceil(refusal.retryAfterMs / 1000))
      return { outcome: 'refused', code: refusal.code, retryAfterSeconds }
    },
    reset: async attempt => {
      const deviceId = await findDeviceId(attempt)
      const { subject } = attempt
      const buckets = [
        ...ofOthers(attempt),
        ...(subject === undefined ? [] : [inARow('devices', subject, forDevices, NEVER_SECONDS)]),
        ...(deviceId === undefined ? [] : toBuckets('device', deviceId, settings.account)),
      ]
      await Promise.all(buckets.map(({ key }) => rateLimits.reset({ key, now: auth.clock() })))
    },
    rememberDevice: subject => devices.issue(subject),
  } satisfies LoginThrottle)
}
