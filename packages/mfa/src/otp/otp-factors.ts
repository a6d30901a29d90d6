import { InvalidRequestError } from '@authcore/core'
import { renderSVG } from 'uqr'
import { validateText } from '../arguments.js'
import { type Factor, type StoredFactor, type StoredOtp, toFactor } from '../factor.js'
import type { FactorContext } from '../factor-context.js'
import { randomText } from '../random-text.js'
import type { VerifyProof } from '../verified-proof.js'
import { type OtpParameters, toKeyUri } from './one-time-passwords.js'
import { createOtpSecrets, type OtpSecrets } from './otp-secrets.js'

/** How an authenticator app is enrolled. */
export interface StartOtpOptions {
  /** Shown in the app beside the name of the service: a name or an address, 1 to 128 characters without a colon. */
  readonly accountName: string
  /** What the owner calls the factor: 1 to 64 characters; the method unless told. */
  readonly name?: string
}

/** What the owner scans or types in. The secret is shown this once. */
export interface OtpEnrolment {
  readonly factorId: string
  /** Base32. */
  readonly secret: string
  /** `otpauth://` with everything in it. */
  readonly uri: string
  /** The same as a QR code: an SVG document. Holds the secret. */
  readonly qrCode: string
  /** Epoch milliseconds; until then one right code confirms it. */
  readonly expiresAt: number
}

/** One right code. */
export interface ConfirmOtpOptions {
  readonly factorId: string
  readonly code: string
}

/** Time-based and counter-based one-time passwords. */
export interface OtpFactors {
  start(subject: string, method: 'totp' | 'hotp', options: StartOtpOptions): Promise<OtpEnrolment>
  confirm(subject: string, method: 'totp' | 'hotp', options: ConfirmOtpOptions): Promise<Factor>
  readonly verify: VerifyProof
}

/** Prepares them. */
export function createOtpFactors(context: FactorContext): OtpFactors {
  const secrets = createOtpSecrets(context.host, context.host.secretBox('mfa.otp'))
  return Object.freeze({
    start: (subject, method, options) => startOtp(subject, method, options, context, secrets),
    confirm: (subject, method, options) => confirmOtp(subject, method, options, context, secrets),
    verify: async ({ subject, method, proof, record }) => {
      const code = proof.get('code')
      for (const factor of record.factors) {
        if (!isOtp(factor) || factor.method !== method) continue
        if (await spendCode(subject, factor, code, context, secrets)) {
          return { amr: ['otp'], factorId: factor.id }
        }
      }
      return undefined
    },
  } satisfies OtpFactors)
}

async function startOtp(
  subject: string,
  method: 'totp' | 'hotp',
  options: StartOtpOptions,
  { host, settings, enrolments }: FactorContext,
  secrets: OtpSecrets,
): Promise<OtpEnrolment> {
  const accountName = validateText(options.accountName, 'accountName', 128)
  // it separates the issuer from the account in the label
  if (accountName.includes(':')) {
    throw new InvalidRequestError('argument_invalid', { detail: 'accountName must not hold a colon.' })
  }
  const name = options.name === undefined ? method : validateText(options.name, 'name', 64)
  const id = randomText(host.random, 16)
  const { secret, sealed } = await secrets.create(subject, id)
  const parameters = toParameters(method, settings.totp)
  const stored = { id, ...parameters, name, createdAt: host.clock(), secret: sealed, counter: 0 }
  const { expiresAt } = await enrolments.start(subject, stored)
  const key = toKeyUri(secret, parameters, { issuerName: settings.issuerName, accountName })
  return Object.freeze({
    factorId: id,
    ...key,
    qrCode: renderSVG(key.uri, { ecc: 'M', border: 4 }),
    expiresAt,
  })
}

function toParameters(
  method: 'totp' | 'hotp',
  { algorithm, digits }: FactorContext['settings']['totp'],
): OtpParameters {
  return { method, algorithm, digits, periodSeconds: method === 'totp' ? 30 : 0 }
}

/** A factor counts after one right code, which is used up by it. */
async function confirmOtp(
  subject: string,
  method: 'totp' | 'hotp',
  { factorId, code }: ConfirmOtpOptions,
  context: FactorContext,
  secrets: OtpSecrets,
): Promise<Factor> {
  const { enrolments, records } = context
  const factor = await enrolments.find(subject, factorId)
  if (factor === undefined || !isOtp(factor) || factor.method !== method) throw refuseEnrolment()
  const movingFactor = await secrets.findMovingFactor(subject, factor, code)
  if (movingFactor === undefined) throw refuseEnrolment()
  if (method === 'totp' && !(await secrets.reserveStep(subject, factor, movingFactor)))
    throw refuseEnrolment()
  const enrolled = method === 'totp' ? factor : { ...factor, counter: movingFactor + 1 }
  await records.add(subject, enrolled)
  await enrolments.finish(factor.id)
  return toFactor(enrolled)
}

/** Uses a code up; one of any number of calls with the same code gets `true`. */
async function spendCode(
  subject: string,
  factor: StoredOtp,
  code: unknown,
  { records }: FactorContext,
  secrets: OtpSecrets,
): Promise<boolean> {
  const movingFactor = await secrets.findMovingFactor(subject, factor, code)
  if (movingFactor === undefined) return false
  if (factor.method === 'totp') return secrets.reserveStep(subject, factor, movingFactor)
  const changed = await records.change(subject, record => {
    const current = record.factors.filter(isOtp).find(({ id }) => id === factor.id)
    // whoever came with this counter or a later one was first
    if (current === undefined || current.counter > movingFactor) return undefined
    const factors = record.factors.map(other =>
      other === current ? { ...current, counter: movingFactor + 1 } : other,
    )
    return { ...record, factors }
  })
  return changed !== undefined
}

function isOtp(factor: StoredFactor): factor is StoredOtp {
  return factor.method === 'totp' || factor.method === 'hotp'
}

function refuseEnrolment(): InvalidRequestError {
  return new InvalidRequestError('factor_enrolment_invalid')
}
