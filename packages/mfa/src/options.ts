import { ConfigError } from '@authcore/core'
import type { AuthHost } from '@authcore/core/extension'
import { createOptionReader, type OptionReader } from '@authcore/core/extension'
import { isText } from './arguments.js'
import type { FactorHost } from './auth-host.js'
import type { OtpAlgorithm, ProofMethod } from './factor.js'
import { createFactorThrottle, type FactorThrottle } from './factor-throttle.js'

/** Which factors people can have. */
export interface CreateSecondFactorsOptions {
  /** What `createAuthCore` returned; its stores must have documents. */
  readonly auth: AuthHost
  /** Shown in authenticator apps: 1 to 64 characters without a colon. */
  readonly issuerName: string
  readonly totp?: TotpOptions
  readonly recoveryCodes?: RecoveryCodeOptions
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

/** The options, checked and complete. */
export interface FactorSettings {
  readonly issuerName: string
  readonly totp: { readonly digits: number; readonly algorithm: OtpAlgorithm }
  readonly recoveryCodes: { readonly count: number }
  readonly freshLoginSeconds: number
  readonly acr: ReadonlyMap<ProofMethod, string>
  readonly throttle: FactorThrottle
}

const PROOF_METHODS: readonly ProofMethod[] = ['totp', 'hotp', 'recovery_code']
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

function readAcr(reader: OptionReader): FactorSettings['acr'] {
  const isAcr = (value: unknown): value is string => isText(value, 255)
  return new Map(
    PROOF_METHODS.flatMap(method => {
      const value = reader.value(method, isAcr, '1 to 255 characters of text')
      return value === undefined ? [] : [[method, value] as const]
    }),
  )
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
