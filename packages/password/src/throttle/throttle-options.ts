import { createOptionReader, type OptionReader } from '@authcore/core/extension'
import type { LoginThrottleOptions, ThrottleLimit } from './login-throttle.js'

/** The options, checked and complete. */
export interface LoginThrottleSettings {
  readonly account: readonly ThrottleLimit[]
  readonly address: readonly ThrottleLimit[]
  readonly maxConsecutiveFailures: number
  readonly deviceSeconds: number
}

const DAY = 86_400
const MAX_LIMITS = 8

const ACCOUNT: readonly ThrottleLimit[] = [
  { limit: 5, windowSeconds: 60 },
  { limit: 10, windowSeconds: 900 },
  { limit: 25, windowSeconds: 14_400 },
]

const ADDRESS: readonly ThrottleLimit[] = [
  { limit: 60, windowSeconds: 300 },
  { limit: 1000, windowSeconds: DAY },
]

/**
 * Checks the options once, while wiring.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function parseThrottleOptions(options: LoginThrottleOptions): LoginThrottleSettings {
  const reader = createOptionReader(options)
  const settings = {
    account: readLimits(reader, 'account', ACCOUNT),
    address: readLimits(reader, 'address', ADDRESS),
    maxConsecutiveFailures: reader.integer('maxConsecutiveFailures', 10, 100, 100),
    deviceSeconds: reader.integer('deviceSeconds', 3600, 3650 * DAY, 180 * DAY),
  }
  reader.finish()
  return Object.freeze(settings)
}

/** Shortest window first: an attempt that this one refuses must not use up the others. */
function readLimits(
  reader: OptionReader,
  name: string,
  fallback: readonly ThrottleLimit[],
): readonly ThrottleLimit[] {
  const limits = reader.value(
    name,
    isLimits,
    `1 to ${MAX_LIMITS} of { limit, windowSeconds }, whole numbers above 0`,
  )
  const sorted = [...(limits ?? fallback)].sort((one, other) => one.windowSeconds - other.windowSeconds)
  return Object.freeze(sorted.map(({ limit, windowSeconds }) => Object.freeze({ limit, windowSeconds })))
}

function isLimits(value: unknown): value is readonly ThrottleLimit[] {
  return Array.isArray(value) && value.length > 0 && value.length <= MAX_LIMITS && value.every(isLimit)
}

function isLimit(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const members = new Map<string, unknown>(Object.entries(value))
  return isWithin(members.get('limit'), 1_000_000) && isWithin(members.get('windowSeconds'), 365 * DAY)
}

function isWithin(value: unknown, maximum: number): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value <= maximum
}
