import type { SecretBox } from '@authcore/core'
import type { FactorHost } from '../auth-host.js'
import type { StoredOtp } from '../factor.js'
import { randomText } from '../random-text.js'
import { findHotpCounter, findTotpStep } from './one-time-passwords.js'

/** 160 bits, as RFC 4226 section 4 recommends. */
const SECRET_LENGTH = 20

/** The secrets of one-time passwords, sealed for a subject and a factor. */
export interface OtpSecrets {
  create(subject: string, factorId: string): Promise<{ readonly secret: Uint8Array; readonly sealed: string }>
  /**
   * Finds the time step or the counter of a code, without using it up.
   * @returns `undefined` when the code is wrong, or the secret cannot be opened for this subject and factor
   */
  findMovingFactor(subject: string, factor: StoredOtp, code: unknown): Promise<number | undefined>
  /** Uses up a time step: one of any number of calls gets `true`. */
  reserveStep(subject: string, factor: StoredOtp, step: number): Promise<boolean>
}

/** Prepares them under keys of their own. */
export function createOtpSecrets(host: FactorHost, box: SecretBox): OtpSecrets {
  const { clock, random, stores } = host
  return Object.freeze({
    create: async (subject, factorId) => {
      const secret = random(SECRET_LENGTH)
      return { secret, sealed: await box.seal(secret, ownerOf(subject, factorId)) }
    },
    findMovingFactor: async (subject, factor, code) => {
      if (typeof code !== 'string' || code.length > 32) return undefined
      const digits = code.replace(/[\s-]/g, '')
      if (digits.length !== factor.digits || !/^[0-9]+$/.test(digits)) return undefined
      const secret = await box.open(factor.secret, ownerOf(subject, factor.id))
      if (secret === undefined) return undefined
      return factor.method === 'totp'
        ? findTotpStep(digits, secret, factor, clock())
        : findHotpCounter(digits, secret, factor, factor.counter)
    },
    reserveStep: async (subject, { id, periodSeconds }, step) => {
      const { outcome } = await stores.oneTime.reserve({
        namespace: 'mfa.totp',
        key: box.hash(JSON.stringify([subject, id, step])),
        holder: randomText(random, 16),
        // a step is accepted until the one after it ends
        expiresAt: (step + 3) * periodSeconds * 1000,
        now: clock(),
      })
      return outcome === 'reserved'
    },
  } satisfies OtpSecrets)
}

function ownerOf(subject: string, factorId: string): string {
  return JSON.stringify([subject, factorId])
}
