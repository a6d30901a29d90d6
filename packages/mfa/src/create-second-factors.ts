import type { AnyPrincipal } from '@authcore/core/extension'
import { membersOf } from './arguments.js'
import { createCodeFactors, purposeOf } from './codes/code-factors.js'
import { createEnrolments } from './enrolments.js'
import { toFactor } from './factor.js'
import type { FactorContext } from './factor-context.js'
import type { FactorRecord } from './factor-record.js'
import { createFactorRecords } from './factor-records.js'
import { requireFreshLogin } from './fresh-login.js'
import { type CreateSecondFactorsOptions, parseOptions } from './options.js'
import { createOtpFactors } from './otp/otp-factors.js'
import { createPasskeyFactors } from './passkeys/passkey-factors.js'
import { createRecoveryCodes } from './recovery-codes/recovery-codes.js'
import { removeFactor } from './remove-factor.js'
import type { SecondFactors } from './second-factors.js'
import { toStepUpLogin, verifyStepUp } from './step-up.js'
import { type Verifiers, verifyProof } from './verify-proof.js'

/**
 * Wires second factors. Does no input or output.
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * ```ts
 * import type { AuthCore } from '@authcore/core'
 * import { createSecondFactors } from '@authcore/mfa'
 *
 * declare const auth: AuthCore
 * declare const accessToken: string
 *
 * const secondFactors = createSecondFactors({ auth, issuerName: 'Example Shop' })
 * const principal = await auth.accessTokens.verify(accessToken)
 * const { factorId, qrCode } = await secondFactors.startTotp(principal, { accountName: 'ada@example.com' })
 * await secondFactors.confirmTotp(principal, { factorId, code: '123456' })
 * ```
 */
export function createSecondFactors(options: CreateSecondFactorsOptions): SecondFactors {
  const { host, settings } = parseOptions(options)
  const box = host.secretBox('mfa.factors')
  const records = createFactorRecords(host, box)
  const context: FactorContext = Object.freeze({
    host,
    settings,
    records,
    enrolments: createEnrolments(host, box),
  })
  const otp = createOtpFactors(context)
  const codes = createCodeFactors(context)
  const passkeys = createPasskeyFactors(context)
  const recoveryCodes = createRecoveryCodes(context)
  const verifiers: Verifiers = {
    totp: otp.verify,
    hotp: otp.verify,
    sms: codes.verify,
    email: codes.verify,
    passkey: passkeys.verify,
    recovery_code: recoveryCodes.verify,
  }
  const loginOf = (principal: AnyPrincipal) =>
    requireFreshLogin(principal, { now: host.clock(), freshLoginSeconds: settings.freshLoginSeconds })
  const ownerOf = (principal: AnyPrincipal): string => loginOf(principal).subject

  return Object.freeze({
    methods: Object.freeze([
      'totp',
      'hotp',
      ...(settings.codes?.channels ?? []),
      ...(settings.passkeys === undefined ? [] : (['passkey'] as const)),
    ] as const),
    freshLoginSeconds: settings.freshLoginSeconds,
    isEnrolled: async subject => (await records.find(subject)).factors.length > 0,
    listMethods: async subject => toMethods(await records.find(subject)),
    verify: (subject, proof, { loginId }) => verifyProof({ subject, loginId, proof }, context, verifiers),
    verifyStepUp: (principal, proof, client = {}) =>
      verifyStepUp({ principal, proof, client }, context, verifiers),
    stepUpLogin: principal => toStepUpLogin(principal),
    list: async principal => {
      const { factors, recoveryCodes } = await records.find(ownerOf(principal))
      return Object.freeze({
        factors: Object.freeze(factors.map(toFactor)),
        recoveryCodesLeft: recoveryCodes.length,
      })
    },
    remove: async (principal, factorId) => {
      await passkeys.release(await removeFactor(ownerOf(principal), factorId, context))
    },
    startTotp: async (principal, start) => otp.start(ownerOf(principal), 'totp', start),
    confirmTotp: async (principal, confirm) => otp.confirm(ownerOf(principal), 'totp', confirm),
    startHotp: async (principal, start) => otp.start(ownerOf(principal), 'hotp', start),
    confirmHotp: async (principal, confirm) => otp.confirm(ownerOf(principal), 'hotp', confirm),
    startCode: async (principal, start) => codes.start(loginOf(principal), start),
    confirmCode: async (principal, confirm) => codes.confirm(loginOf(principal), confirm),
    sendCode: async ({ subject, loginId }, send) =>
      codes.send({ subject, loginId, purpose: purposeOf(loginId) }, send),
    startPasskey: async (principal, start) => passkeys.start(loginOf(principal), start),
    confirmPasskey: async (principal, confirm) => passkeys.confirm(loginOf(principal), confirm),
    challengePasskey: login => passkeys.challenge(login),
    startPasskeyLogin: () => passkeys.challengeAnybody(),
    verifyFirst: async proof => passkeys.verifyFirst(membersOf(proof)),
    generateRecoveryCodes: async principal => recoveryCodes.generate(ownerOf(principal)),
  } satisfies SecondFactors)
}

function toMethods({ factors, recoveryCodes }: FactorRecord): readonly string[] {
  const methods = new Set<string>(factors.map(({ method }) => method))
  if (factors.length > 0 && recoveryCodes.length > 0) methods.add('recovery_code')
  return Object.freeze([...methods])
}
