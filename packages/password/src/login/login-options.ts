import { type AuthCore, ConfigError, type JsonObject } from '@authcore/core'
import type { AnyAuthCore } from '@authcore/core/extension'
import { createOptionReader } from '@authcore/core/extension'
import { createPasswordHasher } from '../hashing/create-password-hasher.js'
import type { PasswordHasher } from '../hashing/password-hasher.js'
import { createPasswordPolicy } from '../policy/create-password-policy.js'
import type { PasswordPolicy } from '../policy/password-policy.js'
import { createLoginThrottle } from '../throttle/create-login-throttle.js'
import type { LoginThrottle } from '../throttle/login-throttle.js'
import type { PasswordAccount, PasswordAccounts } from './password-accounts.js'
import type { SecondFactors } from './second-factors.js'

/** How people log in. */
export interface CreateLoginOptions<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  readonly auth: AuthCore<Scope, Role, Claims>
  readonly accounts: PasswordAccounts<Scope, Role, Claims>
  /** `createPasswordHasher()` unless told. */
  readonly hasher?: PasswordHasher
  /** `createPasswordPolicy()` unless told. */
  readonly policy?: PasswordPolicy
  /** `createLoginThrottle(auth)` unless told; give the same one to whatever else verifies what can be guessed. */
  readonly throttle?: LoginThrottle
  /** Second factors; none unless told. */
  readonly secondFactors?: SecondFactors
  /** How long a login may wait for its second factor: 60 to 900, 300 unless told. */
  readonly pendingSeconds?: number
  /** How long the tokens of resets and of e-mail addresses live: 60 to 3,600, 1,800 unless told. */
  readonly actionTokenSeconds?: number
  /** Sends the token of a reset; what it throws becomes an event. */
  readonly sendPasswordReset?: (message: PasswordResetMessage<Scope, Role, Claims>) => Promise<void>
}

/** What is to be sent: a link with the token, in the fragment so that no server log keeps it. */
export interface PasswordResetMessage<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  readonly account: PasswordAccount<Scope, Role, Claims>
  readonly token: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/** The options, checked and complete; scopes, roles and claims are those of the deployment. */
export interface LoginSettings {
  readonly auth: AnyAuthCore
  readonly accounts: PasswordAccounts
  readonly hasher: PasswordHasher
  readonly policy: PasswordPolicy
  readonly throttle: LoginThrottle
  readonly secondFactors: SecondFactors | undefined
  readonly pendingSeconds: number
  readonly actionTokenSeconds: number
  readonly sendPasswordReset: ((message: PasswordResetMessage) => Promise<void>) | undefined
}

const AUTH_METHODS = ['secretBox', 'clock', 'random', 'emit']

/**
 * Checks the options once, while wiring.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function parseLoginOptions(options: unknown): LoginSettings {
  const reader = createOptionReader(options)
  const auth = reader.value('auth', hasMethods<AnyAuthCore>(AUTH_METHODS), 'what createAuthCore returned')
  const accounts = reader.value(
    'accounts',
    hasMethods<PasswordAccounts>(['find', 'findBySubject', 'savePasswordHash']),
    'an object with find, findBySubject and savePasswordHash',
  )
  const hasher = reader.value(
    'hasher',
    hasMethods<PasswordHasher>(['hash', 'verify', 'simulate']),
    'a PasswordHasher',
  )
  const policy = reader.value('policy', hasMethods<PasswordPolicy>(['check']), 'a PasswordPolicy')
  const throttle = reader.value(
    'throttle',
    hasMethods<LoginThrottle>(['take', 'reset', 'rememberDevice']),
    'a LoginThrottle',
  )
  const secondFactors = reader.value(
    'secondFactors',
    hasMethods<SecondFactors>(['isEnrolled', 'verify']),
    'SecondFactors',
  )
  const pendingSeconds = reader.integer('pendingSeconds', 60, 900, 300)
  const actionTokenSeconds = reader.integer('actionTokenSeconds', 60, 3600, 1800)
  const sendPasswordReset = reader.value('sendPasswordReset', isSender, 'a function')
  if (auth === undefined && reader.read('auth') === undefined) reader.refuse('auth', 'is required')
  if (accounts === undefined && reader.read('accounts') === undefined)
    reader.refuse('accounts', 'is required')
  reader.finish()
  if (auth === undefined || accounts === undefined) throw new ConfigError('config_invalid', [])
  return Object.freeze({
    auth,
    accounts,
    hasher: hasher ?? createPasswordHasher(),
    policy: policy ?? createPasswordPolicy({ emit: auth.emit }),
    throttle: throttle ?? createLoginThrottle(auth),
    secondFactors,
    pendingSeconds,
    actionTokenSeconds,
    sendPasswordReset,
  })
}

function hasMethods<Value>(names: readonly string[]): (value: unknown) => value is Value {
  return (value): value is Value =>
    names.every(name => typeof Reflect.get(Object(value), name) === 'function')
}

function isSender(value: unknown): value is (message: PasswordResetMessage) => Promise<void> {
  return typeof value === 'function'
}
