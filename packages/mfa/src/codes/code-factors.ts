import { ConfigError, InvalidRequestError } from '@authcore/core'
import { validateText } from '../arguments.js'
import {
  type CodeChannel,
  type Factor,
  type StoredDestination,
  type StoredFactor,
  toFactor,
} from '../factor.js'
import type { FactorContext } from '../factor-context.js'
import type { FreshLogin } from '../fresh-login.js'
import { randomText } from '../random-text.js'
import type { VerifyProof } from '../verified-proof.js'
import { parseDestination } from './code-destination.js'
import { countMessage } from './code-limits.js'
import type { CodePurpose } from './code-message.js'
import { deliverCode } from './code-sender.js'
import { createSentCodes, type SentCodes } from './sent-codes.js'

/** A number or an address to add. */
export interface StartCodeOptions {
  readonly channel: CodeChannel
  /** A telephone number with its country (`+14155550123`), or an e-mail address. */
  readonly to: string
  /** What the owner calls the factor: 1 to 64 characters; the channel unless told. */
  readonly name?: string
}

/** A code that was sent. */
export interface SentCode {
  readonly factorId: string
  readonly channel: CodeChannel
  /** Masked: `•• 89`, `a•••@example.com`. */
  readonly sentTo: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/** Which of the numbers and addresses of an account a code goes to: the first that fits. */
export interface SendCodeOptions {
  readonly channel: CodeChannel
  readonly factorId?: string | undefined
}

/** The login that a code is bound to. */
export interface CodeLogin {
  readonly subject: string
  readonly loginId: string
  readonly purpose: Exclude<CodePurpose, 'enrolment'>
}

/** Codes by SMS and e-mail. */
export interface CodeFactors {
  start(owner: FreshLogin, options: StartCodeOptions): Promise<SentCode>
  confirm(owner: FreshLogin, options: { readonly factorId: string; readonly code: string }): Promise<Factor>
  send(login: CodeLogin, options: SendCodeOptions): Promise<SentCode>
  readonly verify: VerifyProof
}

interface Parts {
  readonly context: FactorContext
  readonly codes: SentCodes
  sealTo(subject: string, factorId: string, to: string): Promise<string>
  openTo(subject: string, factor: StoredDestination): Promise<string | undefined>
  count(login: FreshLogin, canonical: string): Promise<void>
}

/** Prepares them; without a sender every call but `verify` says what is missing. */
export function createCodeFactors(context: FactorContext): CodeFactors {
  const { host, settings } = context
  const box = host.secretBox('mfa.codes')
  const ownerOf = (subject: string, factorId: string): string => JSON.stringify([subject, factorId])
  const requireParts = (channel: unknown): Parts => {
    const { codes } = settings
    if (codes === undefined) {
      throw new ConfigError('config_invalid', [{ path: 'codes', message: 'is required to send codes' }])
    }
    if (!codes.channels.some(known => known === channel)) {
      const detail = `channel must be one of ${codes.channels.join(', ')}.`
      throw new InvalidRequestError('argument_invalid', { detail })
    }
    return {
      context,
      codes: createSentCodes(host, codes, box),
      sealTo: (subject, factorId, to) => box.seal(to, ownerOf(subject, factorId)),
      openTo: (subject, { id, to }) => box.openText(to, ownerOf(subject, id)),
      count: ({ subject, loginId }, canonical) => countMessage({ subject, loginId, canonical }, host, box),
    }
  }
  return Object.freeze({
    start: (owner, options) => startCode(owner, options, requireParts(options.channel)),
    confirm: async (owner, { factorId, code }) => {
      const factor = await context.enrolments.find(owner.subject, factorId)
      if (!isDestination(factor)) throw new InvalidRequestError('factor_enrolment_invalid')
      return confirmCode(owner, factor, code, requireParts(factor.method))
    },
    send: (login, options) => sendCode(login, options, requireParts(options.channel)),
    verify: async ({ subject, method, proof, loginId, record }) => {
      if (settings.codes === undefined) return undefined
      const codes = createSentCodes(host, settings.codes, box)
      const purpose = purposeOf(loginId)
      for (const { id } of record.factors.filter(factor => factor.method === method)) {
        if (await codes.spend({ purpose, subject, loginId, factorId: id }, proof.get('code'))) {
          // RFC 8176 has a word for SMS and none for e-mail
          return { amr: method === 'sms' ? ['otp', 'sms'] : ['otp'], factorId: id }
        }
      }
      return undefined
    },
  } satisfies CodeFactors)
}

/** Step-ups have logins of their own, whose ids say so. */
export function purposeOf(loginId: string): CodeLogin['purpose'] {
  return loginId.startsWith('step-up:') ? 'step_up' : 'login'
}

async function startCode(owner: FreshLogin, options: StartCodeOptions, parts: Parts): Promise<SentCode> {
  const { context, sealTo, count } = parts
  const { channel } = options
  const { to, canonical, sentTo } = parseDestination(channel, options.to)
  const name = options.name === undefined ? channel : validateText(options.name, 'name', 64)
  await count(owner, canonical)
  const id = randomText(context.host.random, 16)
  const sealed = await sealTo(owner.subject, id, to)
  const createdAt = context.host.clock()
  await context.enrolments.start(owner.subject, { id, method: channel, name, createdAt, to: sealed, sentTo })
  return dispatch({ ...owner, purpose: 'enrolment' }, { id, channel, to, sentTo }, parts)
}

/** The number or address counts after one right code. */
async function confirmCode(
  { subject, loginId }: FreshLogin,
  factor: StoredDestination,
  code: unknown,
  { context, codes }: Parts,
): Promise<Factor> {
  const binding = { purpose: 'enrolment', subject, loginId, factorId: factor.id } as const
  if (!(await codes.spend(binding, code))) throw new InvalidRequestError('factor_enrolment_invalid')
  await context.records.add(subject, factor)
  await context.enrolments.finish(factor.id)
  return toFactor(factor)
}

async function sendCode(login: CodeLogin, options: SendCodeOptions, parts: Parts): Promise<SentCode> {
  const { context, openTo, count } = parts
  const { channel, factorId } = options
  const { factors } = await context.records.find(login.subject)
  const factor = factors
    .filter(isDestination)
    .find(({ id, method }) => method === channel && (factorId === undefined || id === factorId))
  const to = factor && (await openTo(login.subject, factor))
  if (factor === undefined || to === undefined) throw new InvalidRequestError('factor_not_found')
  await count(login, parseDestination(channel, to).canonical)
  return dispatch(login, { id: factor.id, channel, to, sentTo: factor.sentTo }, parts)
}

async function dispatch(
  { subject, loginId, purpose }: FreshLogin & { readonly purpose: CodePurpose },
  { id, channel, to, sentTo }: { readonly id: string; channel: CodeChannel; to: string; sentTo: string },
  { context, codes }: Parts,
): Promise<SentCode> {
  const { code, expiresAt } = await codes.issue({ purpose, subject, loginId, factorId: id })
  await deliverCode({ channel, to, code, purpose, expiresAt }, { subject, factorId: id }, context)
  return Object.freeze({ factorId: id, channel, sentTo, expiresAt })
}

function isDestination(factor: StoredFactor | undefined): factor is StoredDestination {
  return factor?.method === 'sms' || factor?.method === 'email'
}
