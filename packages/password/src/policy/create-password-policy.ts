import { type EmitEvent, InvalidRequestError, StoreError } from '@authcore/core'
import { createOptionReader } from '@authcore/core/extension'
import { normalizePassword } from '../hashing/normalize-password.js'
import { type BreachCheckSettings, checkBreach, type FindBreach } from './breach-check.js'
import { toCanonicalText } from './canonical-text.js'
import { readCommonPasswords } from './common-passwords.js'
import { isMadeOfContext, toContextWords } from './context-words.js'
import { isPredictable } from './is-predictable.js'
import type { CheckPasswordOptions, PasswordPolicy, PasswordPolicyOptions } from './password-policy.js'

interface PolicySettings {
  readonly minLength: number
  readonly minLengthWithSecondFactor: number
  readonly contextWords: readonly string[]
  readonly commonPasswords: Iterable<string>
  readonly breachCheck: BreachCheckSettings | undefined
  readonly whenBreachCheckFails: 'accept' | 'refuse'
  readonly emit: EmitEvent
}

/**
 * Prepares the rules for new passwords: length and lists, and no rules of composition. Passwords that exist are not
 * checked again: a login never fails for the policy.
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * ```ts
 * import { createPasswordPolicy } from '@authcore/password'
 *
 * const policy = createPasswordPolicy({ contextWords: ['Example Shop'] })
 * await policy.check('correct horse battery staple', { contextWords: ['ada@example.com'] })
 * ```
 */
export function createPasswordPolicy(options: PasswordPolicyOptions = {}): PasswordPolicy {
  const settings = parsePolicyOptions(options)
  let common: ReadonlySet<string> | undefined
  const isCommon = (text: string): boolean => {
    // unfolded when the first password is chosen: a service that only logs people in never needs it
    common ??= new Set([...readCommonPasswords(), ...Array.from(settings.commonPasswords, toCanonicalText)])
    return common.has(text) || isPredictable(text)
  }

  return Object.freeze({
    check: async (password: string, checkOptions: CheckPasswordOptions = {}) => {
      const { hasSecondFactor, contextWords } = readCheckOptions(checkOptions)
      const normalized = normalizePassword(password)
      refuseShort(normalized, hasSecondFactor ? settings.minLengthWithSecondFactor : settings.minLength)
      const canonical = toCanonicalText(normalized)
      if (isCommon(canonical)) throw new InvalidRequestError('password_too_common')
      if (isMadeOfContext(canonical, toContextWords([...settings.contextWords, ...contextWords]))) {
        throw new InvalidRequestError('password_too_guessable')
      }
      return { isBreachChecked: await passBreachCheck(normalized, settings) }
    },
  } satisfies PasswordPolicy)
}

function refuseShort(normalized: string, minLength: number): void {
  // code points, not UTF-16 units: each counts as one character
  if (Array.from(normalized).length >= minLength) return
  throw new InvalidRequestError('password_too_short', {
    detail: `The password must have at least ${minLength} characters.`,
  })
}

async function passBreachCheck(
  normalized: string,
  { breachCheck, whenBreachCheckFails, emit }: PolicySettings,
): Promise<boolean> {
  if (breachCheck === undefined) return false
  const outcome = await checkBreach(normalized, breachCheck)
  if (outcome === 'found') throw new InvalidRequestError('password_compromised')
  if (outcome === 'not_found') return true
  const accepted = whenBreachCheckFails === 'accept'
  emit('password.breach_check_failed', { accepted })
  if (!accepted) throw new StoreError('store_unavailable')
  return false
}

function readCheckOptions(options: CheckPasswordOptions) {
  const members = new Map<string, unknown>(Object.entries(options))
  const contextWords = members.get('contextWords')
  return {
    hasSecondFactor: members.get('hasSecondFactor') === true,
    contextWords: Array.isArray(contextWords) ? contextWords : [],
  }
}

function parsePolicyOptions(options: PasswordPolicyOptions): PolicySettings {
  const reader = createOptionReader(options)
  const findBreach = reader.value('findBreach', isFunction<FindBreach>, 'a function (password) => boolean')
  const timeoutMilliseconds = reader.integer('breachTimeoutMilliseconds', 100, 30_000, 2000)
  const createTimeout =
    reader.value('createTimeout', isFunction<CreateTimeout>, 'a function (milliseconds) => signal') ??
    runtimeTimeout
  const settings: PolicySettings = {
    minLength: reader.integer('minLength', 8, 64, 15),
    minLengthWithSecondFactor: reader.integer('minLengthWithSecondFactor', 8, 64, 8),
    contextWords: reader.value('contextWords', isTexts, 'an array of names') ?? [],
    commonPasswords: reader.value('commonPasswords', isIterable, 'an array or a set of passwords') ?? [],
    breachCheck: findBreach && { findBreach, timeoutMilliseconds, createTimeout },
    whenBreachCheckFails: reader.choice('whenBreachCheckFails', ['accept', 'refuse'], 'accept'),
    emit: reader.value('emit', isFunction<EmitEvent>, 'auth.emit') ?? (() => {}),
  }
  reader.finish()
  return Object.freeze(settings)
}

type CreateTimeout = (milliseconds: number) => AbortSignal

function isFunction<Fn>(value: unknown): value is Fn {
  return typeof value === 'function'
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(member => typeof member === 'string')
}

function isIterable(value: unknown): value is Iterable<string> {
  return isTexts(value) || (value instanceof Set && isTexts([...value]))
}

/** The timer of the runtime. */
function runtimeTimeout(milliseconds: number): AbortSignal {
  return AbortSignal.timeout(milliseconds)
}
