import { ConfigError } from '@authcore/core'
import type { AuthHost } from '@authcore/core/extension'
import { createOptionReader, type OptionReader } from '@authcore/core/extension'
import type { CreateTimeout } from '@authcore/core/ports'
import { isText } from './arguments.js'
import type { FactorHost } from './auth-host.js'
import type { SendCode } from './codes/code-message.js'
import type { CodeChannel, OtpAlgorithm, ProofMethod } from './factor.js'
import { createFactorThrottle, type FactorThrottle } from './factor-throttle.js'

/** Which factors people can have. */
export interface CreateSecondFactorsOptions {
  /** What `createAuthCore` returned; its stores must have documents. */
  readonly auth: AuthHost
  /** Shown in authenticator apps: 1 to 64 characters without a colon. */
  readonly issuerName: string
  readonly totp?: TotpOptions
  readonly recoveryCodes?: RecoveryCodeOptions
  /** Codes by SMS and e-mail; none without. */
  readonly codes?: CodeOptions
  /** Passkeys (WebAuthn); none without. */
  readonly passkeys?: PasskeyOptions
  /** How recent a login must be to add, remove or see factors: 30 to 3,600 seconds, 300 unless told. */
  readonly freshLoginSeconds?: number
  /** What a proof of each method adds as `acr`; nothing unless told. */
  readonly acr?: Readonly<Partial<Record<ProofMethod, string>>>
  /** Counts attempts at a step-up: give the one of the login. By account alone unless told. */
  readonly throttle?: FactorThrottle
}

/** How time-based and counter-based codes are made; factors that exist keep what they were made with. */
export interface TotpOptions {
  /** 6 unless told. */
  readonly digits?: 6 | 8
  /** `SHA1` unless told: several apps know no other, and HMAC does not need more. */
  readonly algorithm?: OtpAlgorithm
}

/** How many codes are made at once. */
export interface RecoveryCodeOptions {
  /** 5 to 20, 10 unless told. */
  readonly count?: number
}

/** How one-time codes are sent. */
export interface CodeOptions {
  /** Hands a message to whoever delivers it. */
  readonly send: SendCode
  /** Both unless told. */
  readonly channels?: readonly CodeChannel[]
  /** 6 unless told. */
  readonly digits?: 6 | 8
  /** 60 to 600, 600 unless told. */
  readonly lifetimeSeconds?: number
  /** How often one code may be guessed: 1 to 10, 5 unless told. */
  readonly maxAttempts?: number
  /** How long the sender may take: 1 to 30, 10 unless told. */
  readonly sendTimeoutSeconds?: number
  /** The timer of the runtime unless told. */
  readonly createTimeout?: CreateTimeout
}

/** Where passkeys are used. */
export interface PasskeyOptions {
  /** The domain that they belong to: `example.com` serves its subdomains too. It can never be changed. */
  readonly rpId: string
  /** The origins of the pages that use them, such as `https://www.example.com`; compared exactly. 1 to 16. */
  readonly origins: readonly string[]
  /** How many an account can have: 1 to 16, 10 unless told. */
  readonly maxPerAccount?: number
}

/** The options of codes, checked and complete. */
export interface CodeSettings extends Required<CodeOptions> {}

/** The options of passkeys, checked and complete. */
export interface PasskeySettings extends Required<PasskeyOptions> {}

/** The options, checked and complete. */
export interface FactorSettings {
  readonly issuerName: string
  readonly totp: { readonly digits: number; readonly algorithm: OtpAlgorithm }
  readonly recoveryCodes: { readonly count: number }
  readonly codes: CodeSettings | undefined
  readonly passkeys: PasskeySettings | undefined
  readonly freshLoginSeconds: number
  readonly acr: ReadonlyMap<ProofMethod, string>
  readonly throttle: FactorThrottle
}

const PROOF_METHODS: readonly ProofMethod[] = ['totp', 'hotp', 'sms', 'email', 'passkey', 'recovery_code']
const HOST_METHODS = ['secretBox', 'clock', 'random', 'emit']

/**
 * Checks the options once, while wiring.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function parseOptions(options: unknown): {
  readonly host: FactorHost
  readonly settings: FactorSettings
} {
  const reader = createOptionReader(options)
  const host = readHost(reader)
  const issuerName = reader.value('issuerName', isIssuerName, '1 to 64 characters of text without a colon')
  if (reader.read('issuerName') === undefined) reader.refuse('issuerName', 'is required')
  const settings = {
    totp: readTotp(reader.group('totp')),
    recoveryCodes: { count: reader.group('recoveryCodes').integer('count', 5, 20, 10) },
    codes: reader.read('codes') === undefined ? undefined : readCodes(reader.group('codes')),
    passkeys: reader.read('passkeys') === undefined ? undefined : readPasskeys(reader.group('passkeys')),
    freshLoginSeconds: reader.integer('freshLoginSeconds', 30, 3600, 300),
    acr: readAcr(reader.group('acr')),
  }
  const throttle = reader.value('throttle', isThrottle, 'a LoginThrottle')
  reader.finish()
  if (host === undefined || issuerName === undefined) throw new ConfigError('config_invalid', [])
  return {
    host,
    settings: Object.freeze({ ...settings, issuerName, throttle: throttle ?? createFactorThrottle(host) }),
  }
}

function readHost(reader: OptionReader): FactorHost | undefined {
  const auth = reader.value('auth', isHost, 'what createAuthCore returned')
  if (auth === undefined) {
    if (reader.read('auth') === undefined) reader.refuse('auth', 'is required')
    return undefined
  }
  const { stores, clock, random, emit, secretBox } = auth
  if (stores.documents === undefined) {
    reader.refuse('auth', 'must have stores with documents, which keep the factors')
    return undefined
  }
  return Object.freeze({ stores, documents: stores.documents, clock, random, emit, secretBox })
}

function readTotp(reader: OptionReader): FactorSettings['totp'] {
  const digits = reader.integer('digits', 6, 8, 6)
  if (digits === 7) reader.refuse('digits', 'must be 6 or 8')
  return Object.freeze({
    digits,
    algorithm: reader.choice('algorithm', ['SHA1', 'SHA256', 'SHA512'], 'SHA1'),
  })
}

function readCodes(reader: OptionReader): CodeSettings | undefined {
  const send = reader.value('send', isFunction<SendCode>, 'a function')
  if (reader.read('send') === undefined) reader.refuse('send', 'is required')
  const channels = reader.value('channels', isChannels, "one or both of 'sms' and 'email'") ?? CHANNELS
  const digits = reader.integer('digits', 6, 8, 6)
  if (digits !== 6 && digits !== 8) reader.refuse('digits', 'must be 6 or 8')
  const settings = {
    channels: Object.freeze([...channels]),
    digits: digits === 8 ? (8 as const) : (6 as const),
    lifetimeSeconds: reader.integer('lifetimeSeconds', 60, 600, 600),
    maxAttempts: reader.integer('maxAttempts', 1, 10, 5),
    sendTimeoutSeconds: reader.integer('sendTimeoutSeconds', 1, 30, 10),
    createTimeout:
      reader.value('createTimeout', isFunction<CreateTimeout>, 'a function') ??
      ((milliseconds: number) => AbortSignal.timeout(milliseconds)),
  }
  return send && Object.freeze({ ...settings, send })
}

function readPasskeys(reader: OptionReader): PasskeySettings | undefined {
  const rpId = reader.value('rpId', isDomain, 'a domain in lower case such as example.com, without a port')
  const maxPerAccount = reader.integer('maxPerAccount', 1, 16, 10)
  const origins = reader.value('origins', isOriginList, '1 to 16 origins such as https://www.example.com')
  for (const name of ['rpId', 'origins'])
    if (reader.read(name) === undefined) reader.refuse(name, 'is required')
  if (rpId === undefined || origins === undefined) return undefined
  // browsers refuse any other page; what is misspelled here would refuse everybody
  if (!origins.every(origin => isWithin(new URL(origin).hostname, rpId))) {
    reader.refuse('origins', 'must be origins of the domain rpId, or of its subdomains')
  }
  return Object.freeze({ rpId, origins: Object.freeze([...origins]), maxPerAccount })
}

function readAcr(reader: OptionReader): FactorSettings['acr'] {
  const isAcr = (value: unknown): value is string => isText(value, 255)
  return new Map(
    PROOF_METHODS.flatMap(method => {
      const value = reader.value(method, isAcr, '1 to 255 characters of text')
      return value === undefined ? [] : [[method, value] as const]
    }),
  )
}

const CHANNELS: readonly CodeChannel[] = ['sms', 'email']

function isChannels(value: unknown): value is readonly CodeChannel[] {
  const isChannel = (channel: unknown): boolean => CHANNELS.some(known => known === channel)
  return Array.isArray(value) && value.length > 0 && value.length <= 2 && value.every(isChannel)
}

function isDomain(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 253 && /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(value)
}

function isOriginList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.length <= 16 && value.every(isOrigin)
}

/** Browsers offer passkeys on pages over HTTPS, and on the own machine. */
function isOrigin(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  const { origin, protocol, hostname } = new URL(value)
  return origin === value && (protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost'))
}

function isWithin(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`)
}

function isFunction<Value>(value: unknown): value is Value {
  return typeof value === 'function'
}

function isIssuerName(value: unknown): value is string {
  return isText(value, 64) && !value.includes(':')
}

function isHost(value: unknown): value is AuthHost {
  const has = (name: string): boolean => typeof Reflect.get(Object(value), name) === 'function'
  return HOST_METHODS.every(has) && typeof Reflect.get(Object(value), 'stores') === 'object'
}

function isThrottle(value: unknown): value is FactorThrottle {
  return typeof Reflect.get(Object(value), 'take') === 'function'
}

/** True for the name of a method that can be presented. */
export function isProofMethod(value: unknown): value is ProofMethod {
  return PROOF_METHODS.some(method => method === value)
}
